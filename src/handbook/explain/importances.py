"""Importances of columns: by permutation, and by the impurity that trees removed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn import inspection
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.metrics import accuracy_score, roc_auc_score, root_mean_squared_error

from handbook import tasks
from handbook.explain.features import Feature
from handbook.explain.run import Array, Fitted, spaced
from handbook.tasks.metric import METRICS
from handbook.training.thresholds import ranks

__all__ = ["FEW_ROWS", "ROWS", "impurity_importance", "permutation_importance"]

#: Largest number of test rows that are shuffled.
ROWS = 1000
#: The same for a model that compares each row with more than `_STORED` numbers, those of its
#: neighbours or its support vectors.
FEW_ROWS = 200
_STORED = 200_000

_LARGEST = 20
_FORESTS = (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
_PERCENTILES = (10, 90)  # of the trees


def permutation_importance(fitted: Fitted, rows: int = ROWS) -> dict[str, Any]:
    """Measure the loss of score on test rows when a column is shuffled.

    Columns are those of the table, before preprocessing; the score is the task's primary metric,
    on at most `rows` test rows.

    Returns
    -------
    dict
        ``score`` of the rows as they are; ``columns`` in falling order of ``mean``, the mean loss
        of score (rise of an error). ``low`` and ``high`` are the smallest and the largest loss over
        the shuffles of these rows; other rows would differ more.

    References
    ----------
    Breiman (2001), Random forests; Fisher, Rudin and Dominici (2019).
    """
    if _stored(fitted.model) > _STORED:
        rows = min(rows, FEW_ROWS)
    test, seed = fitted.test, fitted.spec.run.seed
    picked = spaced(test.labels, rows, seed)
    X, y = test.X.iloc[picked].reset_index(drop=True), test.labels[picked]
    metric = tasks.module(fitted.spec.run.task).primary(len(test.classes))
    if metric == "roc_auc" and len(np.unique(y)) < 2:
        return {"undefined": "the test rows hold only one class"}
    score = _Score(metric)
    shuffles = fitted.spec.shuffles
    losses = inspection.permutation_importance(
        fitted.estimator, X, y, scoring=score, n_repeats=shuffles, random_state=seed
    )
    order = np.argsort(-losses.importances_mean, kind="stable")
    return {
        "metric": metric,
        "score": score(fitted.estimator, X, y) * METRICS[metric].sign,
        "rows": len(y),
        "of_rows": len(test),
        "repeats": shuffles,
        "seed": seed,
        "interval": "lowest and highest of the shuffles of the same rows, not of samples of rows",
        "columns": [
            {
                "name": str(X.columns[index]),
                "mean": float(losses.importances_mean[index]),
                "low": float(losses.importances[index].min()),
                "high": float(losses.importances[index].max()),
            }
            for index in order
        ],
    }


def _stored(model: Any) -> int:
    """Count the numbers that a model compares each row with."""
    if hasattr(model, "support_vectors_"):
        return int(model.support_vectors_.size)
    return int(getattr(model, "n_samples_fit_", 0) * getattr(model, "n_features_in_", 0))


class _Score:
    """The primary metric as a scorer, higher is better, that predicts equal rows only once.

    Shuffling a column of few values gives mostly rows that were predicted before, which halves
    the time of a slow model.
    """

    def __init__(self, metric: str) -> None:
        self._metric = metric
        self._predicted: dict[int, Any] = {}

    def __call__(self, estimator: Any, X: pd.DataFrame, y: Array) -> float:
        """Return the metric of the rows `X` with truth `y`."""
        keys = pd.util.hash_pandas_object(X, index=False).tolist()
        first = {key: row for row, key in reversed(list(enumerate(keys)))}
        new = {key: row for key, row in first.items() if key not in self._predicted}
        if new:
            rows = X.iloc[list(new.values())]
            self._predicted.update(zip(new, self._predict(estimator, rows), strict=True))
        predicted = np.array([self._predicted[key] for key in keys])
        score = {"roc_auc": roc_auc_score, "accuracy": accuracy_score}.get(self._metric)
        return float(score(y, predicted) if score else -root_mean_squared_error(y, predicted))

    def _predict(self, estimator: Any, X: pd.DataFrame) -> list[Any]:
        predicted = ranks(estimator, X) if self._metric == "roc_auc" else estimator.predict(X)
        return list(np.asarray(predicted).tolist())


def impurity_importance(fitted: Fitted) -> dict[str, Any]:
    """Return the share of each column in the impurity that a model's trees removed in training.

    Returns
    -------
    dict
        ``columns``: the shares, summed over all inputs made from a column, in falling order;
        ``features``: the largest shares of the model's inputs. In a forest ``low`` and ``high`` are
        the 10th and the 90th percentile of its trees. They are None for boosting, where each tree
        corrects those before it and their spread does not measure uncertainty.

    References
    ----------
    Breiman (2001), Random forests. Strobl et al. (2007): columns of many values are favoured.
    """
    model = fitted.model
    if isinstance(model, HistGradientBoostingClassifier | HistGradientBoostingRegressor):
        return {"undefined": "boosting over histograms does not record the impurity of its splits"}
    fitted.require("feature_importances_", "impurity-importance", "trees and ensembles of trees")
    shares, trees = np.asarray(model.feature_importances_), None
    if isinstance(model, _FORESTS):
        trees = np.array([tree.feature_importances_ for tree in model.estimators_])
    inputs = [feature.name for feature in fitted.features]
    names, sums = _by_column(fitted.features)
    return {
        "trees": None if trees is None else len(trees),
        "percentiles": None if trees is None else list(_PERCENTILES),
        "columns": _shared(names, shares @ sums, None if trees is None else trees @ sums),
        "features": _shared(inputs, shares, trees)[:_LARGEST],
    }


def _by_column(features: list[Feature]) -> tuple[list[str], Array]:
    """Return the names of columns, and the matrix (features, columns) that sums over them."""
    # A product of two columns belongs to neither and has a name of its own.
    of = [" × ".join(feature.columns) for feature in features]
    names = list(dict.fromkeys(of))
    return names, np.array([[float(name == own) for name in names] for own in of])


def _shared(names: list[str], shares: Array, trees: Array | None) -> list[dict[str, Any]]:
    ends = None if trees is None else np.percentile(trees, _PERCENTILES, axis=0)
    return [
        {
            "name": names[index],
            "share": float(shares[index]),
            "low": None if ends is None else float(ends[0, index]),
            "high": None if ends is None else float(ends[1, index]),
        }
        for index in np.argsort(-shares, kind="stable")
    ]
