"""Language: the next character of a text, scored in bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from handbook.core.errors import HandbookError
from handbook.tasks.task import Judge, Predictions, Scores

__all__ = [
    "SCHEME",
    "CharacterShares",
    "baseline",
    "folds",
    "predict",
    "primary",
    "score",
    "scorer",
]

SCHEME = "contiguous blocks"

Array = npt.NDArray[Any]


class CharacterShares(BaseEstimator):  # type: ignore[misc]
    """Knows how often each character stands in the training text, and looks at no other.

    One is added to each count, and to that of one symbol for all characters never seen, so that
    none is impossible (Laplace).

    Attributes
    ----------
    alphabet_ : str
        The characters of the training text, sorted; A of them.
    shares_ : float64 ndarray of shape (A+1,)
        Their probabilities, and last that of all characters that the text does not have.

    Examples
    --------
    >>> model = CharacterShares().fit("aab")
    >>> model.shares_.tolist(), model.bits("b?").round(3).tolist(), model.predict("b?").tolist()
    ([0.5, 0.3333333333333333, 0.16666666666666666], [1.585, 2.585], ['a', 'a'])
    """

    def fit(self, X: str, y: Any = None) -> Self:
        """Count the characters of a text."""
        characters, counts = np.unique(np.array([*X], dtype=np.str_), return_counts=True)
        self.alphabet_ = "".join(characters)
        counts = np.append(counts, 0) + 1
        self.shares_ = counts / counts.sum()
        return self

    def encode(self, X: str) -> npt.NDArray[np.int64]:
        """Return each character's place in the alphabet, A for those not in it."""
        check_is_fitted(self, "alphabet_")
        codes = {character: code for code, character in enumerate(self.alphabet_)}
        unseen = len(self.alphabet_)
        return np.array([codes.get(character, unseen) for character in X], dtype=np.int64)

    def log_probabilities(self, X: str) -> npt.NDArray[np.float64]:
        """Return the natural logarithm of the shares for each place, of shape (n, A+1)."""
        check_is_fitted(self, "shares_")
        return np.tile(np.log(self.shares_), (len(X), 1))

    def bits(self, X: str) -> npt.NDArray[np.float64]:
        """Return -log2 of each character's share, of shape (n,)."""
        codes = self.encode(X)
        return np.asarray(-np.log2(self.shares_[codes]), dtype=np.float64)

    def predict(self, X: str) -> Array:
        """Return the most frequent character for each place, of shape (n,)."""
        check_is_fitted(self, "shares_")
        return np.full(len(X), self.alphabet_[int(self.shares_[:-1].argmax())])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "language_model"
        tags.target_tags.required = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def primary(classes: int) -> str:
    """Name the metric that ranks models: the length of the text after compression by them."""
    return "bits_per_character"


def scorer(classes: int) -> Callable[..., float]:
    """Return minus the bits per character as a function of a fitted model and a text."""
    return _fewer_bits


def _fewer_bits(estimator: Any, X: str, y: Any = None) -> float:
    return -float(np.mean(estimator.bits(X)))


def baseline() -> CharacterShares:
    """Return a model that knows the shares of the characters and nothing else."""
    return CharacterShares()


def folds(
    y: Array, k: int, seed: int, groups: Array | None = None
) -> Iterator[tuple[Array, Array]]:
    """Yield positions of characters: each of `k` blocks of the text in turn is left out.

    What is left of the text is joined, so that one place of it has a wrong neighbour. Of `y` only
    the length counts, and the seed has no say.

    Raises
    ------
    HandbookError
        There are fewer than two blocks, or fewer characters than blocks.

    Examples
    --------
    >>> [left_out.tolist() for _, left_out in folds(np.zeros(5), 2, seed=0)]
    [[0, 1, 2], [3, 4]]
    """
    if not 2 <= k <= len(y):
        raise HandbookError(
            f"folds is {k!r} for a text of {len(y):,} characters; expected 2 or more, and no more "
            "than characters"
        )
    positions = np.arange(len(y))
    for block in np.array_split(positions, k):
        yield np.delete(positions, block), block


def predict(estimator: Any, X: str, classes: int, judge: Judge | None = None) -> Predictions:
    """Return what a model made of each character, given all before it.

    The model has ``log_probabilities`` and ``encode``, as
    :class:`handbook.models.text.CharacterModel` has them. Columns are ``bits``, -log2 of the
    character's probability, and ``right``, whether it was the likeliest.
    """
    log_probabilities, codes = estimator.log_probabilities(X), estimator.encode(X)
    # rounding can leave a probability of 1.0000001
    bits = np.maximum(-log_probabilities[np.arange(len(codes)), codes] / np.log(2.0), 0.0)
    right = log_probabilities.argmax(axis=1) == codes
    return Predictions(pd.DataFrame({"bits": bits, "right": right}))


def score(y: Array | None, predictions: Predictions) -> Scores:
    """Score predictions; a text is its own label.

    The perplexity is 2 to the power of the mean bits: among so many equally likely characters the
    model seems to choose.

    References
    ----------
    Shannon, "Prediction and entropy of printed English", Bell System Technical Journal 30 (1951).

    Examples
    --------
    >>> table = pd.DataFrame({"bits": [1.0, 3.0], "right": [True, False]})
    >>> score(None, Predictions(table))[0]
    {'bits_per_character': 2.0, 'perplexity': 4.0, 'next_character_accuracy': 0.5}
    """
    bits = float(predictions.table["bits"].mean())
    return {
        "bits_per_character": bits,
        "perplexity": 2.0**bits,
        "next_character_accuracy": float(predictions.table["right"].mean()),
    }, {}
