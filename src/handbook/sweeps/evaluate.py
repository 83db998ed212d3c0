"""Fit and score one setting on one fold of the training rows, as a run of it would be."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import train_test_split

from handbook import tasks
from handbook.data import dataset
from handbook.training.build import build
from handbook.training.folds import Folds

if TYPE_CHECKING:
    from handbook.catalogue.sweep_spec import SweepSpec
    from handbook.sweeps.trials import Row

__all__ = ["Cut", "Evaluator", "sample"]


class Cut(Exception):
    """Raised by a progress callback to give up a training that will not be among the best."""


class Evaluator:
    """The folds of one data set, on which the settings of a sweep are scored.

    Parameters
    ----------
    spec : SweepSpec
    rows : Dataset
        Training rows.
    """

    def __init__(self, spec: SweepSpec, rows: dataset.Dataset) -> None:
        rows = sample(rows, spec.rows, spec.seed)
        self._rows, self._task = rows, tasks.module(spec.task)
        self.classes = len(rows.classes)
        y = tasks.targets(rows, spec.task)
        self._folds = Folds(rows.X, rows.y, self._task.folds(y, spec.folds, spec.seed, rows.groups))

    def score(
        self,
        spec: SweepSpec,
        fold: int,
        progress: Callable[[Row], None] | None = None,
    ) -> dict[str, float | None]:
        """Fit on a fold's training rows and return every metric on its validation rows.

        Parameters
        ----------
        spec : SweepSpec
            With the setting to score.
        fold : int
        progress : callable or None
            Takes each step's figures from estimators that have them; may raise :class:`Cut`.
        """
        estimator = build(spec, self._rows.X)
        recipe = spec.preprocess.model_dump_json() if spec.preprocess else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of one setting among many, on purpose far out
            model, rows = self._folds.fit(fold, estimator, recipe=recipe, progress=progress)
            predictions = self._task.predict(model, rows.X_check, self.classes)
            scores: dict[str, float | None] = self._task.score(rows.y_check, predictions)[0]
        return {name: None if value is None else float(value) for name, value in scores.items()}


def sample(rows: dataset.Dataset, most: int | None, seed: int) -> dataset.Dataset:
    """Draw at most so many rows, classes in their shares; of a text, take its beginning."""
    if most is None or len(rows) <= most:
        return rows
    if rows.kind == "text":
        return rows.rows(np.arange(most))
    kept, _ = train_test_split(
        np.arange(len(rows)),
        train_size=most,
        stratify=rows.y if rows.classes else None,
        random_state=seed,
    )
    return rows.rows(np.sort(kept))
