"""Scores by period with their intervals, and differences of two answers about the same rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from handbook import tasks
from handbook.monitoring.backtest_models import Answers
from handbook.tasks.interval import mean_interval
from handbook.tasks.metric import METRICS
from handbook.tasks.resampling import Resampling
from handbook.tasks.score_intervals import score_intervals
from handbook.tasks.shares import wilson
from handbook.tasks.task import Predictions

__all__ = ["KEPT", "LEAST", "Truth", "compared", "difference", "prevalence", "scores", "together"]

#: Metrics of each task, the one that ranks first.
KEPT = {
    "classification": ("roc_auc", "log_loss", "precision", "recall"),
    "outliers": ("average_precision", "precision", "recall", "roc_auc"),
}
#: Rows of either class that a period has at least, to be scored.
LEAST = 10

Array = npt.NDArray[Any]


class Truth(NamedTuple):
    """What really was, in order of time.

    Parameters
    ----------
    task : str
    y : int ndarray of shape (n,)
    numbers : int ndarray of shape (n,)
        The period of each row.
    scored : sequence of int
        The periods to be scored.
    how : Resampling
    """

    task: str
    y: Array
    numbers: Array
    scored: Sequence[int]
    how: Resampling


def prevalence(truth: Truth, count: int) -> list[dict[str, Any]]:
    """Return rows and share of the second class of each period, with Wilson's interval."""
    rows = np.bincount(truth.numbers, minlength=count)
    positive = np.bincount(truth.numbers, truth.y, minlength=count).astype(int)
    return [
        {
            "rows": int(n),
            "positive": int(k),
            "share": int(k) / int(n),
            "interval": list(wilson(int(k), int(n), truth.how.level)),
        }
        for n, k in zip(rows, positive, strict=True)
    ]


def scores(answers: Answers, truth: Truth) -> dict[str, Any]:
    """Score answers: by period, over periods that count alike, and over all rows at once.

    A period with fewer than :data:`LEAST` rows of either class has no scores.

    Returns
    -------
    dict
        Of each metric ``values`` and ``intervals`` by period, ``mean`` over periods with its
        ``interval``, and ``together``; ``promised``, the mean probability of each period, where
        the model gives probabilities; ``flagged``, the rows answered with the second class.
    """
    numbers, y = truth.numbers[answers.rows], truth.y[answers.rows]
    parts = [np.flatnonzero(numbers == number) for number in truth.scored]
    by_period = [_scored(answers, y, part, truth) for part in parts]
    pooled, of_all = _scored(answers, y, np.arange(len(y)), truth)
    metrics = {}
    for name in KEPT[truth.task]:
        values = [period[0].get(name) for period in by_period]
        mean, interval, _ = _mean(values, truth.how.level, METRICS[name].bounds)
        metrics[name] = {
            "values": values,
            "intervals": [period[1].get(name) for period in by_period],
            "mean": mean,
            "interval": interval,
            "together": pooled.get(name),
            "together_interval": of_all.get(name),
        }
    record: dict[str, Any] = {"metrics": metrics}
    predicted = answers.table["predicted"].to_numpy()
    record["flagged"] = [int((predicted[part] == 1).sum()) for part in parts]
    if "p:1" in answers.table:
        p = answers.table["p:1"].to_numpy()
        record["promised"] = [float(p[part].mean()) if len(part) else None for part in parts]
    return record | {"fits": answers.fits, "learnt": answers.learnt}


def together(answers: Answers, truth: Truth) -> dict[str, float | None]:
    """Return the scores over all rows at once, whatever their periods."""
    return _metrics(answers, truth.y[answers.rows], np.arange(len(answers.rows)), truth.task)


def _scored(
    answers: Answers, y: Array, part: Array, truth: Truth
) -> tuple[dict[str, float | None], dict[str, list[float] | None]]:
    own = y[part]
    if min(own.sum(), len(own) - own.sum()) < LEAST:
        return {}, {}
    values = _metrics(answers, y, part, truth.task)
    table = answers.table.iloc[part].reset_index(drop=True)
    entries = score_intervals(truth.task, table, own, 2, values, truth.how)
    return values, {name: entry["interval"] for name, entry in entries.items()}


def _metrics(answers: Answers, y: Array, part: Array, task: str) -> dict[str, float | None]:
    predictions = Predictions(answers.table.iloc[part].reset_index(drop=True), classes=2)
    metrics, _ = tasks.module(task).score(y[part], predictions)
    return {name: metrics.get(name) for name in KEPT[task]}


def _mean(
    values: Sequence[float | None], level: float, bounds: tuple[float, float]
) -> tuple[float | None, list[float] | None, int]:
    """Return the mean of what is there, its t interval, and how much is there."""
    there = [value for value in values if value is not None]
    if not there:
        return None, None, 0
    if len(there) < 2:
        return there[0], None, 1
    mean, _, interval = mean_interval(there, 0.0, level, bounds)
    finite = all(map(math.isfinite, interval))
    return mean, interval if finite else None, len(there)


def difference(
    ahead: Sequence[float | None], behind: Sequence[float | None], metric: str, level: float
) -> dict[str, Any]:
    """Return the mean difference of two scores of the same periods, with its t interval.

    Periods count alike, whatever rows they have, and as if they were independent.

    Examples
    --------
    >>> difference([0.9, 0.8, None], [0.7, 0.7, 0.6], "roc_auc", 0.95)["periods"]
    2
    """
    pairs = [(a, b) for a, b in zip(ahead, behind, strict=True) if a is not None and b is not None]
    bounds = METRICS[metric].difference_bounds
    mean, interval, count = _mean([a - b for a, b in pairs], level, bounds)
    means = [float(np.mean(own)) for own in zip(*pairs, strict=True)] if pairs else None
    return {
        "metric": metric,
        "difference": mean,
        "interval": interval,
        "means": means,
        "periods": count,
    }


def compared(ahead: Answers, behind: Answers, truth: Truth) -> list[dict[str, Any]]:
    """Compare two answers by period, on the rows that both are about."""
    rows = np.intersect1d(ahead.rows, behind.rows)
    values = []
    for answers in (ahead, behind):
        where = np.searchsorted(answers.rows, rows)
        own = Answers(rows, answers.table.iloc[where].reset_index(drop=True), 0, 0)
        values.append(_values(own, truth))
    return [
        difference(values[0][name], values[1][name], name, truth.how.level)
        for name in KEPT[truth.task]
    ]


def _values(answers: Answers, truth: Truth) -> dict[str, list[float | None]]:
    numbers, y = truth.numbers[answers.rows], truth.y[answers.rows]
    by_period = []
    for number in truth.scored:
        part = np.flatnonzero(numbers == number)
        own = y[part]
        few = min(own.sum(), len(own) - own.sum()) < LEAST
        by_period.append({} if few else _metrics(answers, y, part, truth.task))
    return {name: [period.get(name) for period in by_period] for name in KEPT[truth.task]}
