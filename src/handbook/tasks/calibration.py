"""How far predicted probabilities hold: observed shares in bins of equally many rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Reliability", "reliability"]

Array = npt.NDArray[Any]


class Reliability(NamedTuple):
    """Predicted probabilities and observed shares by bin, from low to high; and their distance.

    Parameters
    ----------
    promised : float ndarray of shape (bins,)
        Mean predicted probability of the bin's rows.
    happened : int ndarray of shape (bins,)
        Rows of the bin of which it was true.
    rows : int ndarray of shape (bins,)
    error : float
        The expected calibration error: distance between the two, weighted by rows.
    """

    promised: Array
    happened: Array
    rows: Array
    error: float

    @property
    def observed(self) -> Array:
        """Share of each bin's rows of which it was true."""
        return np.asarray(self.happened / self.rows)


def reliability(probabilities: Array, happened: Array, bins: int = 10) -> Reliability:
    """Sort rows into bins between quantiles of their probability, and compare.

    Rows of one probability stay together, so that there may be fewer bins than asked for, and
    bins of different size. Even of a model that is right about every probability, few rows make
    the error larger than 0.

    Parameters
    ----------
    probabilities : float ndarray of shape (n,)
        That something is true of a row.
    happened : bool ndarray of shape (n,)
        Whether it is.
    bins : int
        Most bins.

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI; with bins of equally many rows, Nixon et al. (2019), "Measuring calibration in
    deep learning".

    Examples
    --------
    >>> result = reliability(np.array([0.1, 0.1, 0.9, 0.9]), np.array([0, 1, 1, 1]) == 1, bins=2)
    >>> result.promised.tolist(), result.observed.tolist(), round(result.error, 4)
    ([0.1, 0.9], [0.5, 1.0], 0.25)
    """
    inner = np.quantile(probabilities, np.arange(1, bins) / bins, method="inverted_cdf")
    places = np.searchsorted(np.unique(inner), probabilities, side="left")
    rows = np.bincount(places)
    used = rows > 0
    rows = rows[used]
    promised = np.bincount(places, probabilities)[used] / rows
    true = np.bincount(places, happened)[used].astype(np.int64)
    error = float(np.sum(np.abs(promised * rows - true)) / len(probabilities))
    return Reliability(promised, true, rows, error)
