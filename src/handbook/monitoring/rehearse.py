"""A watch rehearsed on held-out rows: what is usual without drift, and what drift is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.core.plain import rounded
from handbook.data.dataset import Dataset
from handbook.monitoring.drift import column_drift
from handbook.monitoring.performance import measure
from handbook.monitoring.profile import ColumnProfile, profile
from handbook.monitoring.reference import Reference, answers, of_model
from handbook.monitoring.rule import LEAST, Rule
from handbook.monitoring.spec import RehearsalSpec
from handbook.monitoring.watch import Sequenced, Watched, watch
from handbook.tasks.shares import wilson

__all__ = ["FOUND", "SIZES", "moved", "rehearse"]

#: Sizes of the drifts that are made: of numbers in standard deviations by which all rows move, of
#: categories in shares of the rows that take the rarest one.
SIZES = {"number": (0.1, 0.25, 0.5, 1.0), "category": (0.05, 0.1, 0.2, 0.4)}

#: Share of windows in which a drift is found that counts as found.
FOUND = 0.8

_FEWEST = 4  # windows that the held-out rows make, where they are enough
_LEVEL = 0.95

Array = npt.NDArray[Any]


def rehearse(
    spec: RehearsalSpec,
    train: Dataset,
    test: Dataset,
    table: pd.DataFrame,
    *,
    run: str,
    job_key: str,
    task: str,
) -> dict[str, Any]:
    """Watch held-out rows in orders drawn at random, and with drifts of known size.

    Half of the rows, others in each order, are what the answers of the other half are held
    against: no row is held against itself.

    Parameters
    ----------
    spec : RehearsalSpec
    train, test : Dataset
        Tables.
    table : DataFrame
        What a model predicts of the test rows, as `predict` of its task gives it.
    run, job_key, task : str
        Of that model.

    Returns
    -------
    dict
        ``alarms`` and ``windows`` of rows without drift with the interval of their share;
        ``columns``, ``answers``, ``label`` with the usual PSI of each and, of columns, the share
        of windows in which each made drift is found; ``scores`` over windows.
    """
    rng = np.random.default_rng(spec.seed)
    half = len(test) // 2
    least = min(spec.rule.least, max(half, LEAST))
    rows = max(least, min(spec.rule.rows, half // _FEWEST))
    rule = spec.rule.model_copy(update={"rows": rows, "least": least})
    names = {"run": run, "job_key": job_key, "task": task}
    reference = of_model(train, test, table, **names)
    own: list[Watched] = []
    for _ in range(spec.repeats):
        order = rng.permutation(len(test))
        held_out = _answered(reference, test, table, order[:half])
        own += watch(held_out, _sequenced(test, table, order[half:]), rule).windows
    alarms = sum(bool(window.alarms) for window in own)
    content = {
        "data": spec.data,
        **names,
        "rule": rule.model_dump(),
        "reference_rows": len(train),
        "test_rows": len(test),
        "repeats": spec.repeats,
        "windows": len(own),
        "alarms": alarms,
        "interval": [*wilson(alarms, len(own), _LEVEL)] if own else None,
        "columns": [
            {"column": column.name, "kind": column.kind}
            | _usual([window.columns[number] for window in own])
            | {"found": _found(column, test.X, rule, spec, len(reference.columns))}
            for number, column in enumerate(reference.columns)
        ],
        **{
            kind: [
                _usual(list(columns))
                for columns in zip(
                    *(getattr(window, kind) for window in own if getattr(window, kind)),
                    strict=True,
                )
            ]
            for kind in ("answers", "label")
        },
        "scores": _scores(reference, own),
    }
    return dict(rounded(content))


def _answered(reference: Reference, test: Dataset, table: pd.DataFrame, rows: Array) -> Reference:
    """Return a reference whose answers are those of some held-out rows."""
    own = table.iloc[rows].reset_index(drop=True)
    profiles = profile(answers(own, reference.classes))
    if test.y is None:
        return replace(reference, answers=profiles)
    scores = measure(reference.task, own, test.y[rows], len(reference.classes), test.X.shape[1])
    return replace(reference, answers=profiles, performance=scores)


def _sequenced(test: Dataset, table: pd.DataFrame, order: Array) -> Sequenced:
    y = None if test.y is None else test.y[order].astype(float)
    return Sequenced(test.X.iloc[order], table.iloc[order], y)


def _usual(columns: Sequence[Any]) -> dict[str, Any]:
    """Describe the drift that a column shows without any."""
    if not columns:
        return {}
    psi = [column.psi for column in columns]
    first = columns[0]
    return {
        "column": first.column,
        "psi": float(np.mean(psi)),
        "high": float(np.quantile(psi, _LEVEL)),
        "most": max(psi),
        "noise": first.noise,
        "limit": first.limit,
        "statistic": float(np.quantile([column.statistic for column in columns], _LEVEL)),
        "test": next((column.test for column in columns if column.test != "unfamiliar"), ""),
    }


def _found(
    column: ColumnProfile, X: pd.DataFrame, rule: Rule, spec: RehearsalSpec, tests: int
) -> dict[str, float]:
    """Return the share of windows in which each made drift of a column is found.

    As an alarm of a watch of one window, among the tests of all columns.
    """
    rng = np.random.default_rng([spec.seed, len(column.name)])
    shares = {}
    for size in SIZES[column.kind]:
        detected = 0
        for _ in range(spec.windows):
            drawn = X[column.name].iloc[rng.integers(0, len(X), rule.rows)]
            drift = column_drift(column, moved(column, drawn, size, rng))
            detected += drift.p * tests < rule.level and drift.shift >= rule.shift
        shares[f"{size:g}"] = detected / spec.windows
    return shares


def moved(
    column: ColumnProfile, values: pd.Series, size: float, rng: np.random.Generator
) -> pd.Series:
    """Return the values of a column after a drift of known size, see :data:`SIZES`.

    Examples
    --------
    >>> flag = ColumnProfile("flag", "category", 0, ("no", "yes"), (3, 1))
    >>> moved(flag, pd.Series(["no", "yes"]), 1.0, np.random.default_rng(0)).tolist()
    ['yes', 'yes']
    """
    if not column.values:
        return values
    if column.kind == "number":
        knots, counts = np.asarray(column.values), np.asarray(column.counts)
        mean = np.average(knots, weights=counts)
        deviation = float(np.sqrt(np.average((knots - mean) ** 2, weights=counts)))
        made = values.to_numpy(dtype=float) + size * deviation
        if (knots == np.floor(knots)).all():
            # Whole numbers stay whole: else the smallest of drifts would make each of them new.
            made = np.floor(made + rng.random(len(values)))
        return pd.Series(made, index=values.index)
    rarest: pd.Series = values.astype(object).mask(
        rng.random(len(values)) < size, column.values[-1]
    )
    return rarest


def _scores(reference: Reference, windows: Sequence[Watched]) -> dict[str, Any] | None:
    """Return the score of all held-out rows, and between which it lies in most windows."""
    usual = reference.performance
    if usual is None:
        return None
    measured = [window.performance for window in windows if window.performance is not None]
    gaps = [own.calibration.gap for own in measured if own.calibration is not None]
    return {
        "primary": usual.primary,
        "windows": len(measured),
        **{
            name: {
                "value": usual.scores[name],
                "interval": usual.intervals.get(name),
                **_between([own.scores[name] for own in measured if name in own.scores]),
            }
            for name in (usual.primary, "precision")
            if name in usual.scores
        },
        "gap": None if usual.calibration is None else {
            "value": usual.calibration.gap, **_between(gaps)
        },
    }  # fmt: skip


def _between(values: Sequence[float]) -> Mapping[str, float]:
    if not values:
        return {}
    low, high = np.quantile(values, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return {"low": float(low), "high": float(high), "windows": len(values)}
