"""Confidence intervals of means over folds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

__all__ = ["mean_interval"]


def mean_interval(
    values: Sequence[float],
    share: float,
    level: float,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> tuple[float, float, list[float]]:
    """Return mean, corrected standard error and confidence interval of values over folds.

    Training sets of different folds overlap, so the values are not independent and s / sqrt(k)
    is too small. The standard error here is s sqrt(1/k + share), and the interval is
    mean -+ t(k - 1) times it, cut at the bounds.

    Parameters
    ----------
    values : sequence of k floats
        A metric on each fold, or the difference of two runs' metrics.
    share : float
        Validation rows divided by training rows of a fold: 1/(k - 1) for k-fold.
    level : float
    bounds : tuple of float
        Least and largest value there can be: cutting there loses no coverage.

    References
    ----------
    Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52.

    Examples
    --------
    >>> mean, error, interval = mean_interval([1.0, 3.0], share=1.0, level=0.5)
    >>> mean, round(error, 4), [round(end, 4) for end in interval]
    (2.0, 1.7321, [0.2679, 3.7321])
    """
    k = len(values)
    mean = float(np.mean(values))
    error = float(np.std(values, ddof=1)) * math.sqrt(1 / k + share)
    reach = float(student.ppf((1 + level) / 2, k - 1)) * error
    return mean, error, [max(bounds[0], mean - reach), min(bounds[1], mean + reach)]
