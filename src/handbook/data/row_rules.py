"""Rules about single rows: those expectations of a data set that rows from outside can be held to.

How many rows there are, whether values repeat and what their mean is says nothing about one row.
What is left is checked here without Great Expectations, which takes seconds to import.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from handbook.core.files import read_json

__all__ = ["RowRule", "read"]

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
_WHOLE = "int64"


def _between(values: pd.Series, arguments: Mapping[str, Any]) -> pd.Series:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    below, above = operator.lt, operator.gt
    if arguments.get("strict_min"):
        below = operator.le
    if arguments.get("strict_max"):
        above = operator.ge
    outside = pd.Series(False, index=values.index)
    if low is not None:
        outside |= below(values, low)
    if high is not None:
        outside |= above(values, high)
    return outside


def _in_set(values: pd.Series, arguments: Mapping[str, Any]) -> pd.Series:
    return values.notna() & ~values.isin(arguments["value_set"])


def _whole(values: pd.Series, arguments: Mapping[str, Any]) -> pd.Series:
    return values.notna() & (values % 1 != 0)


#: By the name of an expectation: which values break it.
_BREAKING: dict[str, Callable[[pd.Series, Mapping[str, Any]], pd.Series]] = {
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_null": lambda values, _: values.isna(),
    "expect_column_values_to_be_null": lambda values, _: values.notna(),
    "expect_column_values_to_be_of_type": _whole,
}


@dataclass(frozen=True)
class RowRule:
    """An expectation about each row by itself.

    Parameters
    ----------
    kind : str
        Name of an expectation, such as ``expect_column_values_to_be_between``.
    column : str
    arguments : mapping
        Of the expectation, see :class:`handbook.data.expectation.Expectation`.
    meaning : str
        The rule in words.
    """

    kind: str
    column: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    meaning: str = ""

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> RowRule:
        """Return a rule from what :meth:`plain` returned, or from a line of a verdict."""
        kind = content.get("kind") or content["expectation"]
        return cls(kind, content["column"], content["arguments"], content["meaning"])

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        own = {"kind": self.kind, "column": self.column}
        return own | {"arguments": dict(self.arguments), "meaning": self.meaning}

    @property
    def expected(self) -> str:
        """What is expected, in a few words.

        Examples
        --------
        >>> limits = {"min_value": 18, "max_value": None}
        >>> RowRule("expect_column_values_to_be_between", "age", limits, "adults").expected
        'at least 18: adults'
        """
        kind = self.kind.removeprefix("expect_column_values_to_")
        if kind == "be_of_type":
            return "whole numbers"
        if kind == "be_between" and not self.arguments.get("where"):
            low, high = self.arguments.get("min_value"), self.arguments.get("max_value")
            limits = f"{low} to {high}"
            if low is None or high is None:
                limits = f"at least {low}" if high is None else f"at most {high}"
            return f"{limits}: {self.meaning}"
        return self.meaning

    def broken(self, rows: pd.DataFrame) -> pd.Series:
        """Return which rows break it, as a mask.

        Examples
        --------
        >>> where = {"previous": 0}
        >>> rule = RowRule("expect_column_values_to_be_null", "pdays", {"where": where})
        >>> rule.broken(pd.DataFrame({"pdays": [3.0, 3.0], "previous": [0.0, 1.0]})).tolist()
        [True, False]
        """
        broken = _BREAKING[self.kind](rows[self.column], self.arguments)
        for column, value in (self.arguments.get("where") or {}).items():
            broken &= _picked(rows[column], value)
        return broken


def _picked(values: pd.Series, value: Any) -> pd.Series:
    if value is None:
        return values.isna()
    comparison, limit = value if isinstance(value, list | tuple) else ("==", value)
    picked: pd.Series = _COMPARISONS[comparison](values, limit)
    return picked & values.notna()


def read(verdict: Path, columns: Collection[str], texts: Collection[str]) -> list[RowRule]:
    """Read the rules that columns are held to from a data set's verdict.

    Parameters
    ----------
    verdict : Path
        What validation wrote; no rule is known where it is missing.
    columns : collection of str
        The features: what is expected of the target is no matter of rows to be answered.
    texts : collection of str
        Those of them that are categories.

    Returns
    -------
    list of RowRule
        Without those that what the training rows have says already: which categories there are,
        and where no value is missing.
    """
    if not verdict.exists():
        return []
    checks = read_json(verdict, made_by="make rebuild")["expectations"]
    rules = []
    for check in checks:
        arguments = check["arguments"]
        where = arguments.get("where") or {}
        named = {check["column"], *where}
        if check["expectation"] not in _BREAKING or not named <= set(columns):
            continue
        if "mostly" in arguments or (not where and _is_implied(check, texts)):
            continue
        rules.append(RowRule.parse(check))
    return rules


def _is_implied(check: Mapping[str, Any], texts: Collection[str]) -> bool:
    kind = check["expectation"].removeprefix("expect_column_values_to_")
    if kind == "be_of_type":
        return bool(check["arguments"]["type_"] != _WHOLE)
    return kind == "not_be_null" or (kind == "be_in_set" and check["column"] in texts)
