"""What a model of characters writes, and its gates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from sklearn.linear_model import LinearRegression
from tests.explain.made_runs import spec_of

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.data.sets import macbeth
from handbook.explain.explain import rounded
from handbook.explain.run import Fitted
from handbook.explain.text import WRITTEN, features, gates, text_samples, wording
from handbook.models.text import CharacterModel, CharacterNgram

PLAY = macbeth.sample(0).X
SPEC = spec_of("language", data="macbeth")


def fitted(model: Any, test: str = PLAY[6000:], fit: bool = True) -> Fitted:
    train, held_out = (Dataset("macbeth", "sample", "text", X) for X in (PLAY[:6000], test))
    return Fitted(SPEC, model.fit(train.X) if fit else model, train, held_out)


def network(cell: str = "lstm", **settings: Any) -> CharacterModel:
    return CharacterModel(
        "stream", cell,
        **{"hidden": 16, "layers": 1, "epochs": 3, "batch_size": 8, "learning_rate": 0.01,
           "embedding": 8, "random_state": 0} | settings,
    )  # fmt: skip


MODELS = {
    "stream": network(),
    "windows": CharacterModel(hidden=8, epochs=2, share=0.05, random_state=0),
    "ngram": CharacterNgram(5),
}


@pytest.mark.parametrize("name", MODELS)
def test_samples_continue_the_first_line_of_the_test_text_in_each_way(name) -> None:
    run = fitted(MODELS[name], "\nter.\n\nA weary king sees.\n\nThe owl", fit=True)
    result = text_samples(run)
    seed_text = {"windows": "a weary king sees.\n"}.get(name, "A weary king sees.\n")
    assert result["seed_text"] == seed_text
    assert [entry["label"] for entry in result["written"]] == [label for label, _ in WRITTEN]
    for entry, (_, how) in zip(result["written"], WRITTEN, strict=True):
        assert entry["text"] == run.model.generate(200, seed_text, random_state=7, **how)
        assert len(entry["text"]) == 200
    assert text_samples(run) == result
    assert rounded(result, "made")["seed"] == 7
    trained = getattr(run.model, "samples_", [])
    assert [(entry["epoch"], entry["text"]) for entry in result["epochs"]] == [
        (entry["epoch"], entry["text"]) for entry in trained
    ]


def test_words_are_counted_whole_and_in_lower_case() -> None:
    result = wording("rown. The king's king, THE\nThe qwx ki", {"the", "king", "king's"})
    # the, king's, king, the, the, qwx
    assert result == {"known": 5 / 6, "different": 4 / 6}
    assert wording("a b", {"a"}) == {"known": None, "different": None}


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("lstm", ["input gate", "forget gate", "output gate", "cell state"]),
        ("gru", ["reset gate", "update gate", "hidden state"]),
        ("rnn", ["hidden state"]),
    ],
)
def test_gates_are_those_of_the_units_that_vary_most(cell, names) -> None:
    run = fitted(network(cell))
    result = gates(run)
    assert list(result["values"]) == names
    assert result["memory"] == names[-1]
    assert list(result["means"]) == names[:-1]
    read = run.test.X[:2000]
    start = read.index(result["text"])
    assert len(result["text"]) == 60
    assert read[start - 2 : start] == "\n\n"  # a paragraph begins
    inside = run.model.activations(read)
    memory = inside[names[-1]][start : start + 60]
    order = np.argsort(-memory.var(axis=0))
    assert result["units"] == order[:6].tolist()
    for name in names:
        np.testing.assert_allclose(
            np.array(result["values"][name]), inside[name][start : start + 60, order[:6]].T
        )
    rounded(result, "made")


def test_a_unit_follows_what_it_correlates_with_most() -> None:
    run = fitted(network())
    result = gates(run)
    read = run.test.X[:2000]
    cell = run.model.activations(read)["cell state"]
    for unit, follows in zip(result["units"], result["follows"], strict=True):
        every = {
            name: np.corrcoef(values, cell[:, unit])[0, 1]
            for name, values in features(read).items()
        }
        best = max(every, key=lambda name: abs(every[name]))
        assert follows["feature"] == best
        assert follows["correlation"] == pytest.approx(every[best])


def test_features_are_what_their_names_say() -> None:
    result = {name: values.tolist() for name, values in features("O, ho\n Ay").items()}
    assert result == {
        "place in the line": [1, 2, 3, 4, 5, 0, 1, 2, 3],
        "place in the word": [1, 0, 0, 1, 2, 0, 0, 1, 2],
        "capital letters": [1, 0, 0, 0, 0, 0, 0, 1, 0],
        "spaces": [0, 0, 1, 0, 0, 0, 1, 0, 0],
        "line breaks": [0, 0, 0, 0, 0, 1, 0, 0, 0],
        "vowels": [1, 0, 0, 0, 1, 0, 0, 1, 0],
    }


@pytest.mark.parametrize("test", ["Exeunt", "x" * 70, "A king.\n\n" * 12])
def test_short_texts_have_gates_too(test) -> None:
    result = gates(fitted(network(), test))
    assert len(result["text"]) == min(60, len(test))
    assert result["text"] in test
    rounded(result, "made")


def test_the_books_scheme_is_watched_in_lower_case() -> None:
    result = gates(fitted(MODELS["windows"]))
    assert result["text"] == result["text"].lower()
    assert len(result["units"]) == 6
    assert result["hidden"] == 8


def test_a_unit_that_never_changes_follows_nothing() -> None:
    result = gates(fitted(network(), "eeeeeeeeee"))
    assert [entry["feature"] for entry in result["follows"]] == ["place in the line"] * 6
    still = network().fit(PLAY)
    weights = safetensors.numpy.load(still.state_)
    still.state_ = safetensors.numpy.save({entry: 0 * value for entry, value in weights.items()})
    result = gates(fitted(still, fit=False))
    assert result["follows"] == [{"feature": None, "correlation": None}] * 6
    assert result["means"] == {"input gate": 0.5, "forget gate": 0.5, "output gate": 0.5}


def test_what_a_model_can_not_show_is_refused() -> None:
    with pytest.raises(HandbookError, match="'gates', which CharacterNgram does not have"):
        gates(fitted(CharacterNgram()))
    other = LinearRegression()
    with pytest.raises(HandbookError, match="'text-samples', which LinearRegression"):
        text_samples(fitted(other, fit=False))
