"""Training of the models of characters: what they learn, and that it repeats."""

from __future__ import annotations

import copy
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.models.made_texts import SCHEMES, STREAM, TEXT, quick

from handbook.data.sets import macbeth
from handbook.models.text import CharacterModel
from handbook.training.saving import load, save

# --- what it learns -----------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_each_cell_learns_more_than_the_shares_of_characters(cell) -> None:
    model = quick(STREAM, cell=cell, hidden=32, epochs=12).fit(TEXT)
    counts = Counter(TEXT)
    shares = np.array([counts[letter] / len(TEXT) for letter in TEXT])
    assert model.bits(TEXT).mean() < 0.6 * -np.log2(shares).mean()


def test_a_fresh_play_takes_no_fewer_bits_than_its_grammar_and_not_many_more() -> None:
    train = "\n".join(macbeth.sample(seed).X for seed in range(4))
    test = macbeth.sample(99).X
    model = CharacterModel(
        "stream", hidden=64, layers=1, dropout=0.0, epochs=8, batch_size=16, learning_rate=0.01,
        schedule="one-cycle", clip=1.0, embedding=16, chunk=40, samples=0, random_state=0,
    ).fit(train)  # fmt: skip
    # a speech is one of 4 speakers and a word of each list; all else follows from what came before
    speech = 2 + sum(np.log2(len(words)) for words in macbeth._GRAMMAR)
    entropy = speech * sum(macbeth._SCENES) * macbeth._SPEECHES / len(test)
    assert entropy < model.bits(test).mean() < 1.3 * entropy


def test_the_history_tells_each_epoch_in_bits_too() -> None:
    seen: list[Any] = []
    model = quick(STREAM, epochs=4, validation_fraction=0.2).set_progress(seen.append).fit(TEXT)
    assert seen == model.history_
    assert [row["epoch"] for row in seen] == [1, 2, 3, 4]
    for row in seen:
        assert row["bits_per_character"] == pytest.approx(row["loss"] / np.log(2))
    held_out = TEXT[-round(0.2 * len(TEXT)) :]
    assert seen[-1]["validation_bits_per_character"] == pytest.approx(
        model.bits(held_out).mean(), rel=1e-5
    )


def test_calibration_is_of_the_trained_network_alone() -> None:
    model = quick(STREAM).fit(TEXT)
    other = quick(STREAM, calibration=0.5).fit(TEXT)
    assert other.state_ == model.state_
    assert other.bits(TEXT[:50]).std() < model.bits(TEXT[:50]).std()


def test_patience_keeps_the_best_network() -> None:
    model = quick(
        STREAM, hidden=40, epochs=40, learning_rate=0.05, validation_fraction=0.3, patience=2
    ).fit(TEXT)
    losses = [row["validation_bits_per_character"] for row in model.history_]
    held_out = TEXT[-round(0.3 * len(TEXT)) :]
    assert model.bits(held_out).mean() == pytest.approx(min(losses), rel=1e-5)


# --- that it repeats ----------------------------------------------------------------------------


@pytest.mark.parametrize("settings", SCHEMES)
def test_equal_seeds_give_equal_bytes_whatever_the_global_generator(settings) -> None:
    torch.manual_seed(1)
    first = quick(settings).fit(TEXT)
    drawn = torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(1), drawn)
    second, other = quick(settings).fit(TEXT), quick(settings, random_state=1).fit(TEXT)
    assert first.state_ == second.state_
    assert first.samples_ == second.samples_
    assert first.state_ != other.state_


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_killed_training_resumes_to_the_very_same_bytes(settings, tmp_path: Path) -> None:
    settings = settings | {"epochs": 4, "schedule": "one-cycle", "samples": 4}
    whole = quick(settings).fit(TEXT)
    path = tmp_path / "training.safetensors"

    def kill(row: dict[str, float]) -> None:
        if row["epoch"] == 2:
            raise KeyboardInterrupt

    killed = quick(settings).set_checkpoint(path, "rows").set_progress(kill)
    with pytest.raises(KeyboardInterrupt):
        killed.fit(TEXT)
    assert path.exists()
    resumed = quick(settings).set_checkpoint(path, "rows").fit(TEXT)
    assert resumed.state_ == whole.state_
    assert resumed.history_ == whole.history_
    assert resumed.samples_ == whole.samples_


@pytest.mark.parametrize("settings", SCHEMES)
def test_samples_come_from_several_epochs_and_leave_the_training_alone(settings) -> None:
    model = quick(settings, epochs=4, samples=3).fit(TEXT)
    assert [sample["epoch"] for sample in model.samples_] == [1, 2, 4]
    assert all(len(sample["text"]) == 120 for sample in model.samples_)
    assert model.seed_text_ == model.as_read(TEXT)[: model.window]
    silent = quick(settings, epochs=4, samples=0).fit(TEXT)
    assert silent.samples_ == []
    assert silent.state_ == model.state_


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_saved_model_and_a_copy_say_the_same(settings, tmp_path: Path) -> None:
    model = quick(settings).set_progress(print).fit(TEXT)
    save(model, tmp_path / "model.skops")
    for other in (load(tmp_path / "model.skops"), copy.deepcopy(model),
                  pickle.loads(pickle.dumps(model))):  # fmt: skip
        np.testing.assert_array_equal(other.bits(TEXT[:50]), model.bits(TEXT[:50]))
        assert other.samples_ == model.samples_
        assert not hasattr(other, "_progress")


def test_a_second_fit_forgets_the_first() -> None:
    model = quick(STREAM).fit(TEXT)
    model.bits("a")
    assert model.fit(TEXT[::-1]).state_ == quick(STREAM).fit(TEXT[::-1]).state_
    np.testing.assert_array_equal(
        model.bits(TEXT[:20]), quick(STREAM).fit(TEXT[::-1]).bits(TEXT[:20])
    )
