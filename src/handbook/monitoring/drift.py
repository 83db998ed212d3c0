"""Drift of columns: how far rows have moved from those of a reference, and whether by chance.

Each column has a test of its values (Kolmogorov-Smirnov for numbers, chi-square for categories),
an exact test of the rows that have no value or one that the reference never had, and an effect
size, the population stability index (PSI) with what of it is noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2, fisher_exact, kstwo

from handbook.monitoring.profile import ColumnProfile, Readable, readable
from handbook.monitoring.stability import cells, stability

__all__ = [
    "ColumnDrift",
    "chi_square",
    "column_drift",
    "drift",
    "kolmogorov_smirnov",
]

_LEAST_EXPECTED = 5.0  # rows of a cell, for the chi-square distribution to hold
_NAMED = 3  # new categories that a remark names

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class ColumnDrift:
    """How far a column has moved.

    Parameters
    ----------
    column : str
    test : {"ks", "chi-square", "unfamiliar", ""}
        The test that gave the smaller p: of the values, or of those that are missing or new.
        Empty where there was nothing to test.
    statistic : float
        The largest distance of the distribution functions, Cramér's V, or the difference of the
        shares of unfamiliar values.
    p : float
        Of both tests together (Bonferroni).
    psi, noise, limit : float
        See :class:`handbook.monitoring.stability.Stability`.
    rows : int
    remarks : tuple of str
        What was odd about the values.
    """

    column: str
    test: str
    statistic: float
    p: float
    psi: float
    noise: float
    limit: float
    rows: int
    remarks: tuple[str, ...] = ()

    @property
    def shift(self) -> float:
        """The PSI less its noise, 0 where that is more."""
        return max(0.0, self.psi - self.noise)

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"shift": self.shift, "remarks": list(self.remarks)}


def drift(reference: Sequence[ColumnProfile], rows: pd.DataFrame) -> list[ColumnDrift]:
    """Compare rows with a reference, column by column.

    Columns that the reference does not have are passed over.

    Parameters
    ----------
    reference : sequence of ColumnProfile
        As :func:`handbook.monitoring.profile.profile` returns it.
    rows : DataFrame
        With every column of the reference.

    Examples
    --------
    >>> from handbook.monitoring.profile import profile
    >>> numbers = pd.DataFrame({"x": np.arange(1000.0)})
    >>> (moved,) = drift(profile(numbers), numbers.iloc[:100])
    >>> moved.test, round(moved.statistic, 2), moved.p < 1e-60
    ('ks', 0.9, True)
    """
    return [column_drift(column, rows[column.name]) for column in reference]


def column_drift(reference: ColumnProfile, values: pd.Series | Sequence[Any]) -> ColumnDrift:
    """Compare the values of a column with its profile.

    Without any row, or where the reference has none, nothing is tested and p is 1.
    """
    own = readable(values, reference.kind)
    rows = len(own.values) + own.missing
    if not rows or not reference.rows:
        return ColumnDrift(reference.name, "", 0.0, 1.0, 0.0, 0.0, 0.0, rows, ("no rows",))
    before, after = cells(reference, own)
    if reference.kind == "number":
        test, (statistic, p) = "ks", kolmogorov_smirnov(reference, own.values)
    else:
        test, (statistic, p) = "chi-square", chi_square(before[:-1], after[:-1])
    gap, p_gap = _unfamiliar(reference, before, after)
    if p_gap < p:
        test, statistic = "unfamiliar", gap
    return ColumnDrift(
        reference.name,
        test,
        statistic,
        min(1.0, 2 * min(p, p_gap)),
        *stability(before, after),
        rows=rows,
        remarks=tuple(_remarks(reference, own)),
    )


def kolmogorov_smirnov(reference: ColumnProfile, values: Array) -> tuple[float, float]:
    """Return the two-sample Kolmogorov-Smirnov statistic and its p-value.

    The reference's distribution function is exact at the values that its profile keeps, and the
    distance is looked for there: with every value kept it is exact, else at most 1 in
    :data:`handbook.monitoring.profile.KNOTS` too small. Ties make p too large, never too small.

    References
    ----------
    Hodges (1958), "The significance probability of the Smirnov two-sample test"; p is that of the
    one-sample statistic for nm/(n + m) values, as scipy's `ks_2samp` has it for large samples.

    Examples
    --------
    >>> reference = ColumnProfile("x", "number", 0, (1.0, 2.0, 3.0, 4.0), (1, 1, 1, 1))
    >>> kolmogorov_smirnov(reference, np.array([3.0, 4.0]))[0]
    0.5
    """
    n, m = reference.present, len(values)
    if not n or not m:
        return 0.0, 1.0
    knots, counts = np.asarray(reference.values), np.asarray(reference.counts)
    ordered, above = np.sort(values), np.cumsum(counts) / n
    distances = [above - np.searchsorted(ordered, knots, side="right") / m]
    if reference.whole:
        # Just below a value, the reference has what lies up to the value before.
        distances += [above - counts / n - np.searchsorted(ordered, knots, side="left") / m]
    statistic = float(np.abs(distances).max())
    return statistic, float(kstwo.sf(statistic, max(1, round(n * m / (n + m)))))


def chi_square(before: Array, after: Array) -> tuple[float, float]:
    """Return Cramér's V of two samples' counts, and the p-value of the chi-square test.

    Cells of which either sample would be expected to have fewer than 5 rows are one cell; if that
    is still too small, the next smallest joins it.

    Parameters
    ----------
    before, after : int ndarray of shape (cells,)

    Examples
    --------
    >>> statistic, p = chi_square(np.array([60, 40]), np.array([45, 55]))
    >>> round(statistic, 4), round(p, 4)
    (0.1502, 0.0337)
    """
    counts = np.stack([before, after]).astype(float)  # (2, cells)
    counts = counts[:, np.argsort(counts.sum(axis=0), kind="stable")]
    rows = counts.sum(axis=1)
    if not rows.all():
        return 0.0, 1.0
    # Of the smaller sample, by what both have together.
    expected = counts.sum(axis=0) * (rows.min() / rows.sum())
    small = int(np.searchsorted(expected, _LEAST_EXPECTED))
    while 0 < small < len(expected) and expected[:small].sum() < _LEAST_EXPECTED:
        small += 1
    if small:
        counts = np.column_stack([counts[:, :small].sum(axis=1), counts[:, small:]])
    if counts.shape[1] < 2:
        return 0.0, 1.0
    outer = np.outer(rows, counts.sum(axis=0)) / rows.sum()
    squared = float(((counts - outer) ** 2 / outer).sum())
    return math.sqrt(squared / rows.sum()), float(chi2.sf(squared, counts.shape[1] - 1))


def _unfamiliar(reference: ColumnProfile, before: Array, after: Array) -> tuple[float, float]:
    """Compare the shares of values that are missing or new, exactly.

    Of categories, those that are missing are a category like others where the reference has some.
    Its own rows that would be new beside all others are those whose category has one row.

    References
    ----------
    Good (1953), "The population frequencies of species and the estimation of population
    parameters", Biometrika 40.
    """
    missing, new = (before[-2], after[-2]), (reference.counts.count(1), after[-1])
    if reference.kind == "number":
        odd = missing
    else:
        odd = new if reference.missing else (new[0], new[1] + missing[1])
    rows = before.sum(), after.sum()
    if not any(odd) or reference.other:
        return 0.0, 1.0
    table = [[of, every - of] for of, every in zip(odd, rows, strict=True)]
    return float(abs(odd[1] / rows[1] - odd[0] / rows[0])), float(fisher_exact(table).pvalue)


def _remarks(reference: ColumnProfile, values: Readable) -> Iterator[str]:
    """Say what is odd about values, whether by chance or not."""
    for fault, count in values.faults.items():
        yield f"{count} {fault}, counted as missing"
    if values.missing and not len(values.values):
        yield "no value at all"
    elif values.missing and not reference.missing:
        yield f"{values.missing} missing, and no reference row lacks a value"
    if reference.kind == "category" and reference.whole:
        different, counts = np.unique(values.values, return_counts=True)
        new = ~np.isin(different, np.array(reference.values, dtype=str))
        if new.any():
            named = ", ".join(map(repr, different[new][:_NAMED].tolist()))
            more = f" and {new.sum() - _NAMED} more" if new.sum() > _NAMED else ""
            yield f"{counts[new].sum()} of new categories: {named}{more}"
