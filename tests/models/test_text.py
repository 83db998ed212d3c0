"""Models of characters as estimators: what they predict, and that training repeats."""

from __future__ import annotations

import copy
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_get_params_invariance, check_set_params

from handbook.core.errors import HandbookError
from handbook.data.sets import macbeth
from handbook.models.text import CharacterModel
from handbook.models.text.language import UNSEEN
from handbook.training.saving import load, save

TEXT = "The pale king sees the crown.\n    A silent owl follows my throne.\n" * 12
STREAM: dict[str, Any] = {
    "scheme": "stream", "hidden": 12, "layers": 1, "dropout": 0.1, "epochs": 3, "batch_size": 6,
    "learning_rate": 0.02, "embedding": 5, "chunk": 20, "clip": 1.0, "random_state": 0,
}  # fmt: skip
WINDOWS: dict[str, Any] = {
    "scheme": "windows", "hidden": 6, "layers": 2, "window": 10, "epochs": 2, "share": 0.3,
    "random_state": 0,
}  # fmt: skip
SCHEMES = [
    pytest.param(STREAM, id="stream"),
    pytest.param(STREAM | {"members": 2}, id="committee"),
    pytest.param(WINDOWS, id="windows"),
]


def quick(settings: dict[str, Any], **more: Any) -> CharacterModel:
    return CharacterModel(**settings | more)


def unpacked(model: CharacterModel) -> dict[str, np.ndarray]:
    return {
        name: value.double().numpy() for name, value in safetensors.torch.load(model.state_).items()
    }


def softmax(scores: np.ndarray) -> np.ndarray:
    return np.exp(scores) / np.exp(scores).sum()


# --- what it predicts ---------------------------------------------------------------------------


def test_bits_of_a_stream_are_those_of_the_recurrence_worked_by_hand() -> None:
    model = quick(STREAM, cell="rnn").fit(TEXT)
    w = unpacked(model)
    text = TEXT[7:40] + "Ω" + TEXT[:9]
    places = [model.alphabet_.find(one) for one in text]
    h, expected = np.zeros(12), []
    for place, before in zip(places, [-1, *places], strict=False):
        x = w["embedding.weight"][before]  # the last row is for what is not known
        h = np.tanh(
            w["recurrent.layers.0.weight_ih_l0"] @ x + w["recurrent.layers.0.bias_ih_l0"]
            + w["recurrent.layers.0.weight_hh_l0"] @ h + w["recurrent.layers.0.bias_hh_l0"]
        )  # fmt: skip
        p = softmax(w["head.weight"] @ h + w["head.bias"]) * (1 - model.unseen_)
        expected.append(-np.log2(model.unseen_ if place < 0 else p[place]))
    np.testing.assert_allclose(model.bits(text), expected, rtol=1e-5)


def test_bits_of_windows_are_those_of_the_recurrence_worked_by_hand() -> None:
    model = quick(WINDOWS, cell="rnn").fit(TEXT)
    w = unpacked(model)
    text = TEXT[5:25]
    places = [model.alphabet_.index(one) for one in text.lower()]
    expected = []
    for at, place in enumerate(places):
        read = ([0] * 10 + places[:at])[-10:]  # zeros stand before the text
        steps = [np.array([one / len(model.alphabet_)]) for one in read]
        for layer in ("recurrent.layers.0", "recurrent.layers.1"):
            h, said = np.zeros(6), []
            for x in steps:
                h = np.tanh(
                    w[f"{layer}.weight_ih_l0"] @ x + w[f"{layer}.bias_ih_l0"]
                    + w[f"{layer}.weight_hh_l0"] @ h + w[f"{layer}.bias_hh_l0"]
                )  # fmt: skip
                said.append(h)
            steps = said
        p = softmax(w["head.weight"] @ steps[-1] + w["head.bias"])
        expected.append(-np.log2(p[place] * (1 - model.unseen_)))
    np.testing.assert_allclose(model.bits(text), expected, rtol=1e-5)


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_network_that_finds_all_characters_alike_needs_log2_of_the_alphabet(settings) -> None:
    model = quick(settings, epochs=1).fit(TEXT)
    state = safetensors.torch.load(model.state_)
    for name in state:
        if "head." in name:
            state[name] = torch.zeros_like(state[name])
    model.state_ = safetensors.torch.save(state)
    known = np.log2(len(model.alphabet_)) - np.log2(1 - model.unseen_)
    np.testing.assert_allclose(model.bits(TEXT[:30]), known, rtol=1e-9)


@pytest.mark.parametrize("settings", SCHEMES)
def test_probabilities_sum_to_one_and_a_character_never_seen_has_its_share(settings) -> None:
    model = quick(settings).fit(TEXT)
    text = "Zebra \u0130 ŷ \n"
    log_probabilities = model.log_probabilities(text)
    assert log_probabilities.shape == (len(text), len(model.alphabet_) + 1)
    np.testing.assert_allclose(np.exp(log_probabilities).sum(axis=1), 1.0)
    bits = model.bits(text)
    assert np.isfinite(bits).all()
    # by adding one to the count of each character, and of this one
    share = 1 / (len(TEXT) + len(model.alphabet_) + 1)
    assert bits[text.index("ŷ")] == pytest.approx(-np.log2(share))
    assert model.encode("ŷ").tolist() == [len(model.alphabet_)]
    assert UNSEEN not in model.predict(text)


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_character_is_predicted_from_what_stands_before_it_alone(settings) -> None:
    model = quick(settings).fit(TEXT)
    one, other = TEXT[:60] + "e" * 9, TEXT[:60] + "king sees"
    np.testing.assert_allclose(
        model.log_probabilities(one)[:61], model.log_probabilities(other)[:61], atol=1e-5
    )
    assert model.log_probabilities("x")[0] == pytest.approx(model.log_probabilities(one)[0])


@pytest.mark.parametrize("settings", SCHEMES)
def test_the_likeliest_character_has_the_fewest_bits(settings) -> None:
    model = quick(settings).fit(TEXT)
    said = model.predict(TEXT[:40])
    assert said.shape == (40,)
    best = model.log_probabilities(TEXT[:40])
    assert said.tolist() == [model.alphabet_[place] for place in best.argmax(axis=1)]


@pytest.mark.parametrize("settings", SCHEMES)
def test_a_text_of_nothing_has_no_bits(settings) -> None:
    model = quick(settings).fit(TEXT)
    assert model.bits("").shape == model.predict("").shape == (0,)


def test_the_books_scheme_reads_and_predicts_in_lower_case() -> None:
    model = quick(WINDOWS).fit(TEXT)
    assert model.alphabet_ == "".join(sorted(set(TEXT.lower())))
    np.testing.assert_array_equal(model.bits(TEXT[:30]), model.bits(TEXT[:30].upper()))
    assert quick(STREAM).fit(TEXT).alphabet_ == "".join(sorted(set(TEXT)))
    # this capital has two characters in lower case
    assert model.bits("\u0130ab").shape == (3,)


def test_long_texts_are_read_in_parts_as_if_at_once() -> None:
    model = quick(STREAM).fit(TEXT)
    long = TEXT * 3  # more than is read at once
    codes = torch.from_numpy(np.append(len(model.alphabet_), model.encode(long)[:-1]))
    with torch.inference_mode():
        scores, _ = model._fitted_network()(codes.unsqueeze(1))
    whole = torch.log_softmax(scores[:, 0].double(), dim=1).numpy()
    np.testing.assert_allclose(
        model.log_probabilities(long)[:, :-1], whole + np.log1p(-model.unseen_), atol=1e-5
    )


# --- what it learns -----------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_each_cell_learns_more_than_the_shares_of_characters(cell) -> None:
    model = quick(STREAM, cell=cell, hidden=32, epochs=12).fit(TEXT)
    counts = Counter(TEXT)
    shares = np.array([counts[one] / len(TEXT) for one in TEXT])
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
    assert [one["epoch"] for one in model.samples_] == [1, 2, 4]
    assert all(len(one["text"]) == 120 for one in model.samples_)
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


# --- its interface ------------------------------------------------------------------------------


def test_it_keeps_scikit_learns_rules_for_parameters() -> None:
    model = quick(STREAM)
    check_get_params_invariance("CharacterModel", model)
    check_set_params("CharacterModel", model)
    assert clone(model).get_params() == model.get_params()
    assert model.fit(TEXT) is model
    tags = get_tags(model)
    assert tags.estimator_type == "language_model"
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    for method in ("bits", "predict", "activations"):
        with pytest.raises(NotFittedError):
            getattr(clone(model), method)(TEXT)


def test_the_defaults_are_the_books() -> None:
    model = CharacterModel()
    model.alphabet_ = "abc"
    network = model._build()
    first, second = network.recurrent.layers
    assert (first.input_size, first.hidden_size) == (1, 300)
    assert (second.input_size, second.hidden_size) == (300, 300)
    assert network.recurrent.dropout.p == 0.2
    assert (model.window, model.batch_size, model.epochs) == (50, 128, 10)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"scheme": "streams"}, "'scheme' .* must be a str among .*'windows'.* Got 'streams'"),
        ({"cell": "LSTM"}, "'cell' .* Got 'LSTM'"),
        ({"hidden": 0}, "'hidden' .* Got 0"),
        ({"layers": 0}, "'layers' .* Got 0"),
        ({"epochs": 0}, "'epochs' .* Got 0"),
        ({"dropout": 1.0}, "'dropout' .* Got 1.0"),
        ({"clip": 0.0}, "'clip' .* Got 0.0"),
        ({"share": 0.0}, "'share' .* Got 0.0"),
        ({"chunk": 0}, "'chunk' .* Got 0"),
        ({"calibration": 0.0}, "'calibration' .* Got 0.0"),
        ({"members": 0}, "'members' .* Got 0"),
        ({"recurrent_dropout": -0.1}, "'recurrent_dropout' .* Got -0.1"),
        ({"patience": 2}, "'patience' .* validation_fraction above 0. Got 2"),
        ({"samples": -1}, "'samples' .* Got -1"),
        ({"schedule": "cosin"}, "'schedule' .*'cosine'.* Got 'cosin'"),
        ({"batch_size": 2000}, "a text of 792 characters; these settings need 2000 or more"),
        ({"learning_rate": 1e37, "hidden": 64, "clip": None}, "the training diverged"),
    ],
)
def test_a_bad_setting_is_named(settings, told) -> None:
    with pytest.raises((ValueError, HandbookError), match=told):
        quick(STREAM, **settings).fit(TEXT)


def test_a_text_that_is_none_or_too_short_is_named() -> None:
    with pytest.raises(HandbookError, match="given list; expected a text as one str"):
        quick(STREAM).fit(list(TEXT))
    with pytest.raises(HandbookError, match="a text of 0 characters; these settings need 1"):
        quick(STREAM).fit("")
    with pytest.raises(HandbookError, match="a text of 10 characters; these settings need 11"):
        quick(WINDOWS).fit(TEXT[:10])
    assert quick(WINDOWS).fit(TEXT[:11]).history_
    with pytest.raises(HandbookError, match="given ndarray"):
        quick(STREAM).fit(TEXT).bits(np.array(list(TEXT)))
