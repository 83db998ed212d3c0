"""Fit a run as its catalogue entry asks: search its settings, then its threshold, then fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    KFold,
    ParameterGrid,
    RandomizedSearchCV,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
    TunedThresholdClassifierCV,
    train_test_split,
)

from handbook import tasks
from handbook.estimator import build, last_step
from handbook.preprocess import DEGREE

__all__ = ["fit", "place", "with_degree"]

Array = npt.NDArray[Any]


def fit(
    spec: Mapping[str, Any],
    X: Any,
    y: Any,
    classes: int,
    progress: Callable[[Mapping[str, float]], None] | None = None,
) -> tuple[Any, dict[str, Any] | None]:
    """Fit a run's estimator, with everything that it asks to have chosen chosen on these rows.

    Called on the training rows of a fold, it makes the cross-validation a nested one: no choice
    has seen the rows that it is scored on.

    Parameters
    ----------
    spec : mapping
        See `Params.train_spec`.
    X : rows of shape (n, ...)
    y : ndarray of shape (n,)
    classes : int
        Number of classes of the data set, 0 for regression.
    progress : callable or None
        Takes each step's metrics from estimators that have `set_progress`.

    Returns
    -------
    estimator : fitted
    chosen : dict or None
        ``params`` and ``score`` of the best setting, ``trials`` with all that were tried, and the
        ``threshold``; None where the catalogue leaves nothing to choose.
    """
    X, y = _drawn(spec, X, y)
    search = spec.get("search")
    decides = bool(spec.get("threshold")) and classes == 2
    estimator = build(with_degree(spec, search["space"]) if search else spec, X)
    chosen: dict[str, Any] = {}
    model = last_step(estimator)
    splits = _splits(spec, len(y)) if search or decides else None
    if search:
        chosen = _search(estimator, spec, splits, X, y, classes)
        estimator.set_params(**{place(k, spec): v for k, v in chosen["params"].items()})
    if hasattr(model, "set_progress"):
        model.set_progress(progress)
    if decides:
        estimator, chosen["threshold"] = _decided(estimator, spec["threshold"], splits, X, y)
    else:
        estimator.fit(X, y)
    if hasattr(model, "set_progress"):
        model.set_progress(None)
    return estimator, chosen or None


def _decided(
    estimator: Any, metric: str, splits: Any, X: Any, y: Array
) -> tuple[FixedThresholdClassifier, float]:
    """Fit behind the threshold that does best on the splits; what ranks is fitted on all rows."""
    tuned = TunedThresholdClassifierCV(estimator, scoring=metric, cv=splits, thresholds=200)
    tuned.fit(X, y)
    threshold = float(tuned.best_threshold_)
    # What was tuned by also carries the search; only the answer is kept.
    method = "predict_proba" if hasattr(estimator, "predict_proba") else "decision_function"
    fixed = FixedThresholdClassifier(
        FrozenEstimator(tuned.estimator_), threshold=threshold, response_method=method
    )
    return fixed.fit(X, y), threshold


def with_degree(spec: Mapping[str, Any], space: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a spec whose pipeline has the step that ``preprocess.degree`` in `space` sets."""
    if "preprocess.degree" not in space:
        return spec
    degree = max(space["preprocess.degree"])
    return {**spec, "preprocess": {**spec["preprocess"], "degree": degree}}


def _drawn(spec: Mapping[str, Any], X: Any, y: Array) -> tuple[Any, Array]:
    """Draw the rows to fit on, where all would take too long: the classes keep their shares."""
    most = spec.get("fit_rows")
    if most is None or len(y) <= most:
        return X, y
    rows, _ = train_test_split(
        np.arange(len(y)),
        train_size=most,
        stratify=y if spec["task"] == "classification" else None,
        random_state=spec["seed"],
    )
    rows.sort()
    return (X.iloc[rows] if hasattr(X, "iloc") else X[rows]), y[rows]


def place(name: str, spec: Mapping[str, Any]) -> str:
    """Return where in the pipeline a name of a search space is set."""
    if name == "preprocess.degree":
        return DEGREE
    return f"model__{name}" if spec["preprocess"] is not None else name


def _splits(spec: Mapping[str, Any], n: int) -> Any:
    """Return the splits on which settings are scored: folds, or fewer rows where that is asked."""
    search = spec.get("search") or {}
    number, rows, seed = search.get("splits", 3), search.get("rows"), spec["seed"]
    stratified = spec["task"] == "classification"
    if rows is not None and 2 * rows < n:
        kind: Any = StratifiedShuffleSplit if stratified else ShuffleSplit
        return kind(number, train_size=rows, test_size=rows, random_state=seed)
    kind = StratifiedKFold if stratified else KFold
    return kind(number, shuffle=True, random_state=seed)


def _search(
    estimator: Any, spec: Mapping[str, Any], splits: Any, X: Any, y: Array, classes: int
) -> dict[str, Any]:
    asked = spec["search"]
    space = {place(name, spec): values for name, values in asked["space"].items()}
    common: dict[str, Any] = {
        "scoring": tasks.module(spec["task"]).scoring(classes),
        "cv": splits,
        "refit": False,
        "error_score": "raise",
    }
    draws = asked["draws"]
    if draws is None or draws >= len(ParameterGrid(space)):
        search: Any = GridSearchCV(estimator, space, **common)
    else:
        search = RandomizedSearchCV(
            estimator, space, n_iter=draws, random_state=spec["seed"], **common
        )
    found = search.fit(X, y).cv_results_
    # A loss is searched as its negative.
    sign = -1.0 if common["scoring"].startswith("neg_") else 1.0
    names = dict(zip(space, asked["space"], strict=True))
    trials = [
        {
            "params": {names[where]: _plain(value) for where, value in params.items()},
            "score": sign * float(mean),
            "spread": float(spread),
        }
        for params, mean, spread in zip(
            found["params"], found["mean_test_score"], found["std_test_score"], strict=True
        )
    ]
    best = trials[int(np.argmax(found["mean_test_score"]))]
    return {"params": best["params"], "score": best["score"], "trials": trials}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
