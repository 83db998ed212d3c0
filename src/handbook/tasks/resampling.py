"""Bootstrap intervals of metrics, by resampling test rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

__all__ = ["BCA_ROWS", "Resampling", "average_precision", "ranked", "roc_auc"]

#: Most rows with the interval that is corrected for bias and skewness (BCa): of more rows, its
#: correction is smaller than what chance makes of the ends.
BCA_ROWS = 1_000

Array = npt.NDArray[Any]


class Resampling(NamedTuple):
    """How often rows are drawn again, and from which seed on."""

    level: float
    draws: int
    seed: int

    def method(self, rows: int) -> str:
        """Name scipy's method for a number of rows.

        Examples
        --------
        >>> Resampling(0.95, 1000, 0).method(100), Resampling(0.95, 1000, 0).method(10_000)
        ('BCa', 'percentile')
        """
        return "BCa" if rows <= BCA_ROWS else "percentile"

    def interval(
        self, parts: Sequence[Array], statistic: Callable[..., Array], *, paired: bool = False
    ) -> tuple[float, float] | None:
        """Return the bootstrap interval of a statistic.

        Parameters
        ----------
        parts : sequence of ndarray
            What is drawn from: each part by itself, or, where they are `paired`, the same rows of
            all parts.
        statistic : callable
            Takes the parts and ``axis``, along which the drawn rows lie.
        paired : bool

        Returns
        -------
        (float, float) or None
            None where no resample changes the statistic, or one leaves it undefined.

        References
        ----------
        Efron (1987), "Better bootstrap confidence intervals", JASA 82.
        """
        rows = len(parts[0]) if paired else sum(map(len, parts))
        method = self.method(rows)
        with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
            warnings.simplefilter("ignore")  # what is degenerate has no finite ends
            result = bootstrap(
                tuple(parts),
                statistic,
                n_resamples=self.draws,
                batch=max(1, 1_000_000 // rows),
                vectorized=True,
                paired=paired,
                confidence_level=self.level,
                method=method,
                rng=np.random.default_rng(self.seed),
            )
        low, high = map(float, result.confidence_interval)
        return (low, high) if np.isfinite([low, high]).all() and low < high else None


def ranked(scores: Array, positive: Array) -> Array:
    """Return the place of each row among the distinct scores of positive rows, the highest first.

    Odd places are of rows with a positive row's score, even ones lie between two of them. No
    curve has corners elsewhere, so that fewer places than rows have to be counted.

    Parameters
    ----------
    scores : float ndarray of shape (n,)
    positive : bool ndarray of shape (n,)

    Examples
    --------
    >>> ranked(np.array([0.2, 0.9, 0.5, 0.2, 0.1]), np.array([1, 1, 0, 0, 0]) == 1).tolist()
    [3, 1, 2, 3, 4]
    """
    falling = -np.unique(scores[positive])[::-1]
    first, behind = (np.searchsorted(falling, -scores, side) for side in ("left", "right"))
    return np.asarray(first + behind, dtype=np.int32)


def average_precision(positive: Array, negative: Array) -> Array:
    """Return the average precision of rows by the places of their scores.

    Parameters
    ----------
    positive, negative : int ndarray of shape (draws, rows of the class)
        Places as :func:`ranked` gives them; one draw may have one axis alone.

    Examples
    --------
    >>> average_precision(np.array([1, 3]), np.array([2, 4])).round(4).tolist()
    0.8333
    """
    hits, misses = _counted(positive, negative)
    above = hits.cumsum(axis=-1)
    precision = above / np.maximum(above + misses.cumsum(axis=-1), 1)
    return np.asarray((hits * precision).sum(axis=-1) / above[..., -1])


def roc_auc(positive: Array, negative: Array) -> Array:
    """Return the area under the ROC curve of rows by the places of their scores.

    Parameters as those of :func:`average_precision`.

    Examples
    --------
    >>> roc_auc(np.array([1, 3]), np.array([2, 4])).tolist()
    0.75
    """
    hits, misses = _counted(positive, negative)
    above = hits.cumsum(axis=-1)
    pairs = (misses * (above - hits / 2)).sum(axis=-1)
    return np.asarray(pairs / (above[..., -1] * misses.sum(axis=-1)))


def _counted(positive: Array, negative: Array) -> tuple[Array, Array]:
    """Count the rows of each class at each place: two arrays of shape (draws, places)."""
    width = 1 + int(max(positive.max(), negative.max()))
    return _counts(positive, width), _counts(negative, width)


def _counts(places: Array, width: int) -> Array:
    rows = np.atleast_2d(places)
    shifted = rows + width * np.arange(len(rows))[:, None]
    counts = np.bincount(shifted.ravel(), minlength=width * len(rows)).reshape(-1, width)
    return counts.reshape(*places.shape[:-1], width)
