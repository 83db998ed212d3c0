"""How soon a watch tells that rows, answers or scores are no longer what they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.data.dataset import Dataset
from handbook.monitoring.backtest_models import Learner, decided, halves, ranking_of
from handbook.monitoring.backtest_periods import Periods
from handbook.monitoring.backtest_spec import Order
from handbook.monitoring.reference import Reference, of_model
from handbook.monitoring.rule import Rule
from handbook.monitoring.watch import Sequenced, Watched, watch
from handbook.training.spec import RunSpec

__all__ = ["KINDS", "SIZES", "watched"]

#: What a watch holds against the reference: the first two need no labels.
KINDS = ("column", "answer", "label", "score")
#: Rows of the first window after the change, one watch each.
SIZES = (25, 50, 100, 200, 500)

# Shares of the first rows: those that the watched model learns from, and, of the others, those
# that its answers are described by. The rest is rows without a change.
_LEARNT, _DESCRIBED = 0.6, 0.5

Array = npt.NDArray[Any]


def watched(
    model: RunSpec, data: Dataset, own: Periods, first: int, order: Order, rule: Rule
) -> dict[str, Any]:
    """Watch a model of the first periods through all later rows, and through rows without change.

    Parameters
    ----------
    model : RunSpec
    data : Dataset
        Its rows in order of time.
    own : Periods
    first : int
    order : Order
        Its columns move with time by themselves: they are no alarm.
    rule : Rule

    Returns
    -------
    dict
        ``rule``; ``windows``, the alarms of each window of later rows; ``unchanged``, those of
        rows of the first periods in random order; ``sizes``, by number of rows, the alarms of the
        first window after the change and the share of windows without change that are one.
    """
    learner = Learner(model, data)
    rows = own.rows(0, first)
    learnt, others = halves(rows, data.labels[rows], int(_LEARNT * len(rows)), model.seed)
    described, same = halves(others, data.labels[others], int(_DESCRIBED * len(others)), model.seed)
    estimator = learner.fit(learnt)
    threshold = None
    if model.task == "classification":
        threshold = learner.threshold(described, ranking_of(learner.answer(estimator, described)))

    def sequenced(part: Array) -> Sequenced:
        table = learner.answer(estimator, part)
        table = table if threshold is None else decided(table, threshold)
        return Sequenced(
            data.rows(part).X, table.reset_index(drop=True), data.labels[part].astype(float)
        )

    described_rows = sequenced(described)
    assert described_rows.table is not None
    reference = of_model(
        data.rows(learnt), data.rows(described), described_rows.table,
        run=model.name, job_key="", task=model.task,
    )  # fmt: skip
    ignored = [*rule.ignore.get(data.name, ()), *filter(None, (order.column, order.day))]
    rule = rule.model_copy(update={"ignore": {data.name: list(dict.fromkeys(ignored))}})
    later = sequenced(own.rows(first, len(own.names)))
    shuffled = np.random.default_rng(model.seed).permutation(same)
    unchanged = sequenced(shuffled)
    names = np.array(own.names, dtype=object)[own.numbers[own.rows(first, len(own.names))]]
    return {
        "run": model.name,
        "rule": rule.model_dump(exclude={"ignore"}) | {"ignore": rule.ignore[data.name]},
        "columns": len(data.X.columns) - len(rule.ignore[data.name]),
        "windows": [
            {"period": str(names[window.window.last - 1])} | _alarms(window)
            for window in watch(reference, later, rule).windows
        ],
        "unchanged": [_alarms(window) for window in watch(reference, unchanged, rule).windows],
        "sizes": [
            _of_size(reference, later, unchanged, size, rule)
            for size in SIZES
            if size <= min(len(later.X), len(unchanged.X))
        ],
    }


def _alarms(window: Watched) -> dict[str, Any]:
    """Return which columns, answers, labels and scores of a window are an alarm."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for key in window.alarms:
        kind, _, name = key.partition(":")
        by_kind[kind].append(name)
    return {"first": window.window.first, "last": window.window.last, "alarms": by_kind}


def _of_size(
    reference: Reference, later: Sequenced, unchanged: Sequenced, size: int, rule: Rule
) -> dict[str, Any]:
    """Watch the first rows after the change alone, and as many at a time of those without one.

    Each window is a watch of its own, as whoever looks only once would see it.
    """
    small = rule.model_copy(update={"rows": size, "least": min(rule.least, size)})
    (after,) = watch(reference, _cut(later, 0, size), small).windows
    starts = range(0, len(unchanged.X) - size + 1, size)
    false = [
        _alarms(watch(reference, _cut(unchanged, start, size), small).windows[0])["alarms"]
        for start in starts
    ]
    return {
        "rows": size,
        "alarms": _alarms(after)["alarms"],
        "unchanged": len(starts),
        "false": {kind: sum(1 for alarms in false if alarms[kind]) for kind in KINDS},
    }


def _cut(rows: Sequenced, start: int, size: int) -> Sequenced:
    part = slice(start, start + size)
    assert rows.table is not None
    assert rows.y is not None
    table: pd.DataFrame = rows.table.iloc[part].reset_index(drop=True)
    return Sequenced(rows.X.iloc[part].reset_index(drop=True), table, rows.y[part])
