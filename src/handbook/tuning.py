"""Fit a run as its catalogue entry asks: search its settings, then its threshold, then fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    FixedThresholdClassifier,
    KFold,
    ParameterGrid,
    ParameterSampler,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
    TunedThresholdClassifierCV,
    train_test_split,
)

from handbook import tasks
from handbook.errors import HandbookError
from handbook.estimator import build, last_step
from handbook.preprocess import DEGREE

__all__ = ["fit", "place", "with_degree"]

Array = npt.NDArray[Any]

_DEGREE = "preprocess.degree"


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
    if _DEGREE not in space:
        return spec
    degree = max(space[_DEGREE])
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
    return _take(X, rows), y[rows]


def place(name: str, spec: Mapping[str, Any]) -> str:
    """Return where in the pipeline a name of a search space is set."""
    if name == _DEGREE:
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
    """Score every setting on every split.

    What scikit-learn's searches do, except that columns are encoded once for each split and not
    again for each setting, where encoding takes longer than most fits.
    """
    asked, scoring = spec["search"], tasks.module(spec["task"]).scoring(classes)
    settings: Any = ParameterGrid(asked["space"])
    if asked["draws"] is not None and asked["draws"] < len(settings):
        settings = ParameterSampler(asked["space"], asked["draws"], random_state=spec["seed"])
    settings, score = list(settings), get_scorer(scoring)
    scores = np.empty((len(settings), splits.get_n_splits()))
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
    if not np.isfinite(scores).all():
        bad = settings[int(np.argmin(np.isfinite(scores).all(axis=1)))]
        raise HandbookError(
            f"{spec['model']}: the search scored {scoring} as no finite number with {bad}; take "
            "that value out of the space"
        )
    # A loss is searched as its negative.
    sign = -1.0 if scoring.startswith("neg_") else 1.0
    mean, spread = scores.mean(axis=1), scores.std(axis=1)
    trials = [
        {
            "params": {name: _plain(value) for name, value in sorted(setting.items())},
            "score": sign * float(mean[which]),
            "spread": float(spread[which]),
        }
        for which, setting in enumerate(settings)
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
