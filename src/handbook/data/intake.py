"""Rows from outside, held to the columns that a model was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from handbook.core.errors import HandbookError
from handbook.data.row_rules import RowRule

__all__ = ["POLICIES", "Column", "admit", "columns_of"]

#: What to do with a category that training never met, and with a value that is missing where none
#: was: raise, tell of it row by row, or let the model's own preprocessing deal with it.
POLICIES = ("refuse", "flag", "pass")

# Trees take numbers of 32 bits, up to 3.4e38, once they are divided by a column's scale; nothing
# that is measured comes near.
_LARGEST = 1e30
_NAMED = 5  # values that a message names
_LONGEST = 60  # and characters of each
_OTHERWISE = "the policy 'flag' answers and says so row by row, 'pass' answers alone"


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
    rows: Any,
    columns: Sequence[Column],
    policy: str = POLICIES[0],
    *,
    rules: Sequence[RowRule] = (),
    first: int = 1,
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
    rules : sequence of RowRule
        What is expected of each row besides.
    first : int
        Number of the first row, for messages.

    Returns
    -------
    DataFrame of shape (n, columns)
        float64, and ``object`` for categories; missing values are NaN.
    Series of n str
        What is unfamiliar about each row; empty where nothing is, or for the policy ``pass``.

    Raises
    ------
    HandbookError
        A column is missing, a value is no number or beyond 1e30; for the policy ``refuse`` also a
        value that is missing where training had none, a category that it did not meet, and what
        breaks a rule. The message names each column at fault with the values and the first row.

    Examples
    --------
    >>> columns = [Column("age", None, False), Column("job", ("clerk", "none"), False)]
    >>> rows = pd.DataFrame({"job": ["clerk", "pilot"], "age": [30, 40]})
    >>> X, remarks = admit(rows, columns, "flag")
    >>> list(X.columns), remarks.tolist()
    (['age', 'job'], ['', "job: 'pilot' is new"])
    """
    _check(rows, columns, policy)
    X = _typed(rows, columns, first)
    remarks = pd.Series("", index=rows.index, dtype=object)
    if policy == "pass":
        return X, remarks
    faults = [fault for column in columns for fault in _unfamiliar(column, X[column.name])]
    faults += [_Fault(rule.column, rule.broken(X), "{} is unexpected", rule) for rule in rules]
    faults = [fault for fault in faults if fault.mask.any()]
    if faults and policy == "refuse":
        own = {column.name: column for column in columns}
        refusals = (_refusal(own[fault.column], X, fault, first) for fault in faults)
        raise HandbookError("\n".join(refusals) + f"; {_OTHERWISE}")
    for fault in faults:
        mask, remark = fault.mask, fault.remark
        marked = X.loc[mask, fault.column].map(lambda value, remark=remark: remark.format(value))
        if fault.rule is not None:
            marked = _plain(X.loc[mask, fault.column]) + f" (expected {fault.rule.expected})"
        parts = remarks[mask] + "; " + f"{fault.column}: " + marked
        remarks[mask] = parts.str.lstrip("; ")
    return X, remarks


def _check(rows: Any, columns: Sequence[Column], policy: str) -> None:
    """Refuse what is no table of these columns, and an unknown policy."""
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


def _typed(rows: pd.DataFrame, columns: Sequence[Column], first: int) -> pd.DataFrame:
    """Return columns in order, as floats and texts."""
    return pd.DataFrame(
        {
            column.name: _numbers(column, rows[column.name], first)
            if column.categories is None
            else _texts(rows[column.name])
            for column in columns
        },
        index=rows.index,
    )


def _numbers(column: Column, values: pd.Series, first: int) -> pd.Series:
    """Return a column's values as floats."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    try:
        numbers = pd.to_numeric(values, errors="coerce").astype("Float64").astype(float)
    except OverflowError:  # whole numbers that are larger than any float
        return _numbers(column, values.map(_float, na_action="ignore"), first)
    numbers = numbers.where(~values.isna(), np.nan)
    beyond = numbers.abs() > _LARGEST
    wrong = (numbers.isna() & ~values.isna()) | beyond
    if wrong.any():
        finite = np.isfinite(numbers[beyond]).any()
        limit = f" of at most {_LARGEST:g}, either sign" if finite else ""
        raise HandbookError(
            f"column {column.name!r}: {_listed(values[wrong])} in {_rows(wrong, first)}; expected "
            f"numbers{limit}, or nothing where one is not known"
        )
    return numbers


def _float(value: Any) -> Any:
    """Return a whole number as a float, an infinite one where it is larger than any."""
    if not isinstance(value, int):
        return value
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def _texts(values: pd.Series) -> pd.Series:
    """Return a column's categories as text; whole numbers without a point."""

    def text(value: Any) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value)

    values = values.astype(object)
    # where all are missing, pandas would make numbers of them
    texts = values.map(text, na_action="ignore").astype(object)
    return texts.where(~values.isna(), np.nan)


@dataclass(frozen=True)
class _Fault:
    """Rows that training did not prepare for, by one of their columns."""

    column: str
    mask: pd.Series
    remark: str
    rule: RowRule | None = None


def _unfamiliar(column: Column, values: pd.Series) -> list[_Fault]:
    """Return which rows training did not prepare for in a column."""
    absent = values.isna()
    faults = [] if column.missing else [_Fault(column.name, absent, "is missing")]
    if column.categories is not None:
        new = ~absent & ~values.isin(column.categories)
        faults.append(_Fault(column.name, new, "{!r} is new"))
    return faults


def _refusal(column: Column, X: pd.DataFrame, fault: _Fault, first: int) -> str:
    values, where = X.loc[fault.mask, column.name], _rows(fault.mask, first)
    if fault.rule is not None:
        listed = _listed(_plain(values), quoted=False)
        what = f"{listed} in {where}; expected {fault.rule.expected}"
    elif values.isna().all():
        what = f"nothing in {where}, and no training row lacks a value there"
    else:
        assert column.categories is not None
        categories = ", ".join(column.categories[:_NAMED])
        more = ", ..." if len(column.categories) > _NAMED else ""
        what = f"{_listed(values)} in {where}; the training rows have {categories}{more}"
    return f"column {column.name!r}: {what}"


def _plain(values: pd.Series) -> pd.Series:
    """Return values as people write them."""
    return values.map(
        lambda value: (
            "nothing"
            if pd.isna(value)
            else f"{value:.15g}"
            if isinstance(value, float)
            else repr(value)
        )
    )


def _listed(values: pd.Series, quoted: bool = True) -> str:
    different = list(dict.fromkeys(values.tolist()))
    more = f" and {len(different) - _NAMED} more" if len(different) > _NAMED else ""
    texts = map(repr if quoted else str, different[:_NAMED])
    short = (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..." for text in texts)
    return ", ".join(short) + more


def _rows(mask: pd.Series, first: int) -> str:
    positions = np.flatnonzero(mask.to_numpy())
    more = f" and {len(positions) - 1} more" if len(positions) > 1 else ""
    return f"row {positions[0] + first}{more}"
