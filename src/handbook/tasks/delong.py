"""The confidence interval of the area under a ROC curve by DeLong's method."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata

__all__ = ["delong"]

Array = npt.NDArray[Any]


def delong(
    truth: Array, scores: Array, level: float = 0.95
) -> tuple[float, float, tuple[float, float]]:
    """Return the area under the ROC curve, its standard error and its confidence interval.

    The area is the share of pairs of a positive and a negative row that the scores put in order,
    ties counting half. Its variance is that of each positive row's share of outranked negative
    rows, over the number of positive rows, plus the same the other way round; the interval takes
    the area for normally distributed and is cut at 0 and 1.

    Parameters
    ----------
    truth : bool ndarray of shape (n,)
        Which rows are positive; two or more are, and two or more are not.
    scores : float ndarray of shape (n,)
        The higher, the more positive.
    level : float

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), "Comparing the areas under two or more correlated
    receiver operating characteristic curves", Biometrics 44. Sun and Xu (2014), IEEE Signal
    Processing Letters 21, for the form with ranks.

    Examples
    --------
    >>> area, error, _ = delong(np.array([0, 0, 1, 1]) == 1, np.array([0.1, 0.4, 0.3, 0.8]))
    >>> area, error
    (0.75, 0.3535533905932738)
    """
    positive, negative = scores[truth], scores[~truth]
    m, n = len(positive), len(negative)
    ranks = rankdata(np.concatenate([positive, negative]))
    # Of each positive row, the share of negative rows below it; of each negative row, the share
    # of positive rows above it.
    above = (ranks[:m] - rankdata(positive)) / n
    below = 1 - (ranks[m:] - rankdata(negative)) / m
    area = float(above.mean())
    error = math.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n)
    reach = float(norm.ppf((1 + level) / 2)) * error
    return area, error, (max(0.0, area - reach), min(1.0, area + reach))
