"""Outlier detection: the labels are never fitted; they judge how the detector ranks the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.metrics import average_precision_score

from handbook.tasks import classification
from handbook.tasks.classification import SCHEME, folds
from handbook.tasks.task import Judge, Predictions, Scores

__all__ = ["SCHEME", "Indifferent", "baseline", "folds", "predict", "primary", "score", "scorer"]

Array = npt.NDArray[Any]


class Indifferent(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """A detector to which all rows are alike, and none an outlier."""

    def fit(self, X: Any, y: Any = None) -> Indifferent:
        """Learn nothing."""
        return self

    def score_samples(self, X: Any) -> Array:
        """Return 0 for each row."""
        return np.zeros(len(X))

    def predict(self, X: Any) -> Array:
        """Return 1, an inlier, for each row."""
        return np.ones(len(X), dtype=np.int64)


def primary(classes: int) -> str:
    """Name the metric that ranks models: outliers are few, and precision is what they cost."""
    return "average_precision"


def scorer(classes: int) -> Callable[[Any, Any, Array], float]:
    """Return the primary metric as a function of a fitted detector, rows and labels."""
    return _average_precision


def _average_precision(estimator: Any, X: Any, y: Array) -> float:
    return float(average_precision_score(y, -np.asarray(estimator.score_samples(X))))


def baseline() -> Indifferent:
    """Return a detector whose average precision is the share of outliers."""
    return Indifferent()


def predict(estimator: Any, X: Any, classes: int, judge: Judge | None = None) -> Predictions:
    """Return ``predicted``, 1 for an outlier, and ``score``, which grows with strangeness.

    The detector has scikit-learn's ``score_samples`` (higher is more normal) and ``predict`` (-1
    for an outlier). The second of the two classes stands for outliers.
    """
    if hasattr(estimator, "steps"):
        # Columns are encoded once for both classes and scores.
        estimator, X = estimator[-1], estimator[:-1].transform(X)
    table = pd.DataFrame(
        {
            "predicted": (np.asarray(estimator.predict(X)) == -1).astype(np.int64),
            "score": -np.asarray(estimator.score_samples(X), dtype=float),
        }
    )
    return Predictions(table, classes=classes)


def score(y: Array, predictions: Predictions) -> Scores:
    """Score a detector's answers against the labels, as :func:`classification.score` does.

    Examples
    --------
    >>> table = pd.DataFrame({"predicted": [0, 0, 1], "score": [0.1, 0.3, 0.2]})
    >>> metrics, _ = score(np.array([0, 1, 0]), Predictions(table, classes=2))
    >>> metrics["average_precision"], metrics["precision"]
    (1.0, 0.0)
    """
    metrics, undefined = classification.score(y, predictions)
    for name in ("log_loss", "brier"):  # of probabilities, which detectors do not give
        del metrics[name], undefined[name]
    return metrics, undefined
