"""Regression: metrics of section 2.17.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.dummy import DummyRegressor
from sklearn.metrics import get_scorer
from sklearn.model_selection import GroupKFold, KFold

from handbook.tasks.task import Judge, Predictions, Scores

__all__ = ["SCHEME", "baseline", "folds", "predict", "primary", "score", "scorer"]

SCHEME = "k-fold"

Array = npt.NDArray[Any]


def primary(classes: int) -> str:
    """Name the metric that ranks models."""
    return "rmse"


def scorer(classes: int) -> Any:
    """Return scikit-learn's scorer of the primary metric, an error as its negative."""
    return get_scorer("neg_root_mean_squared_error")


def baseline() -> DummyRegressor:
    """Return a regressor that always says the mean of the training rows."""
    return DummyRegressor(strategy="mean")


def folds(
    y: Array, k: int, seed: int, groups: Array | None = None
) -> Iterator[tuple[Array, Array]]:
    """Yield training and validation positions of shuffled folds; groups stay together."""
    kind = KFold if groups is None else GroupKFold
    yield from kind(n_splits=k, shuffle=True, random_state=seed).split(y, groups=groups)


def predict(estimator: Any, X: Any, classes: int, judge: Judge | None = None) -> Predictions:
    """Return the predicted values, and the number of columns for the adjusted R2."""
    table = pd.DataFrame({"predicted": np.asarray(estimator.predict(X), dtype=float)})
    return Predictions(table, columns=X.shape[1])


def score(y: Array, predictions: Predictions) -> Scores:
    """Score predictions against the true values, in the units of the target (mse: squared).

    References
    ----------
    Handbook, section 2.17.3: adjusted R2 = 1 - (1 - R2)(n - 1)/(n - k - 1), with n rows and
    k columns before encoding.

    Examples
    --------
    >>> table = pd.DataFrame({"predicted": [1.0, 2.0, 5.0]})
    >>> metrics, _ = score(np.array([1.0, 2.0, 3.0]), Predictions(table))
    >>> round(metrics["mse"], 4), metrics["r2"]
    (1.3333, -1.0)
    """
    error = predictions.table["predicted"].to_numpy() - y
    mse = float(np.mean(error**2))
    metrics: dict[str, float | None] = {
        "mse": mse,
        "rmse": mse**0.5,
        "mae": float(np.mean(np.abs(error))),
        "r2": None,
        "adjusted_r2": None,
    }
    n, k = len(y), predictions.columns
    spread = float(np.sum((y - y.mean()) ** 2))
    if spread == 0:
        same = "the true values are all the same"
        return metrics, {"r2": same, "adjusted_r2": same}
    r2 = metrics["r2"] = 1 - float(np.sum(error**2)) / spread
    if n - k - 1 <= 0:
        return metrics, {"adjusted_r2": f"{n} rows do not suffice for {k} columns"}
    metrics["adjusted_r2"] = 1 - (1 - r2) * (n - 1) / (n - k - 1)
    return metrics, {}
