"""Fit and score one setting on one fold of the training rows, as a run of it would be."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.model_selection import train_test_split

from handbook import tasks
from handbook.core.files import digest
from handbook.data import dataset
from handbook.training.build import build, last_step

if TYPE_CHECKING:
    from handbook.catalogue.sweep_spec import SweepSpec
    from handbook.sweeps.trials import Row

__all__ = ["Cut", "Evaluator", "sample"]


class Cut(Exception):
    """Raised by a progress callback to give up a training that will not be among the best."""


class _Fold(NamedTuple):
    """A fold's rows, to fit on and to score on."""

    here: dataset.Dataset
    there: dataset.Dataset


class Evaluator:
    """The folds of one data set, with what several settings share kept between them.

    Columns are encoded once for each fold and recipe, not again for each setting, where encoding
    takes longer than most fits.

    Parameters
    ----------
    spec : SweepSpec
    rows : Dataset
        Training rows.
    """

    def __init__(self, spec: SweepSpec, rows: dataset.Dataset) -> None:
        self._rows = sample(rows, spec.rows, spec.seed)
        self._task = tasks.module(spec.task)
        self.classes = len(rows.classes)
        y = tasks.targets(self._rows, spec.task)
        self._splits = list(self._task.folds(y, spec.folds, spec.seed, self._rows.groups))
        self._folds: dict[int, _Fold] = {}
        self._recipe = ""
        self._encoded: dict[int, tuple[Any, Any]] = {}

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
        rows = self._fold(fold)
        preprocess = None if spec.preprocess is None else dict(spec.preprocess)
        settings = {"estimator": spec.estimator, "params": spec.params, "seed": spec.seed}
        estimator = build(settings | {"preprocess": preprocess}, rows.here.X)
        here, there = rows.here.X, rows.there.X
        model = last_step(estimator)
        if preprocess is not None:
            here, there = self._encode(estimator, preprocess, fold)
        if hasattr(model, "set_progress"):
            model.set_progress(progress)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of one setting among many, on purpose far out
            model.fit(here, rows.here.y)
            said = self._task.predict(model, there, self.classes)
            scores: dict[str, float | None] = self._task.score(rows.there.y, said)[0]
        return {name: None if value is None else float(value) for name, value in scores.items()}

    def _fold(self, number: int) -> _Fold:
        if number not in self._folds:
            fit_on, check_on = self._splits[number]
            self._folds[number] = _Fold(self._rows.rows(fit_on), self._rows.rows(check_on))
        return self._folds[number]

    def _encode(
        self, estimator: Any, preprocess: Mapping[str, Any], fold: int
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Fit the steps before the model on the fold, and return its rows as the model sees them.

        Those of one recipe are kept at a time: all folds of several would fill the memory.
        """
        if (recipe := digest(preprocess)) != self._recipe:
            self._recipe, self._encoded = recipe, {}
        if fold not in self._encoded:
            rows, columns = self._fold(fold), clone(estimator[:-1])
            here = columns.fit_transform(rows.here.X)
            self._encoded[fold] = here, columns.transform(rows.there.X)
        return self._encoded[fold]


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
