"""Fit a run as its catalogue entry asks: search its settings, then its threshold, then fit."""

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
from handbook.tasks.metric import METRICS
from handbook.training.build import build, last_step
from handbook.training.preprocess import DEGREE
from handbook.training.thresholds import best_threshold, ranks, with_threshold

__all__ = ["fit", "place", "with_degree"]

Array = npt.NDArray[Any]

_DEGREE = "preprocess.degree"


def fit(
    spec: Mapping[str, Any],
    X: Any,
    y: Any,
    classes: int,
    progress: Callable[[Mapping[str, float]], None] | None = None,
    checkpoint: tuple[Path, str] | None = None,
) -> tuple[Any, dict[str, Any] | None]:
    """Fit a run's estimator, with everything that it asks to have chosen chosen on these rows.

    Called on the training rows of a fold, it makes the cross-validation a nested one: no choice
    has seen the rows that it is scored on.

    Parameters
    ----------
    spec : mapping
        See `Params.train_spec`.
    X : rows of shape (n, ...)
    y : ndarray of shape (n,) or None
        None where the task needs no labels.
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
        ``params`` and ``score`` of the best setting, ``trials`` with all that were tried, and the
        ``threshold``; None where the catalogue leaves nothing to choose.
    """
    X, y = _drawn(spec, X, y, classes)
    search = spec["search"]
    decides = bool(spec["threshold"]) and classes == 2
    estimator = build(with_degree(spec, search["space"]) if search else spec, X)
    chosen: dict[str, Any] = {}
    if search or decides:
        tried = _try(estimator, spec, X, y, classes)
        if search:
            chosen = _chosen(tried)
            estimator.set_params(**{place(k, spec): v for k, v in chosen["params"].items()})
        if decides:
            chosen["threshold"] = best_threshold(spec["threshold"], tried.ranked)
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
    if decides:
        estimator = with_threshold(estimator, chosen["threshold"]).fit(X, y)
    return estimator, chosen or None


def with_degree(spec: Mapping[str, Any], space: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a spec whose pipeline has the step that ``preprocess.degree`` in `space` sets."""
    if _DEGREE not in space:
        return spec
    degree = max(space[_DEGREE])
    return {**spec, "preprocess": {**spec["preprocess"], "degree": degree}}


def _drawn(spec: Mapping[str, Any], X: Any, y: Array, classes: int) -> tuple[Any, Array]:
    """Draw the rows to fit on, where all would take too long: the classes keep their shares."""
    most = spec.get("fit_rows")
    if most is None or len(y) <= most:
        return X, y
    rows, _ = train_test_split(
        np.arange(len(y)),
        train_size=most,
        stratify=y if classes else None,
        random_state=spec["seed"],
    )
    rows.sort()
    return _take(X, rows), y[rows]


def place(name: str, spec: Mapping[str, Any]) -> str:
    """Return where in the pipeline a name of a search space is set."""
    if name == _DEGREE:
        return DEGREE
    return f"model__{name}" if spec["preprocess"] is not None else name


def _splits(spec: Mapping[str, Any], n: int, classes: int) -> Any:
    """Return the splits on which settings are scored: folds, or fewer rows where that is asked."""
    search = spec.get("search") or {}
    number, rows, seed = search.get("splits", 3), search.get("rows"), spec["seed"]
    if rows is not None and 2 * rows < n:
        kind: Any = StratifiedShuffleSplit if classes else ShuffleSplit
        return kind(number, train_size=rows, test_size=rows, random_state=seed)
    kind = StratifiedKFold if classes else KFold
    return kind(number, shuffle=True, random_state=seed)


class _Tried(NamedTuple):
    """Every setting's score on every split; higher is better."""

    settings: list[dict[str, Any]]
    scores: Array  # (settings, splits)
    sign: float
    # Of the best setting, for each split: the true classes and what ranks the rows.
    ranked: list[tuple[Array, Array]]


def _try(estimator: Any, spec: Mapping[str, Any], X: Any, y: Array, classes: int) -> _Tried:
    """Score every setting on every split of the rows.

    What scikit-learn's searches do, except that columns are encoded once for each split and not
    again for each setting, where encoding takes longer than most fits, and that the threshold is
    chosen with the same models.
    """
    splits, settings = _splits(spec, len(y), classes), _settings(spec)
    task = tasks.module(spec["task"])
    metric, score = task.primary(classes), task.scorer(classes)
    scores = np.empty((len(settings), splits.get_n_splits()))
    kept: dict[tuple[int, int], tuple[Any, Any, Array]] = {}
    for at, (fit_on, check_on) in enumerate(splits.split(X, y)):
        encoded: dict[Any, tuple[Any, Any]] = {}
        for which, setting in enumerate(settings):
            degree = setting.get(_DEGREE)
            if degree not in encoded:
                encoded[degree] = _encode(estimator, degree, _take(X, fit_on), _take(X, check_on))
            here, there = encoded[degree]
            model = clone(last_step(estimator))
            model.set_params(**{k: v for k, v in setting.items() if k != _DEGREE})
            scores[which, at] = score(model.fit(here, y[fit_on]), there, y[check_on])
            if spec["threshold"] and classes == 2:
                kept[which, at] = model, there, y[check_on]
    finite = np.isfinite(scores).all(axis=1)
    if not finite.all():
        raise HandbookError(
            f"{spec['model']}: {metric} is no finite number on a split with "
            f"{settings[int(np.argmin(finite))]}; take these values out of the space"
        )
    best = int(np.argmax(scores.mean(axis=1)))
    ranked = [
        (truth, ranks(model, there)) for (which, _), (model, there, truth) in kept.items()
        if which == best
    ]  # fmt: skip
    return _Tried(settings, scores, METRICS[metric].sign, ranked)


def _settings(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List what the search tries; without a search, the catalogue's own setting."""
    if spec["search"] is None:
        return [{}]
    space, draws = spec["search"]["space"], spec["search"]["draws"]
    every = ParameterGrid(space)
    if draws is None or draws >= len(every):
        return list(every)
    return list(ParameterSampler(space, draws, random_state=spec["seed"]))


def _chosen(tried: _Tried) -> dict[str, Any]:
    """Say what was tried and what was best."""
    mean, spread = tried.scores.mean(axis=1), tried.scores.std(axis=1)
    trials = [
        {
            "params": {name: _plain(value) for name, value in sorted(setting.items())},
            "score": tried.sign * float(mean[which]),
            "spread": float(spread[which]),
        }
        for which, setting in enumerate(tried.settings)
    ]
    best = trials[int(np.argmax(mean))]
    return {"params": best["params"], "score": best["score"], "trials": trials}


def _encode(estimator: Any, degree: int | None, fit_on: Any, check_on: Any) -> tuple[Any, Any]:
    """Fit the steps before the model on the first rows, and return both as the model sees them."""
    if not hasattr(estimator, "steps"):
        return fit_on, check_on
    columns = clone(estimator[:-1])
    if degree is not None:
        columns.set_params(**{DEGREE: degree})
    return columns.fit_transform(fit_on), columns.transform(check_on)


def _take(X: Any, rows: Array) -> Any:
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
