"""Confidence intervals of the scores on test rows, from what was predicted of each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.tasks.delong import delong
from handbook.tasks.resampling import Resampling, average_precision, ranked, roc_auc
from handbook.tasks.shares import wilson

__all__ = ["BLOCK", "Intervals", "ScoreInterval", "score_intervals"]

#: Characters in a row that stay together when a text is drawn again: some two lines.
BLOCK = 100

Array = npt.NDArray[Any]


class ScoreInterval(TypedDict, total=False):
    """The interval of one metric, and how it was found; without an interval, why there is none."""

    interval: list[float] | None
    method: str
    rows: int  # that the metric is of
    why: str


#: By metric.
Intervals = dict[str, ScoreInterval]


class _Scored(NamedTuple):
    """What :func:`score_intervals` is given for one task."""

    table: pd.DataFrame
    truth: Array | None
    classes: int
    metrics: Mapping[str, float | None]
    how: Resampling


def score_intervals(
    task: str,
    table: pd.DataFrame,
    truth: Array | None,
    classes: int,
    metrics: Mapping[str, float | None],
    how: Resampling,
) -> Intervals:
    """Return an interval of each defined metric.

    Shares of independent rows have Wilson's interval; the ROC AUC of two classes has DeLong's;
    the rest is found by drawing rows again: within each class where there are classes, since the
    test rows were drawn so, and blocks of :data:`BLOCK` characters of a text, since neighbours
    are not independent.

    Parameters
    ----------
    task : str
    table : DataFrame
        As `predict` of the task gives it.
    truth : ndarray of shape (n,) or None
        None for the tasks without labels.
    classes : int
    metrics : mapping
        As `score` of the task gives them.
    how : Resampling
    """
    of_task = _TASKS.get(task)
    if of_task is None:
        why = "it is a property of one set of images made, not a mean over rows"
        return {name: {"interval": None, "why": why} for name in _defined(metrics)}
    intervals = of_task(_Scored(table, truth, classes, metrics, how))
    return {name: intervals[name] for name in _defined(metrics) if name in intervals}


def _defined(metrics: Mapping[str, float | None]) -> list[str]:
    return [name for name, value in metrics.items() if value is not None]


def _classes(scored: _Scored) -> Intervals:
    table, truth, classes, _, how = scored
    assert truth is not None
    predicted = table["predicted"].to_numpy()
    right = predicted == truth
    intervals: Intervals = {"accuracy": _share(right, how)}
    within = [np.flatnonzero(truth == code) for code in range(classes)]
    if any(len(rows) < 2 for rows in within):
        return intervals  # what is not a share of all rows needs rows of each class

    def drawn(statistic: Callable[..., Array], of: Array) -> ScoreInterval:
        """Draw values of rows again, within each class."""
        return _bootstrapped([of[rows] for rows in within], statistic, len(truth), how)

    def mean(*parts: Array, axis: int) -> Array:
        return sum((part.sum(axis=axis) for part in parts), np.zeros(())) / len(truth)

    def rates(*parts: Array, axis: int) -> Array:
        """Return the mean share of each class's rows that are so."""
        return np.asarray(sum(part.mean(axis=axis) for part in parts) / classes)

    intervals["balanced_accuracy"] = drawn(rates, right)
    if classes == 2:
        intervals |= {
            "precision": _share(truth[predicted == 1] == 1, how),
            "recall": _share(right[truth == 1], how),
            "specificity": _share(right[truth == 0], how),
        }
    else:
        intervals["recall"] = intervals["balanced_accuracy"]
        for name in ("precision", "specificity"):
            intervals[name] = drawn(_over_classes(name), predicted)
    intervals["f1"] = drawn(_over_classes("f1"), predicted)

    p = table.filter(like="p:").to_numpy()
    if p.size:
        own = np.clip(p[np.arange(len(truth)), truth], np.finfo(p.dtype).eps, 1.0)
        intervals["log_loss"] = drawn(mean, -np.log(own))
        wrong = ((p - np.eye(classes)[truth]) ** 2).sum(axis=1)
        intervals["brier"] = drawn(mean, wrong / 2 if classes == 2 else wrong)
    scores = p if p.size else table.filter(items=["score"]).to_numpy()
    if scores.size:
        intervals |= _ranking(scores, truth, within, how)
    return intervals


def _share(hits: Array, how: Resampling) -> ScoreInterval:
    if not len(hits):
        return {"interval": None, "why": "there are no such rows"}
    ends = wilson(int(hits.sum()), len(hits), how.level)
    return {"interval": [*ends], "method": "wilson", "rows": len(hits)}


def _bootstrapped(
    parts: list[Array],
    statistic: Callable[..., Array],
    rows: int,
    how: Resampling,
    *,
    paired: bool = False,
    method: str = "",
) -> ScoreInterval:
    ends = how.interval(parts, statistic, paired=paired)
    if ends is None:
        return {"interval": None, "why": "drawing the rows again does not change it"}
    method = method or how.method(len(parts[0]) if paired else rows).lower()
    return {"interval": [*ends], "method": method, "rows": rows}


def _over_classes(name: str) -> Callable[..., Array]:
    """Return a metric of predicted codes: of the second class of two, or the mean over classes."""

    def statistic(*parts: Array, axis: int) -> Array:
        n = sum(part.shape[axis] for part in parts)
        values = []
        for code in [1] if len(parts) == 2 else range(len(parts)):
            answered = [(part == code).sum(axis=axis) for part in parts]
            tp, every, own = answered[code], sum(answered), parts[code].shape[axis]
            if name == "precision":
                values.append(tp / every)
            elif name == "specificity":
                values.append((n - own - every + tp) / (n - own))
            else:
                values.append(2 * tp / (own + every))
        return np.asarray(sum(values) / len(values))

    return statistic


def _ranking(scores: Array, truth: Array, within: list[Array], how: Resampling) -> Intervals:
    """Return the intervals of what depends on the order of rows."""
    two = len(within) == 2
    codes = [1] if two else list(range(len(within)))
    columns = scores.T[-1:] if two else scores.T
    places = [ranked(column, truth == code) for code, column in zip(codes, columns, strict=True)]

    def over_classes(measure: Callable[[Array, Array], Array]) -> Callable[..., Array]:
        def statistic(*parts: Array, axis: int) -> Array:
            values = []
            for code, place in zip(codes, places, strict=True):
                rest = [part for other, part in enumerate(parts) if other != code]
                values.append(measure(place[parts[code]], place[np.concatenate(rest, axis=-1)]))
            return np.asarray(sum(values) / len(values))

        return statistic

    intervals = {
        "average_precision": _bootstrapped(within, over_classes(average_precision), len(truth), how)
    }
    if not two:
        intervals["roc_auc"] = _bootstrapped(within, over_classes(roc_auc), len(truth), how)
        return intervals
    _, error, ends = delong(truth == 1, scores[:, -1], how.level)
    intervals["roc_auc"] = (
        {"interval": [*ends], "method": "delong", "rows": len(truth)}
        if error > 0
        else {"interval": None, "why": "no row changes the share of pairs in order"}
    )
    return intervals


def _values(scored: _Scored) -> Intervals:
    table, truth, _, metrics, how = scored
    assert truth is not None
    error, rows = table["predicted"].to_numpy() - truth, len(truth)

    def mean(part: Array, axis: int) -> Array:
        return np.asarray(part.mean(axis=axis))

    def explained(wrong: Array, true: Array, axis: int) -> Array:
        spread = ((true - true.mean(axis=axis, keepdims=True)) ** 2).sum(axis=axis)
        return np.asarray(1 - wrong.sum(axis=axis) / spread)

    mse = _bootstrapped([error**2], mean, rows, how)
    r2 = _bootstrapped([error**2, truth.astype(float)], explained, rows, how, paired=True)
    intervals = {
        "mse": mse,
        "rmse": _through(mse, np.sqrt),
        "mae": _bootstrapped([np.abs(error)], mean, rows, how),
        "r2": r2,
    }
    plain, adjusted = metrics.get("r2"), metrics.get("adjusted_r2")
    if plain is not None and adjusted is not None and plain != 1:
        factor = (1 - adjusted) / (1 - plain)
        intervals["adjusted_r2"] = _through(r2, lambda end: 1 - factor * (1 - end))
    return intervals


def _through(of: ScoreInterval, rising: Callable[[float], float]) -> ScoreInterval:
    """Return the interval of a rising function of a metric: the function of its ends."""
    ends = of["interval"]
    return of if ends is None else {**of, "interval": [float(rising(end)) for end in ends]}


def _text(scored: _Scored) -> Intervals:
    def drawn(name: str) -> ScoreInterval:
        values = scored.table[name].to_numpy().astype(float)
        starts = np.arange(0, len(values), BLOCK)
        sums, sizes = (np.add.reduceat(part, starts) for part in (values, np.ones(len(values))))

        def mean(sums: Array, sizes: Array, axis: int) -> Array:
            return np.asarray(sums.sum(axis=axis) / sizes.sum(axis=axis))

        return _bootstrapped(
            [sums, sizes], mean, len(values), scored.how, paired=True, method="blocks"
        )

    bits = drawn("bits")
    return {
        "bits_per_character": bits,
        "perplexity": _through(bits, lambda end: 2.0**end),
        "next_character_accuracy": drawn("right"),
    }


_TASKS = {
    "classification": _classes,
    "outliers": _classes,
    "regression": _values,
    "language": _text,
}
