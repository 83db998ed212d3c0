"""Counted n-grams: by hand on a few characters, and on text with a known entropy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags

from handbook.core.errors import HandbookError
from handbook.data.sets import macbeth
from handbook.models.text import CharacterNgram
from handbook.tasks.language import CharacterShares
from handbook.training.saving import load, save


def test_bigrams_worked_by_hand() -> None:
    model = CharacterNgram(2).fit("ababc")
    # bigrams ab 2, ba 1, bc 1: two counted once, one twice, so the discount is 2 / (2 + 2 * 1)
    cut = 0.5
    # contexts: a follows b, and stands at the start: 2; b follows a: 1; c follows b: 1. And one
    # more for each, the unseen too
    low = np.array([3, 2, 2, 1]) / 8
    after_b = (np.array([1, 0, 1, 0]) - cut * np.array([1, 0, 1, 0])) / 2 + cut * 2 / 2 * low
    after_a = (np.array([0, 2, 0, 0]) - cut * np.array([0, 1, 0, 0])) / 2 + cut * 1 / 2 * low
    p = np.exp(model.log_probabilities("bac?b"))
    # c is followed by nothing in the text, and of what is unseen nothing is known
    np.testing.assert_allclose(p, [low, after_b, after_a, low, low])


def test_a_grid_search_compares_orders_by_the_bits_of_blocks_left_out() -> None:
    text = macbeth.sample(0).X[:2000]
    search = GridSearchCV(CharacterNgram(), {"order": [1, 4]}, cv=2, error_score="raise").fit(text)
    assert search.best_params_ == {"order": 4}
    halves = [(text[1000:], text[:1000]), (text[:1000], text[1000:])]
    bits = [CharacterNgram(4).fit(fitted).bits(other).mean() for fitted, other in halves]
    assert -search.best_score_ == pytest.approx(np.mean(bits), abs=1e-12)


def test_one_character_alone_is_the_dummy() -> None:
    text, other = macbeth.sample(0).X, macbeth.sample(1).X + "ŷ"
    np.testing.assert_allclose(
        CharacterNgram(1).fit(text).bits(other), CharacterShares().fit(text).bits(other)
    )


@pytest.mark.parametrize("order", [1, 2, 5, 8])
def test_probabilities_sum_to_one_and_nothing_is_impossible(order) -> None:
    model = CharacterNgram(order).fit(macbeth.sample(0).X[:2000])
    text = macbeth.sample(1).X[:500] + "ŷ Zounds! ŷ"
    log_probabilities = model.log_probabilities(text)
    np.testing.assert_allclose(np.exp(log_probabilities).sum(axis=1), 1.0)
    assert np.isfinite(log_probabilities).all()


def test_a_fresh_play_takes_no_fewer_bits_than_its_grammar_and_not_many_more() -> None:
    train = "\n".join(macbeth.sample(seed).X for seed in range(4))
    test = macbeth.sample(99).X
    # a speech is one of 4 speakers and a word of each list; all else follows from what came before
    speech = 2 + sum(np.log2(len(words)) for words in macbeth._GRAMMAR)
    entropy = speech * sum(macbeth._SCENES) * macbeth._SPEECHES / len(test)
    bits = CharacterNgram(10).fit(train).bits(test).mean()
    assert entropy < bits < 1.3 * entropy
    assert bits < CharacterNgram(4).fit(train).bits(test).mean()


def test_a_place_is_predicted_from_the_last_few_characters() -> None:
    model = CharacterNgram(3).fit(macbeth.sample(0).X)
    text, other = "The king", "xyThe king"
    np.testing.assert_allclose(
        model.log_probabilities(text)[2:], model.log_probabilities(other)[4:]
    )


def test_long_texts_are_read_in_parts_as_if_at_once() -> None:
    model = CharacterNgram(4).fit(macbeth.sample(0).X)
    long = macbeth.sample(1).X * 2
    assert len(long) > 10_000
    np.testing.assert_allclose(model.bits(long)[9_990:10_010], model.bits(long[9_980:10_010])[10:])


@pytest.mark.parametrize("text", ["a", "aa", "ab", "aaaa" * 9])
def test_texts_shorter_than_the_order_or_of_one_character_will_do(text) -> None:
    model = CharacterNgram(6).fit(text)
    assert np.isfinite(model.bits(text + "b")).all()
    np.testing.assert_allclose(np.exp(model.log_probabilities("aab")).sum(axis=1), 1.0)


def test_it_is_an_estimator_that_can_be_saved(tmp_path: Path) -> None:
    text = macbeth.sample(0).X[:3000]
    model = CharacterNgram(4)
    with pytest.raises(NotFittedError):
        model.bits(text)
    assert model.fit(text) is model
    assert clone(model).get_params() == {"order": 4}
    assert get_tags(model).estimator_type == "language_model"
    save(model, tmp_path / "model.skops")
    np.testing.assert_array_equal(load(tmp_path / "model.skops").bits(text), model.bits(text))
    assert (tmp_path / "model.skops").stat().st_size < 200_000


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"'order' .* an int in the range \[1, inf\). Got 0"):
        CharacterNgram(0).fit("abc")
    with pytest.raises(HandbookError, match=r"order is 60 with 3 characters; expected 31 or less"):
        CharacterNgram(60).fit("abc")
    with pytest.raises(HandbookError, match="given bytes"):
        CharacterNgram().fit(b"abc")
    with pytest.raises(HandbookError, match="a text of 0 characters"):
        CharacterNgram().fit("")
