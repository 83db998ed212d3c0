"""The difference that a comparison over folds could have seen."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import chi2
from scipy.stats import t as student

__all__ = ["POWER", "detectable", "power_of"]

#: The chance with which a difference is to be found.
POWER = 0.8
_STEPS = 20_000


def power_of(difference: float, folds: int, limit: float) -> float:
    """Return the chance that a two-sided t-test over folds finds a true difference.

    Parameters
    ----------
    difference : float
        In standard errors of the mean difference over folds.
    folds : int
    limit : float
        A p-value below it counts.

    Examples
    --------
    >>> round(power_of(0.0, folds=5, limit=0.05), 4)  # a false finding is as rare as stated
    0.05
    """
    reach = float(student.isf(limit / 2, folds - 1)) * _spreads(folds)
    return float(np.mean(ndtr(difference - reach) + ndtr(-difference - reach)))


@cache
def _spreads(folds: int) -> npt.NDArray[np.float64]:
    """Return deviations that folds show, in true deviations, all equally likely.

    Instead of `scipy.stats.nct`, which is NaN far out, where many pairs are tested.
    """
    shares = (np.arange(_STEPS) + 0.5) / _STEPS
    return np.asarray(np.sqrt(chi2.ppf(shares, folds - 1) / (folds - 1)))


@cache
def detectable(folds: int, limit: float, power: float = POWER) -> float:
    """Return the true difference, in standard errors, that is found with a chance of `power`.

    The statistic of the corrected resampled t-test then has a noncentral t distribution, as far
    as the test's own assumptions hold; the standard error is the corrected one.

    Examples
    --------
    >>> round(detectable(folds=5, limit=0.05), 2)
    3.76
    """
    reach = float(student.isf(limit / 2, folds - 1))
    high = 2 * reach + 10
    while power_of(high, folds, limit) < power:
        high *= 2
    return float(brentq(lambda x: power_of(x, folds, limit) - power, 0.0, high, xtol=1e-6))
