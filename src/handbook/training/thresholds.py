"""The score from which a classifier of two classes answers with the second one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier

__all__ = ["best_threshold", "ranks", "with_threshold"]

Array = npt.NDArray[Any]

_TRIED = 1000


def ranks(estimator: Any, X: Any) -> Array:
    """Return a score for each row, float of shape (n,), that grows towards the second class."""
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X)[:, 1])
    return np.asarray(estimator.decision_function(X))


def best_threshold(
    metric: Literal["f1", "balanced_accuracy"], ranked: Sequence[tuple[Array, Array]]
) -> float:
    """Return the threshold that is best on average over splits.

    Of each split, `ranked` has the true classes, 0 and 1, and what ranks the rows, both of shape
    (n,). The threshold is out of 1,000 in even steps from the least to the largest score; rows at
    it count as the second class. It is the lowest, where several are equally good.

    Examples
    --------
    >>> y, scores = np.array([0, 0, 1, 1]), np.array([0.0, 0.4, 0.6, 1.0])
    >>> round(best_threshold("f1", [(y, scores)]), 2)
    0.4
    """
    low = min(scores.min() for _, scores in ranked)
    high = max(scores.max() for _, scores in ranked)
    tried = np.linspace(low, high, _TRIED)
    means = np.mean([_values(metric, y, scores, tried) for y, scores in ranked], axis=0)
    return float(tried[int(np.argmax(means))])


def _values(metric: str, y: Array, scores: Array, tried: Array) -> Array:
    """Return the metric at every threshold, from counts of the rows at or above each."""
    positive, negative = np.sort(scores[y == 1]), np.sort(scores[y == 0])
    hits = len(positive) - np.searchsorted(positive, tried)
    alarms = len(negative) - np.searchsorted(negative, tried)
    if metric == "f1":
        return np.asarray(2 * hits / (hits + alarms + len(positive)))
    return np.asarray((hits / len(positive) + 1 - alarms / len(negative)) / 2)


def with_threshold(estimator: Any, threshold: float) -> FixedThresholdClassifier:
    """Put a threshold around a fitted classifier, which stays as it is."""
    method = "predict_proba" if hasattr(estimator, "predict_proba") else "decision_function"
    return FixedThresholdClassifier(
        FrozenEstimator(estimator), threshold=threshold, response_method=method
    )
