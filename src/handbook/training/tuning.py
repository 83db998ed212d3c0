"""Fitting of a run: the search of its settings, the choice of its threshold, the fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.model_selection import (
    KFold,
    ParameterGrid,
    ParameterSampler,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
    train_test_split,
)

from handbook import tasks
from handbook.core.errors import HandbookError
from handbook.data.dataset import take
from handbook.tasks.metric import METRICS
from handbook.training.build import build, last_step
from handbook.training.folds import Folds
from handbook.training.preprocess import DEGREE
from handbook.training.spec import RunSpec
from handbook.training.thresholds import best_threshold, ranks, with_threshold

__all__ = ["fit", "nested_name", "with_degree"]

Array = npt.NDArray[Any]

_DEGREE = "preprocess.degree"


def fit(
    spec: RunSpec,
    X: Any,
    y: Any,
    classes: int,
    progress: Callable[[Mapping[str, float]], None] | None = None,
    checkpoint: tuple[Path, str] | None = None,
) -> tuple[Any, dict[str, Any] | None]:
    """Fit a run's estimator; its search and its threshold see these rows alone.

    Called on the training rows of a fold, it makes the cross-validation a nested one: no choice
    has seen the rows that it is scored on.

    Parameters
    ----------
    spec : RunSpec
    X, y : rows of shape (n, ...), and their labels; None where the task needs none
    classes : int
        Number of classes of the data set, 0 for regression.
    progress : callable or None
        Takes each step's metrics from estimators that have `set_progress`.
    checkpoint : (Path, str) or None
        Where estimators that have `set_checkpoint` leave their state, and a digest of all that the
        fit depends on.

    Returns
    -------
    estimator : fitted
    chosen : dict or None
        ``params`` and ``score`` of the best setting, all ``trials``, and the ``threshold``; None
        where the catalogue leaves nothing to choose.
    """
    X, y = _drawn(spec, X, y, classes)
    search = spec.search
    estimator = build(with_degree(spec, search.space) if search else spec, X)
    chosen: dict[str, Any] = {}
    threshold = spec.threshold if classes == 2 else None
    if search or threshold:
        trials = _try(estimator, spec, X, y, classes)
        if search:
            chosen = _chosen(trials)
            estimator.set_params(**{nested_name(k, spec): v for k, v in chosen["params"].items()})
        if threshold:
            chosen["threshold"] = best_threshold(threshold, trials.ranked)
    model = last_step(estimator)
    if hasattr(model, "set_progress"):
        model.set_progress(progress)
    if checkpoint and hasattr(model, "set_checkpoint"):
        model.set_checkpoint(*checkpoint)
    estimator.fit(X, y)
    if checkpoint and hasattr(model, "set_checkpoint"):
        model.set_checkpoint(None)
        checkpoint[0].unlink(missing_ok=True)
    if hasattr(model, "set_progress"):
        model.set_progress(None)
    if threshold:
        estimator = with_threshold(estimator, chosen["threshold"]).fit(X, y)
    return estimator, chosen or None


def with_degree(spec: RunSpec, space: Mapping[str, Any]) -> RunSpec:
    """Return a specification whose pipeline has the step that ``preprocess.degree`` sets."""
    if _DEGREE not in space:
        return spec
    assert spec.preprocess is not None
    highest = spec.preprocess.model_copy(update={"degree": max(space[_DEGREE])})
    return spec.model_copy(update={"preprocess": highest})


def _drawn(spec: RunSpec, X: Any, y: Array, classes: int) -> tuple[Any, Array]:
    """Draw the rows to fit on, where all would take too long: the classes keep their shares."""
    if spec.fit_rows is None or len(y) <= spec.fit_rows:
        return X, y
    rows, _ = train_test_split(
        np.arange(len(y)),
        train_size=spec.fit_rows,
        stratify=y if classes else None,
        random_state=spec.seed,
    )
    rows.sort()
    return take(X, rows), y[rows]


def nested_name(name: str, spec: RunSpec) -> str:
    """Return the name by which the pipeline knows a name of a search space."""
    if name == _DEGREE:
        return DEGREE
    return f"model__{name}" if spec.preprocess is not None else name


def _splitter(spec: RunSpec, n: int, classes: int) -> Any:
    """Return what splits rows to score settings on: folds, or fewer rows where that is asked."""
    number, rows = (spec.search.splits, spec.search.rows) if spec.search else (3, None)
    if rows is not None and 2 * rows < n:
        kind: Any = StratifiedShuffleSplit if classes else ShuffleSplit
        return kind(number, train_size=rows, test_size=rows, random_state=spec.seed)
    kind = StratifiedKFold if classes else KFold
    return kind(number, shuffle=True, random_state=spec.seed)


class _Trials(NamedTuple):
    """Every setting's score on every split; higher is better."""

    settings: list[dict[str, Any]]
    scores: Array  # (settings, splits)
    sign: float
    # Of the best setting, for each split: the true classes and the scores of the rows.
    ranked: list[tuple[Array, Array]]


def _try(estimator: Any, spec: RunSpec, X: Any, y: Array, classes: int) -> _Trials:
    """Score every setting on every split of the rows.

    Scikit-learn's searches do the same, but encode columns again for each setting, which takes
    longer than most fits, and do not hand out the models that a threshold is chosen with.
    """
    splitter, settings = _splitter(spec, len(y), classes), _settings(spec)
    folds = Folds(X, y, splitter.split(X, y))
    task = tasks.module(spec.task)
    metric, score = task.primary(classes), task.scorer(classes)
    scores = np.empty((len(settings), len(folds)))
    fitted: dict[tuple[int, int], tuple[Any, Any, Array]] = {}
    for number in range(len(folds)):
        for which, setting in enumerate(settings):
            candidate = clone(estimator).set_params(
                **{nested_name(name, spec): value for name, value in setting.items()}
            )
            model, fold = folds.fit(number, candidate, recipe=setting.get(_DEGREE))
            scores[which, number] = score(model, fold.X_check, fold.y_check)
            if spec.threshold and classes == 2:
                fitted[which, number] = model, fold.X_check, fold.y_check
    finite = np.isfinite(scores).all(axis=1)
    if not finite.all():
        raise HandbookError(
            f"{spec.model}: {metric} is no finite number on a split with "
            f"{settings[int(np.argmin(finite))]}; take these values out of the space"
        )
    best = int(np.argmax(scores.mean(axis=1)))
    of_best = (split for (which, _), split in fitted.items() if which == best)
    ranked = [(truth, ranks(model, rows)) for model, rows, truth in of_best]
    return _Trials(settings, scores, METRICS[metric].sign, ranked)


def _settings(spec: RunSpec) -> list[dict[str, Any]]:
    """List the settings that a search tries; without a search, the run's own."""
    if spec.search is None:
        return [{}]
    grid, draws = ParameterGrid(spec.search.space), spec.search.draws
    if draws is None or draws >= len(grid):
        return list(grid)
    return list(ParameterSampler(spec.search.space, draws, random_state=spec.seed))


def _chosen(trials: _Trials) -> dict[str, Any]:
    """Return every setting with its score, and the best one."""
    mean, spread = trials.scores.mean(axis=1), trials.scores.std(axis=1)
    records = [
        {
            "params": {
                name: value.item() if isinstance(value, np.generic) else value
                for name, value in sorted(setting.items())
            },
            "score": trials.sign * float(mean[which]),
            "spread": float(spread[which]),
        }
        for which, setting in enumerate(trials.settings)
    ]
    best = records[int(np.argmax(mean))]
    return {"params": best["params"], "score": best["score"], "trials": records}
