"""Windows of rows, answers and labels held against a reference, and whether that is an alarm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.monitoring.drift import ColumnDrift, drift
from handbook.monitoring.performance import Performance, compare, measure
from handbook.monitoring.reference import Reference, answers, labels
from handbook.monitoring.rule import Rule
from handbook.monitoring.windows import Window, windows
from handbook.tasks.pairwise import holm

__all__ = ["Sequenced", "Watch", "Watched", "watch"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sequenced:
    """Rows in the order of time, with what a model made of them.

    Parameters
    ----------
    X : DataFrame of n rows
        With the columns of the reference.
    table : DataFrame of n rows or None
        As `predict` of the task gives it; rows that the model did not answer are missing.
    y : float ndarray of shape (n,) or None
        Class codes or numbers; labels that have not come are NaN.
    times : Series of n timestamps or None
    """

    X: pd.DataFrame
    table: pd.DataFrame | None = None
    y: Array | None = None
    times: pd.Series | None = None


@dataclass(frozen=True)
class Watched:
    """A window held against the reference.

    Parameters
    ----------
    window : Window
    start, end : str or None
        Times of its first and last row.
    columns, answers, label : list of ColumnDrift
        Of the rows, of what was answered, and of the labels that have come.
    performance : Performance or None
        None where too few labels have come.
    labelled : int
        Labels that have come.
    p : mapping of str to float
        Of each way in which answers may have become worse.
    adjusted : mapping of str to float
        All p-values of the window, adjusted for all tests of all windows: ``column:<name>``,
        ``answer:<name>``, ``label:label`` and ``score:<name>``.
    alarms : tuple of str
        Which of these are an alarm.
    """

    window: Window
    start: str | None
    end: str | None
    columns: list[ColumnDrift]
    answers: list[ColumnDrift]
    label: list[ColumnDrift]
    performance: Performance | None
    labelled: int
    p: Mapping[str, float]
    adjusted: Mapping[str, float] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()

    @property
    def moved(self) -> Iterator[tuple[str, ColumnDrift]]:
        """Every column whose drift was tested, with the key of its p-value."""
        for kind, columns in (
            ("column", self.columns), ("answer", self.answers), ("label", self.label)
        ):  # fmt: skip
            yield from ((f"{kind}:{column.column}", column) for column in columns)

    @property
    def tested(self) -> dict[str, float]:
        """The p-value of each test."""
        own = {key: column.p for key, column in self.moved}
        return own | {f"score:{name}": p for name, p in self.p.items()}

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""

        def listed(kind: str, columns: Sequence[ColumnDrift]) -> list[dict[str, Any]]:
            return [column.plain() | self._judged(f"{kind}:{column.column}") for column in columns]

        own = self.performance
        tests = {name: {"p": p} | self._judged(f"score:{name}") for name, p in self.p.items()}
        return {
            "first": self.window.first,
            "last": self.window.last,
            "start": self.start,
            "end": self.end,
            "columns": listed("column", self.columns),
            "answers": listed("answer", self.answers),
            "label": listed("label", self.label),
            "labelled": self.labelled,
            "performance": None if own is None else own.plain() | {"tests": tests},
            "alarms": list(self.alarms),
        }

    def _judged(self, key: str) -> dict[str, Any]:
        return {"adjusted": self.adjusted[key], "alarm": key in self.alarms}


@dataclass(frozen=True)
class Watch:
    """What a watch saw.

    Parameters
    ----------
    windows : list of Watched
        In the order of time.
    remarks : tuple of str
        What was odd about the rows as a whole.
    """

    windows: list[Watched]
    remarks: tuple[str, ...] = ()

    @property
    def alarm(self) -> bool:
        """Whether any window is one."""
        return any(window.alarms for window in self.windows)

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "alarm": self.alarm,
            "remarks": list(self.remarks),
            "windows": [window.plain() for window in self.windows],
        }


def watch(
    reference: Reference,
    rows: Sequenced,
    rule: Rule,
    *,
    last: int | None = None,
    remarks: Sequence[str] = (),
) -> Watch:
    """Hold rows against a reference, window by window.

    A column is an alarm where its p-value, adjusted by Holm for all tests of all windows, is below
    the level, and its PSI beyond that of chance is at least the shift that matters. Worse answers
    are one by their p-value alone. Holm's method keeps the chance of any false alarm in a watch at
    the level, however the tests depend on each other, as those of one reference do; a share of
    false ones among many alarms, which the method of Benjamini and Hochberg would allow, is what
    nobody wants to be woken for.

    Parameters
    ----------
    reference : Reference
    rows : Sequenced
    rule : Rule
    last : int, optional
        Only so many windows, the last: what was an alarm before is none again.
    remarks : sequence of str
    """
    cut = list(windows(len(rows.X), rule.rows, rule.least))
    own = [_held(reference, rows, window, rule) for window in cut[-last if last else 0 :]]
    adjusted = _adjusted([window.tested for window in own])
    ignored = {f"column:{name}" for name in rule.ignore.get(reference.data, ())}
    judged = [_judged(window, p, ignored, rule) for window, p in zip(own, adjusted, strict=True)]
    return Watch(judged, tuple(remarks))


def _held(reference: Reference, rows: Sequenced, window: Window, rule: Rule) -> Watched:
    part, classes = window.rows, reference.classes
    moved = drift(reference.columns, rows.X.iloc[part])
    given, label, performance, p, labelled = [], [], None, {}, 0
    if rows.table is not None:
        table = rows.table.iloc[part]
        answered = table["predicted"].notna().to_numpy()
        if answered.sum() >= rule.least:
            whole = table[answered].reset_index(drop=True)
            if classes:
                whole = whole.astype({"predicted": np.int64})
            given = drift(reference.answers, answers(whole, classes))
        if rows.y is not None:
            y = rows.y[part]
            scored = answered & ~np.isnan(y)
            labelled = int(scored.sum())
            if labelled >= rule.least and reference.performance is not None:
                table, y = table[scored].reset_index(drop=True), y[scored]
                if classes:
                    table, y = table.astype({"predicted": np.int64}), y.astype(np.int64)
                performance = measure(reference.task, table, y, len(classes), len(moved))
                p = compare(reference.performance, performance)
    if rows.y is not None and reference.label is not None:
        came = rows.y[part][~np.isnan(rows.y[part])]
        if len(came) >= rule.least:
            came = came.astype(np.int64) if classes else came
            label = drift([reference.label], labels(came, classes))
    times = None if rows.times is None else rows.times.iloc[part]
    start, end = (None, None) if times is None else (str(times.iloc[0]), str(times.iloc[-1]))
    return Watched(window, start, end, moved, given, label, performance, labelled, p)


def _adjusted(tested: Sequence[Mapping[str, float]]) -> Iterator[dict[str, float]]:
    """Yield the adjusted p-values of each window."""
    values = iter(holm([p for of_window in tested for p in of_window.values()]))
    for of_window in tested:
        yield dict(zip(of_window, values, strict=False))


def _judged(
    window: Watched, adjusted: Mapping[str, float], ignored: set[str], rule: Rule
) -> Watched:
    far = {key for key, column in window.moved if column.shift >= rule.shift}
    far |= {f"score:{name}" for name in window.p}
    alarms = tuple(key for key, p in adjusted.items() if p < rule.level and key in far - ignored)
    return Watched(**{**vars(window), "adjusted": dict(adjusted), "alarms": alarms})
