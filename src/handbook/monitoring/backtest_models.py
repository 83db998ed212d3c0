"""Models as time goes by: which rows each learns from, and what it answers afterwards."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedShuffleSplit, TimeSeriesSplit

from handbook import tasks
from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.models.som import SOMOutlierDetector
from handbook.monitoring.backtest_periods import Periods
from handbook.training.build import build, last_step
from handbook.training.classes import load_class
from handbook.training.spec import RunSpec, Threshold
from handbook.training.thresholds import best_threshold

__all__ = [
    "EXPANDING",
    "GOING_ON",
    "ONCE",
    "Answers",
    "Learner",
    "at_random",
    "can_go_on",
    "decided",
    "halves",
    "in_time",
    "ranking_of",
    "sliding",
    "windows",
]

#: What a model learns from: the first periods, never again; from all periods up to each; from the
#: first periods, and on from each later one alone.
ONCE, EXPANDING, GOING_ON = "once", "expanding", "going on"

# What a threshold is chosen by where the model's variant names nothing.
_THRESHOLD: Threshold = "f1"

Array = npt.NDArray[Any]


def sliding(window: int) -> str:
    """Name the scheme by which a model learns from so many periods before each."""
    return f"sliding {window}"


@dataclass(frozen=True)
class Answers:
    """What models answered about rows that they had not learnt from.

    Parameters
    ----------
    rows : int ndarray of shape (n,)
        Where the rows lie in order of time.
    table : DataFrame of n rows
        As `predict` of the task gives it; ``predicted`` by thresholds from earlier rows.
    fits, learnt : int
        Fits, and the rows that all of them together learnt from.
    """

    rows: Array
    table: pd.DataFrame
    fits: int
    learnt: int


@contextmanager
def _columns_may_be_empty() -> Iterator[None]:
    """Let an imputer leave out a column of which early rows have no value, without a word."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipping features without any observed values")
        yield


class Learner:
    """Fits a model of a specification and counts what that takes."""

    def __init__(self, spec: RunSpec, data: Dataset) -> None:
        self.spec, self.data = spec, data
        self.task = tasks.module(spec.task)
        self.fits = self.learnt = 0

    def fit(self, rows: Array, seed: int | None = None) -> Any:
        """Return an estimator that has learnt from these rows."""
        spec = self.spec if seed is None else self.spec.model_copy(update={"seed": seed})
        part = self.data.rows(rows)
        if len(set(part.labels.tolist())) < 2 and spec.task == "classification":
            raise HandbookError(
                f"{self.data.name}: the {len(rows):,} rows that {spec.model} is to learn from have "
                f"one class alone; give backtests.{self.data.name}.first or its windows more "
                "periods"
            )
        self.fits, self.learnt = self.fits + 1, self.learnt + len(rows)
        with _columns_may_be_empty():
            return build(spec, part.X).fit(part.X, part.y)

    def answer(self, estimator: Any, rows: Array) -> pd.DataFrame:
        """Return what a model makes of rows, as `predict` of the task does."""
        with _columns_may_be_empty():
            return self.task.predict(estimator, self.data.rows(rows).X, 2).table

    def threshold(self, rows: Array, ranking: Array) -> float:
        """Return the threshold that is best on rows that were answered before."""
        metric = self.spec.threshold or _THRESHOLD
        return best_threshold(metric, [(self.data.labels[rows], ranking)])

    def answers(self, rows: Array, table: pd.DataFrame) -> Answers:
        """Put answers beside what they took."""
        return Answers(rows, table.reset_index(drop=True), self.fits, self.learnt)


def ranking_of(table: pd.DataFrame) -> Array:
    """Return what grows towards the second class."""
    return table["p:1" if "p:1" in table else "score"].to_numpy()


def decided(table: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Let rows be of the second class from a threshold on."""
    return table.assign(predicted=(ranking_of(table) >= threshold).astype(np.int64))


def at_random(spec: RunSpec, data: Dataset, rows: int, seed: int) -> Answers:
    """Learn from rows drawn at random, as many as told, and answer about all others.

    The threshold of a classifier is chosen on a quarter of them, by a model of the rest.
    """
    learner, every = Learner(spec, data), np.arange(len(data))
    train, test = halves(every, data.labels, rows, seed)
    estimator = learner.fit(train, seed)
    table = learner.answer(estimator, test)
    if spec.task == "classification":
        inner, held = halves(train, data.labels[train], len(train) * 3 // 4, seed)
        ranking = ranking_of(learner.answer(learner.fit(inner, seed), held))
        table = decided(table, learner.threshold(held, ranking))
    return learner.answers(test, table)


def halves(rows: Array, y: Array, size: int, seed: int) -> tuple[Array, Array]:
    """Draw so many of some rows, the classes in proportion, and return these and the others."""
    splitter = StratifiedShuffleSplit(1, train_size=size, random_state=seed)
    train, test = next(splitter.split(rows, y))
    return np.sort(rows[train]), np.sort(rows[test])


def in_time(spec: RunSpec, data: Dataset, periods: Periods, first: int, scheme: str) -> Answers:
    """Learn as a scheme has it, and answer about each period after the first ones.

    A period's threshold is the best one on the answers about the periods before it, as many as
    the first ones; that of a model that never learns again stays.

    Parameters
    ----------
    spec : RunSpec
    data : Dataset
        Its rows in order of time.
    periods : Periods
    first : int
        Periods before the first one that is answered.
    scheme : str
        :data:`ONCE`, :data:`EXPANDING`, :data:`GOING_ON` or :func:`sliding`.
    """
    learner, count = Learner(spec, data), len(periods.names)
    later = periods.rows(first, count)
    if spec.task != "classification":  # a detector's threshold is of the rows that it learnt from
        tables = [table for _, table in _answered(learner, periods, first, first, scheme)]
        return learner.answers(later, pd.concat(tables))
    # The last of the first periods is answered too, for the first threshold.
    answered = [
        (periods.rows(number, number + 1), table)
        for number, table in _answered(learner, periods, first, first - 1, scheme)
    ]
    tables = []
    for step in range(1, len(answered)):
        before = answered[:1] if scheme == ONCE else answered[max(0, step - first) : step]
        ranking = np.concatenate([ranking_of(table) for _, table in before])
        threshold = learner.threshold(np.concatenate([rows for rows, _ in before]), ranking)
        tables.append(decided(answered[step][1], threshold))
    return learner.answers(later, pd.concat(tables))


def _answered(
    learner: Learner, periods: Periods, first: int, start: int, scheme: str
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield the answers about the period `start` and about each one after it."""
    fixed = scheme in (ONCE, GOING_ON)
    for number, train in windows(len(periods.names), start, scheme):
        if not fixed or number <= first:
            estimator = learner.fit(periods.rows(train[0], train[-1] + 1))
        elif scheme == GOING_ON:
            recent = periods.rows(number - first, number)
            _go_on(learner, estimator, periods.rows(number - 1, number), recent)
        yield number, learner.answer(estimator, periods.rows(number, number + 1))


def windows(count: int, start: int, scheme: str) -> Iterator[tuple[int, Array]]:
    """Yield the period `start` and each one after it, with the periods that a fit learns from.

    Examples
    --------
    >>> [(number, train.tolist()) for number, train in windows(4, 2, "sliding 2")]
    [(2, [0, 1]), (3, [1, 2])]
    """
    length = scheme.rpartition(" ")[2]
    splitter = TimeSeriesSplit(
        count - start, test_size=1, max_train_size=int(length) if length.isdecimal() else None
    )
    for train, (number,) in splitter.split(np.arange(count)):
        yield int(number), train


def can_go_on(spec: RunSpec) -> bool:
    """Whether a model can learn on from some rows alone: by itself, or as a detector by its map."""
    estimator_class = load_class(spec.estimator, spec.trusted)
    return hasattr(estimator_class, "partial_fit") or issubclass(
        estimator_class, SOMOutlierDetector
    )


def _go_on(learner: Learner, estimator: Any, rows: Array, recent: Array) -> None:
    """Let a model learn on from some rows alone, with the columns scaled as before.

    A detector's threshold is then that of the `recent` rows.
    """
    part = learner.data.rows(rows)

    def encoded(X: Any) -> Any:
        return estimator[:-1].transform(X) if hasattr(estimator, "steps") else X

    model = last_step(estimator)
    with _columns_may_be_empty():
        if hasattr(model, "partial_fit"):
            model.partial_fit(encoded(part.X), part.y)
        else:  # a detector by a map
            model.map_.partial_fit(encoded(part.X))
            scores = model.score_samples(encoded(learner.data.rows(recent).X))
            model.offset_ = float(np.percentile(scores, 100 * model.contamination))
    learner.fits, learner.learnt = learner.fits + 1, learner.learnt + len(rows)
