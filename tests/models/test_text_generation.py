"""How characters are drawn: greedy, by temperature, among the top k, by nucleus."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from handbook.models.text import CharacterModel, CharacterNgram
from handbook.models.text.generation import generated, shaped

# not twice as often as one another: what is equally likely has no likeliest
TEXT = "The pale king sees the crown.\n    A silent owl follows my throne.\n" * 6 + "the crown."
MODELS = [
    CharacterNgram(4),
    CharacterModel("stream", hidden=10, layers=1, epochs=3, batch_size=4, chunk=16,
                   learning_rate=0.02, random_state=0),
    CharacterModel(hidden=5, window=8, epochs=2, batch_size=32, random_state=0),
]  # fmt: skip
EACH = pytest.mark.parametrize("model", MODELS, ids=["ngram", "stream", "windows"])


class Dice:
    """A reader to which all texts are alike: 5 symbols, and one for the unseen."""

    def __init__(self, p: list[float]) -> None:
        self.log_p = np.log([*p, 0.5])

    def read(self, codes: np.ndarray) -> np.ndarray:
        return self.log_p


def distributions() -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, st.integers(1, 8), elements=st.floats(-20, 0))


def test_a_temperature_divides_the_log_probabilities() -> None:
    p = np.array([0.5, 0.3, 0.2])
    np.testing.assert_allclose(shaped(np.log(p)), p)
    np.testing.assert_allclose(shaped(np.log(p), 0.5), p**2 / (p**2).sum())
    np.testing.assert_allclose(shaped(np.log(p), 1e9), 1 / 3, atol=1e-6)


def test_top_k_and_nucleus_on_a_known_distribution() -> None:
    log_p = np.log([0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(shaped(log_p, top_k=2), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(shaped(log_p, top_p=0.7), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(shaped(log_p, top_p=0.71), [0, 4 / 9, 2 / 9, 3 / 9])
    np.testing.assert_allclose(shaped(log_p, top_p=1.0), np.exp(log_p))
    # of the two that are kept first, one alone has half of the mass
    np.testing.assert_allclose(shaped(log_p, top_k=2, top_p=0.5), [0, 1, 0, 0])


@given(distributions(), st.floats(0.01, 1.0))
def test_a_nucleus_has_its_mass_and_no_character_more_than_it_needs(log_p, top_p) -> None:
    p, kept = shaped(log_p), shaped(log_p, top_p=top_p) > 0
    assert p[kept].sum() > top_p - 1e-9
    assert p[kept].sum() - p[kept].min() < top_p + 1e-9
    assert p[kept].min() >= p[~kept].max(initial=0.0)


@given(distributions(), st.floats(1e-3, 10), st.integers(1, 9), st.floats(0.01, 1.0))
def test_what_is_drawn_from_sums_to_one(log_p, temperature, top_k, top_p) -> None:
    p = shaped(log_p, temperature, top_k, top_p)
    assert p.sum() == pytest.approx(1.0)
    assert (p >= 0).all()
    assert 1 <= np.count_nonzero(p) <= top_k
    assert p[log_p.argmax()] == p.max()


def test_characters_come_as_often_as_they_are_likely() -> None:
    p = [0.05, 0.1, 0.05, 0.2, 0.1]  # beside 0.5 for the unseen, which stands for no character
    codes = generated(Dice(p), np.array([0]), 20_000, random_state=0)
    shares = np.bincount(codes, minlength=6) / len(codes)
    np.testing.assert_allclose(shares[:5], 2 * np.array(p), atol=0.015)  # 4 standard errors
    assert shares[5:].sum() == 0


@EACH
def test_greedy_is_the_end_of_temperature_top_k_and_nucleus(model) -> None:
    model.fit(TEXT)
    greedy = model.generate(40, "The ", greedy=True)
    assert model.generate(40, "The ", top_k=1, random_state=1) == greedy
    assert model.generate(40, "The ", top_p=1e-9, random_state=2) == greedy
    assert model.generate(40, "The ", temperature=1e-6, random_state=3) == greedy


@EACH
def test_greedy_takes_what_predict_says_comes_next(model) -> None:
    model.fit(TEXT)
    text = model.as_read("A pale ")
    for letter in model.generate(10, text, greedy=True):
        assert model.predict(text + "?")[-1] == letter
        text += letter


@EACH
def test_a_text_is_drawn_again_by_its_seed(model) -> None:
    model.fit(TEXT)
    first = model.generate(60, "A", random_state=5)
    assert len(first) == 60
    assert set(first) <= set(model.alphabet_)
    assert model.generate(60, "A", random_state=5) == first
    assert model.generate(60, "A", random_state=6) != first
    # the first characters do not depend on how many follow
    assert model.generate(20, "A", random_state=5) == first[:20]


@EACH
def test_a_seed_may_be_empty_or_hold_what_was_never_seen(model) -> None:
    model.fit(TEXT)
    assert len(model.generate(5, random_state=0)) == 5
    assert len(model.generate(5, "ŷÊ", random_state=0)) == 5
    assert model.generate(0, "A") == ""


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (
            {"temperature": 0.0},
            r"'temperature' .* must be a float in the range \(0.0, inf\). Got 0.0",
        ),
        ({"top_k": 0}, r"'top_k' .* must be an int in the range \[1, inf\) or None. Got 0"),
        ({"top_p": 1.5}, r"'top_p' .* a float in the range \(0.0, 1.0\] or None. Got 1.5"),
        ({"n": -1}, "'n' .* Got -1"),
    ],
)
def test_a_bad_setting_is_named(how, message) -> None:
    model = CharacterNgram(2).fit("abc")
    with pytest.raises(ValueError, match=message):
        model.generate(**{"n": 3} | how)
