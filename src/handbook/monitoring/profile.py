"""Profiles of rows: what a column holds, small enough to lie as JSON beside a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["KNOTS", "ColumnProfile", "Readable", "profile", "readable", "text"]

#: Most values of a column that a profile keeps: quantiles of a number that has more, the most
#: frequent of a category. Distribution functions then differ by 1/200 at most between two knots.
KNOTS = 200

_FREQUENT = 20  # rows of a category that is listed where not all are

Array = npt.NDArray[Any]
Kind = Literal["number", "category"]


class Readable(NamedTuple):
    """The values of a column as its kind has them, and what could not be read.

    Parameters
    ----------
    values : ndarray of shape (m,)
        Finite numbers, or text; without those that are missing.
    missing : int
        Empty cells, infinite numbers and what is no number.
    faults : mapping of str to int
        Of the missing, those that were not empty, by what they are.
    """

    values: Array
    missing: int
    faults: Mapping[str, int]


@dataclass(frozen=True)
class ColumnProfile:
    """How often a column of the reference rows has which values.

    Parameters
    ----------
    name : str
    kind : {"number", "category"}
    missing : int
        Rows without a value.
    values : tuple of float or of str
        Of numbers, in rising order: every value, or at most :data:`KNOTS` quantiles, the largest
        value last. Categories from the most frequent on.
    counts : tuple of int
        Rows of each category; of numbers, the rows above the value before and up to this one.
    other : int
        Rows of categories that are not listed, since there are too many.
    whole : bool
        Whether every value is listed.
    """

    name: str
    kind: Kind
    missing: int
    values: tuple[Any, ...]
    counts: tuple[int, ...]
    other: int = 0
    whole: bool = True

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> ColumnProfile:
        """Return a profile from what :meth:`plain` returned."""
        values = {"values": tuple(content["values"]), "counts": tuple(content["counts"])}
        return cls(**{**content, **values})

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"values": list(self.values), "counts": list(self.counts)}

    @cached_property
    def present(self) -> int:
        """Number of rows with a value."""
        return sum(self.counts) + self.other

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.present + self.missing


def profile(rows: pd.DataFrame) -> list[ColumnProfile]:
    """Describe every column of a table.

    Columns of numbers are numbers, and all others categories.

    Examples
    --------
    >>> age, job = profile(pd.DataFrame({"age": [30, 40, 40], "job": ["clerk", None, "clerk"]}))
    >>> age.values, age.counts, job.values, job.counts, job.missing
    ((30.0, 40.0), (1, 2), ('clerk',), (2,), 1)
    """
    return [_column(str(name), values) for name, values in rows.items()]


def _column(name: str, values: pd.Series) -> ColumnProfile:
    number = pd.api.types.is_numeric_dtype(values.dtype) and values.dtype != bool
    kind: Kind = "number" if number else "category"
    own = readable(values, kind)
    distinct, counts = np.unique(own.values, return_counts=True)
    whole = len(distinct) <= KNOTS
    if number:
        if not whole:
            below = np.cumsum(counts)
            # The smallest value up to which each share of the rows lies.
            shares = np.arange(1, KNOTS + 1) / KNOTS * below[-1]
            kept = np.unique(np.searchsorted(below, np.round(shares, 6)))
            distinct, counts = distinct[kept], np.diff(below[kept], prepend=0)
        return ColumnProfile(name, kind, own.missing, *_plain(distinct, counts), whole=whole)
    # Equal counts in alphabetical order.
    order = np.argsort(-counts, kind="stable")
    # The most frequent of many rare ones are so by chance, and would be less frequent ever after.
    listed = order if whole else order[:KNOTS][counts[order[:KNOTS]] >= _FREQUENT]
    other = int(counts.sum() - counts[listed].sum())
    kept_values = _plain(distinct[listed], counts[listed])
    return ColumnProfile(name, kind, own.missing, *kept_values, other, whole)


def _plain(values: Array, counts: Array) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    return tuple(values.tolist()), tuple(map(int, counts))


def readable(values: pd.Series | Iterable[Any], kind: Kind) -> Readable:
    """Return what of a column can be read as numbers, or as categories.

    Categories are text, and whole numbers without a point; an empty text is a category.

    Examples
    --------
    >>> readable(["3", None, "inf", "many"], "number")
    Readable(values=array([3.]), missing=3, faults={'infinite': 1, 'not a number': 1})
    >>> readable([1.0, "b", None], "category").values.tolist()
    ['1', 'b']
    """
    column = pd.Series(values).astype(object)
    column = column[~column.isna()]
    empty = len(pd.Series(values)) - len(column)
    if kind == "category":
        return Readable(np.array([text(value) for value in column], dtype=str), empty, {})
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    unread, infinite = np.isnan(numbers), np.isinf(numbers)
    counted = {"infinite": int(infinite.sum()), "not a number": int(unread.sum())}
    faults = {fault: count for fault, count in counted.items() if count}
    finite = numbers[~unread & ~infinite]
    return Readable(finite, empty + sum(faults.values()), faults)


def text(value: Any) -> str:
    """Return the name of a category; that of a whole number has no point.

    Examples
    --------
    >>> text(3.0), text("b")
    ('3', 'b')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
