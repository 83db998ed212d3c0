"""Rows in order of time, cut into periods; and how sure that order is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.core.errors import HandbookError, nearest
from handbook.data.dataset import Dataset
from handbook.data.raw import SAMPLE
from handbook.monitoring.backtest_spec import Order

__all__ = ["MONTHS", "Periods", "calendar", "evidence", "periods"]

#: As data sets write them, in English.
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Periods that stand for the months of generated rows, which are in no order.
_PARTS = 10
# A period of fewer rows on average is none: the rows are not in order of time.
_LEAST_ROWS = 10
_SATURDAY = 5  # as Python counts weekdays
# Years before and after the first one that is declared, which are tried as well.
_TRIED_YEARS = 3

Array = npt.NDArray[Any]


class Periods(NamedTuple):
    """The rows of a data set in order of time, cut into periods.

    Parameters
    ----------
    names : tuple of str
        Of each period, the earliest first.
    order : int ndarray of shape (n,)
        Positions of the rows in the data set, the earliest first.
    numbers : int ndarray of shape (n,)
        The period of each row, in that order: 0, ..., 0, 1, ...
    """

    names: tuple[str, ...]
    order: Array
    numbers: Array

    def rows(self, first: int, last: int) -> Array:
        """Return where the rows of the periods from `first` up to before `last` lie in `order`."""
        return np.flatnonzero((self.numbers >= first) & (self.numbers < last))


def periods(data: Dataset, order: Order) -> Periods:
    """Put the rows of a data set in order of time and cut them into periods.

    Generated rows have months in no order: equal parts stand for these then.

    Raises
    ------
    HandbookError
        There is no such column, or rows lie in no order of its months.
    """
    column = order.column
    if column is not None and column not in data.X.columns:
        raise HandbookError(
            f"backtests.{data.name}.order.column: {column!r}; {nearest(column, data.X.columns)}"
        )
    if order.year is None:
        return _equal(data, order)
    if data.variant == SAMPLE:
        return _equal(
            data,
            order.model_copy(
                update={"column": None, "year": None, "day": None, "every": len(data) / _PARTS}
            ),
        )
    months = data.X[column].astype(str).tolist()
    names, numbers = calendar(months, order.year)
    if len(names) * _LEAST_ROWS > len(months):
        raise HandbookError(
            f"backtests.{data.name}.order: the column {column!r} changes its month "
            f"{len(names) - 1:,} times in {len(months):,} rows: they are not in order of time; "
            "name a column of numbers by which they can be sorted, and `every`"
        )
    return Periods(tuple(names), np.arange(len(months)), numbers)


def _equal(data: Dataset, order: Order) -> Periods:
    """Cut rows into periods of a width in the unit of a column, or in rows."""
    assert order.every is not None
    width = order.every
    if order.column is None:
        positions, time = np.arange(len(data)), np.arange(len(data), dtype=float)
    else:
        values = data.X[order.column].to_numpy(float) / order.scale
        positions = np.argsort(values, kind="stable")
        time = values[positions]
    steps, numbers = np.unique(np.floor(time / width).astype(int), return_inverse=True)
    unit = order.unit or order.column or "rows"
    ends = [(f"{step * width:,.10g}", f"{(step + 1) * width:,.10g}") for step in steps]
    return Periods(tuple(f"{unit} {low} to {high}" for low, high in ends), positions, numbers)


def calendar(months: Sequence[str], year: int) -> tuple[list[str], Array]:
    """Return the names of the months that rows run through, and the number of each row's.

    A year begins where the month goes back. What lasts a year or longer cannot be seen so.

    Examples
    --------
    >>> names, numbers = calendar(["nov", "nov", "dec", "jan", "may", "mar"], 2008)
    >>> names
    ['Nov 2008', 'Dec 2008', 'Jan 2009', 'May 2009', 'Mar 2010']
    >>> numbers.tolist()
    [0, 0, 1, 2, 3, 4]
    """
    codes = _codes(months)
    changes = np.diff(codes) != 0
    numbers = np.concatenate([[0], np.cumsum(changes)])
    years = year + _backward(codes)
    firsts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    names = [f"{MONTHS[codes[row]].capitalize()} {years[row]}" for row in firsts]
    return names, numbers


def _codes(months: Sequence[str]) -> Array:
    codes = {name: code for code, name in enumerate(MONTHS)}
    unknown = sorted({month for month in months if month.lower()[:3] not in codes})
    if unknown:
        raise HandbookError(f"{unknown[0]!r} is no month by name; known: {', '.join(MONTHS)}")
    return np.array([codes[month.lower()[:3]] for month in months])


def _backward(codes: Array) -> Array:
    """Count for each row how often the month went back until there."""
    return np.concatenate([[0], np.cumsum(np.diff(codes) < 0)])


def evidence(data: Dataset, order: Order) -> dict[str, Any] | None:
    """Say what speaks for an order by months, from the days beside them; None without days.

    Returns
    -------
    dict or None
        ``years``, the rows at which the month goes back and a year begins; ``days_back``, the rows
        at which the day goes back within a month; ``weekends``, the share of rows on a Saturday or
        Sunday, by the year taken for the first row: whoever works on weekdays tells the right one.
    """
    if order.year is None or order.day is None or data.variant == SAMPLE:
        return None
    codes = _codes(data.X[order.column].astype(str).tolist())
    days = data.X[order.day].to_numpy()
    within = np.diff(codes) == 0
    passed = _backward(codes)
    tried = range(order.year - _TRIED_YEARS, order.year + _TRIED_YEARS + 1)
    return {
        "years": (np.flatnonzero(np.diff(codes) < 0) + 1).tolist(),
        "days_back": (np.flatnonzero(within & (np.diff(days) < 0)) + 1).tolist(),
        "weekends": {str(year): _weekends(year + passed, codes + 1, days) for year in tried},
    }


def _weekends(years: Array, months: Array, days: Array) -> float:
    """Return the share of dates on a Saturday or Sunday."""
    dates = pd.DataFrame({"year": years, "month": months, "day": days})
    when = pd.to_datetime(dates, errors="coerce")
    return float((when.dt.day_of_week[when.notna()] >= _SATURDAY).mean())
