"""Rows from outside, held to the columns that a model was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from handbook.core.errors import HandbookError

__all__ = ["POLICIES", "Column", "admit", "columns_of"]

#: What to do with a category that training never met, and with a value that is missing where none
#: was: raise, tell of it row by row, or let the model's own preprocessing deal with it.
POLICIES = ("refuse", "flag", "pass")

_NAMED = 5  # values that a message names


@dataclass(frozen=True)
class Column:
    """What the training rows have in a column.

    Parameters
    ----------
    name : str
    categories : tuple of str or None
        Those of the training rows; None for numbers.
    missing : bool
        Whether values are missing there.
    """

    name: str
    categories: tuple[str, ...] | None
    missing: bool

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Column:
        """Return a column from what :meth:`plain` returned."""
        categories = content["categories"]
        own = None if categories is None else tuple(categories)
        return cls(content["name"], own, content["missing"])

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"categories": self.categories and list(self.categories)}


def columns_of(X: pd.DataFrame) -> list[Column]:
    """Describe the columns of training rows, whose categorical ones are pandas' ``category``."""
    return [
        Column(
            str(name),
            tuple(map(str, values.cat.remove_unused_categories().cat.categories))
            if isinstance(values.dtype, pd.CategoricalDtype)
            else None,
            bool(values.isna().any()),
        )
        for name, values in X.items()
    ]


def admit(
    rows: Any, columns: Sequence[Column], policy: str = POLICIES[0]
) -> tuple[pd.DataFrame, pd.Series]:
    """Return rows as a model takes them, and a remark on each.

    Numbers may be integers, nullable integers, decimals or digits in text; categories may be text,
    pandas' categories or whole numbers. Further columns are left out, and columns put in order.

    Parameters
    ----------
    rows : DataFrame of shape (n, columns)
    columns : sequence of Column
        Those of the training rows.
    policy : {"refuse", "flag", "pass"}
        See :data:`POLICIES`.

    Returns
    -------
    DataFrame of shape (n, columns)
        float64, and ``object`` for categories; missing values are NaN.
    Series of n str
        What is unfamiliar about each row; empty where nothing is, or for the policy ``pass``.

    Raises
    ------
    HandbookError
        A column is missing, a value is no number or not finite; for the policy ``refuse`` also a
        value that is missing where training had none, and a category that it did not meet. The
        message names the column, the values and the first row.

    Examples
    --------
    >>> columns = [Column("age", None, False), Column("job", ("clerk", "none"), False)]
    >>> rows = pd.DataFrame({"job": ["clerk", "pilot"], "age": [30, 40]})
    >>> X, remarks = admit(rows, columns, "flag")
    >>> list(X.columns), remarks.tolist()
    (['age', 'job'], ['', "job: 'pilot' is new"])
    """
    if policy not in POLICIES:
        raise HandbookError(f"policy {policy!r}: use one of {', '.join(POLICIES)}")
    if not isinstance(rows, pd.DataFrame):
        names = ", ".join(column.name for column in columns[:_NAMED])
        raise HandbookError(
            f"rows are a {type(rows).__name__}; expected a pandas table with columns {names} ..."
        )
    absent = [column.name for column in columns if column.name not in rows.columns]
    if absent:
        raise HandbookError(
            f"rows lack {len(absent)} of {len(columns)} columns: {', '.join(absent)}; "
            "a value that is not known can be left empty, a column cannot be left out"
        )
    remarks = pd.Series("", index=rows.index, dtype=object)
    admitted = {}
    for column in columns:
        values = rows[column.name]
        own = _numbers(column, values) if column.categories is None else _texts(values)
        admitted[column.name] = own
        if policy != "pass":
            for mask, remark in _unfamiliar(column, own):
                if policy == "refuse":
                    raise HandbookError(_refusal(column, own, mask))
                marked = own[mask].map(lambda value, remark=remark: remark.format(value))
                remarks[mask] = (remarks[mask] + "; " + f"{column.name}: " + marked).str.lstrip(
                    "; "
                )
    return pd.DataFrame(admitted, index=rows.index), remarks


def _numbers(column: Column, values: pd.Series) -> pd.Series:
    """Return a column's values as floats."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    numbers = pd.to_numeric(values, errors="coerce").astype("Float64").astype(float)
    numbers = numbers.where(~values.isna(), np.nan)
    wrong = (numbers.isna() & ~values.isna()) | np.isinf(numbers)
    if wrong.any():
        raise HandbookError(
            f"column {column.name!r}: {_listed(values[wrong])} in {_rows(wrong)}; expected "
            "numbers, or nothing where one is not known"
        )
    return numbers


def _texts(values: pd.Series) -> pd.Series:
    """Return a column's categories as text; whole numbers without a point."""

    def text(value: Any) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value)

    values = values.astype(object)
    return values.map(text, na_action="ignore").where(~values.isna(), np.nan)


def _unfamiliar(column: Column, values: pd.Series) -> list[tuple[pd.Series, str]]:
    """Return which rows training did not prepare for in a column, and a remark on them."""
    absent = values.isna()
    faults = [] if column.missing else [(absent, "is missing")]
    if column.categories is not None:
        faults.append((~absent & ~values.isin(column.categories), "{!r} is new"))
    return [(mask, remark) for mask, remark in faults if mask.any()]


def _refusal(column: Column, values: pd.Series, mask: pd.Series) -> str:
    where = f"column {column.name!r}: "
    if values[mask].isna().all():
        fault = f"nothing in {_rows(mask)}, and no training row lacks a value there"
    else:
        assert column.categories is not None
        categories = ", ".join(column.categories[:_NAMED])
        more = ", ..." if len(column.categories) > _NAMED else ""
        fault = (
            f"{_listed(values[mask])} in {_rows(mask)}; the training rows have {categories}{more}"
        )
    return f"{where}{fault}; the policy 'flag' answers and says so row by row, 'pass' answers alone"


def _listed(values: pd.Series) -> str:
    different = list(dict.fromkeys(values.tolist()))
    more = f" and {len(different) - _NAMED} more" if len(different) > _NAMED else ""
    return ", ".join(map(repr, different[:_NAMED])) + more


def _rows(mask: pd.Series) -> str:
    positions = np.flatnonzero(mask.to_numpy())
    more = f" and {len(positions) - 1} more" if len(positions) > 1 else ""
    return f"row {positions[0] + 1}{more}"
