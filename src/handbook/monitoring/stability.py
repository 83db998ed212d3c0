"""The population stability index: by how much the shares of cells differ, and what is noise."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from handbook.monitoring.profile import ColumnProfile, Readable

__all__ = ["BINS", "Stability", "cells", "stability"]

#: Bins between quantiles of a number, of which the PSI compares shares.
BINS = 10

_EMPTY = 0.5  # rows that a cell without any stands for

Array = npt.NDArray[Any]


class Stability(NamedTuple):
    """The population stability index of two samples, and what chance makes of it.

    Parameters
    ----------
    psi : float
    noise : float
        Its mean where nothing has drifted.
    limit : float
        Its 99th percentile there.
    """

    psi: float
    noise: float
    limit: float


def stability(before: Array, after: Array) -> Stability:
    """Return the population stability index of two samples' counts, and its noise.

    It is the sum over cells of the difference of shares times that of their logarithms. Where
    nothing has drifted it is not 0 but, of n and m rows in b cells, about chi-square with b - 1
    degrees of freedom times 1/n + 1/m. A cell that is empty in one sample counts as half a row;
    one that is empty in both is left out.

    References
    ----------
    Yurdakul and Naranjo (2020), "Statistical properties of the population stability index",
    Journal of Risk Model Validation 14.

    Examples
    --------
    >>> [round(value, 4) for value in stability(np.array([500, 500]), np.array([40, 60]))]
    [0.0405, 0.011, 0.073]
    """
    used = (before > 0) | (after > 0)
    n, m = before.sum(), after.sum()
    if not n or not m:
        return Stability(0.0, 0.0, 0.0)
    p, q = (np.maximum(counts[used], _EMPTY) / counts.sum() for counts in (before, after))
    scale, degrees = float(1 / n + 1 / m), int(used.sum()) - 1
    psi = float(((q - p) * np.log(q / p)).sum())
    limit = float(chi2.isf(0.01, degrees)) if degrees else 0.0
    return Stability(psi, scale * degrees, scale * limit)


def cells(reference: ColumnProfile, values: Readable) -> tuple[Array, Array]:
    """Count the rows of a reference and of other values in cells.

    Cells are bins between quantiles of the reference; the values themselves where it has no more
    than there would be bins; or categories. Those that the reference does not list follow, then
    what is missing, and last what is new.

    Returns
    -------
    before, after : int ndarray of shape (cells,)
    """
    counts = np.asarray(reference.counts, dtype=np.int64)
    if reference.kind == "number" and not (reference.whole and len(counts) <= BINS):
        within = np.cumsum(counts)
        # The smallest value up to which each share of the rows lies.
        shares = np.arange(1, BINS) / BINS * within[-1]
        edges = np.unique(np.searchsorted(within, np.round(shares, 6)))
        edges = edges[edges < len(counts) - 1]
        starts = np.concatenate([[0], edges + 1])
        counts = np.add.reduceat(counts, starts)
        places = np.searchsorted(np.asarray(reference.values)[edges], values.values, side="left")
        listed, new = np.bincount(places, minlength=len(counts)), 0
    else:
        listed, new = _matched(reference, values.values)
    other = 0 if reference.whole else new
    before = [*counts, reference.other, reference.missing, 0]
    after = [*listed, other, values.missing, new - other]
    return np.array(before), np.array(after)


def _matched(reference: ColumnProfile, values: Array) -> tuple[Array, int]:
    """Count the rows of each value that a profile lists, and those of all other values."""
    size = len(reference.values)
    places = pd.Index(reference.values).get_indexer(pd.Index(values)) if size else np.array([])
    listed = np.bincount(places[places >= 0].astype(int), minlength=size)
    return listed, len(values) - int(listed.sum())
