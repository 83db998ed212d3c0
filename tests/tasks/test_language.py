"""A text is scored in bits, and folded in blocks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from handbook.core.errors import HandbookError
from handbook.data.sets import macbeth
from handbook.models.text import CharacterModel, CharacterNgram
from handbook.tasks import language
from handbook.tasks.task import Predictions


def test_the_dummy_counts_with_one_more_for_each_character_and_the_unseen() -> None:
    model = language.baseline().fit("aab")
    np.testing.assert_allclose(model.shares_, [3 / 6, 2 / 6, 1 / 6])
    np.testing.assert_allclose(model.bits("abz"), -np.log2([3 / 6, 2 / 6, 1 / 6]))
    np.testing.assert_allclose(np.exp(model.log_probabilities("bz")), [model.shares_] * 2)
    assert model.predict("bz").tolist() == ["a", "a"]
    assert model.encode("abz").tolist() == [0, 1, 2]
    assert model.bits("").shape == (0,)
    assert get_tags(model).estimator_type == "language_model"
    with pytest.raises(NotFittedError):
        language.baseline().bits("a")


def test_a_character_that_is_all_there_is_needs_hardly_any_bits() -> None:
    model = language.baseline().fit("a" * 9998)
    assert model.bits("a")[0] == pytest.approx(-math.log2(9999 / 10000))


def test_equally_frequent_characters_need_log2_of_their_number() -> None:
    text = "abcdefgh" * 100_000
    predictions = language.predict(language.baseline().fit(text), text[:80], 0)
    metrics, undefined = language.score(None, predictions)
    assert metrics["bits_per_character"] == pytest.approx(3.0, abs=1e-4)
    assert metrics["perplexity"] == pytest.approx(8.0, abs=1e-3)
    assert metrics["next_character_accuracy"] == pytest.approx(1 / 8)
    assert undefined == {}


MODELS = [
    language.CharacterShares(),
    CharacterNgram(3),
    CharacterModel("stream", hidden=8, layers=1, epochs=1, batch_size=8, random_state=0),
    CharacterModel(hidden=4, window=6, epochs=1, share=0.1, random_state=0),
]


@pytest.mark.parametrize("model", MODELS, ids=["shares", "ngram", "stream", "windows"])
def test_a_row_is_a_character_with_its_bits_and_whether_it_came_first(model) -> None:
    train, test = macbeth.sample(0).X[:2000], macbeth.sample(1).X[:300] + "ŷ"
    model.fit(train)
    predictions = language.predict(model, test, 0)
    assert list(predictions.table.columns) == ["bits", "right"]
    assert predictions.table["right"].dtype == bool
    np.testing.assert_allclose(predictions.table["bits"], model.bits(test))
    # a model that reads in lower case is judged in lower case
    read = getattr(model, "as_read", str)(test)
    np.testing.assert_array_equal(
        predictions.table["right"], model.predict(test) == np.array([*read])
    )
    assert not predictions.table["right"].iloc[-1]
    metrics, _ = language.score(None, predictions)
    assert metrics["bits_per_character"] == pytest.approx(-language.scorer(0)(model, test))
    assert metrics[language.primary(0)] == metrics["bits_per_character"]


def test_the_labels_are_passed_over() -> None:
    predictions = Predictions(pd.DataFrame({"bits": [2.0, 4.0], "right": [True, False]}))
    assert language.score(np.zeros(2), predictions) == language.score(None, predictions)


def test_folds_are_blocks_that_cover_the_text_once() -> None:
    blocks = list(language.folds(np.zeros(23), 4, seed=0))
    np.testing.assert_array_equal(np.concatenate([out for _, out in blocks]), np.arange(23))
    for kept, out in blocks:
        assert (np.diff(out) == 1).all()
        np.testing.assert_array_equal(np.sort(np.append(kept, out)), np.arange(23))
        assert (np.diff(kept) >= 1).all()
        assert 5 <= len(out) <= 6
    again = list(language.folds(np.ones(23), 4, seed=9))
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(blocks, again, strict=True))


@pytest.mark.parametrize("k", [1, 24])
def test_too_few_or_too_many_folds_are_named(k) -> None:
    with pytest.raises(HandbookError, match=f"folds is {k} for a text of 23 characters"):
        list(language.folds(np.zeros(23), k, seed=0))
