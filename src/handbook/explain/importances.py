"""How much a model leans on each column: by shuffling it, and by what trees gained from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.inspection import permutation_importance
from sklearn.metrics import accuracy_score, roc_auc_score, root_mean_squared_error

from handbook import tasks
from handbook.explain.features import Feature
from handbook.explain.fitted import Fitted, spaced
from handbook.tasks.metric import METRICS

__all__ = ["FEW_ROWS", "ROWS", "impurity", "permutation"]

Array = npt.NDArray[Any]

#: Test rows that are shuffled at most.
ROWS = 1000
#: The same for a model that compares each row with very many stored numbers: its neighbours or
#: its support vectors.
FEW_ROWS = 200
_STORED = 200_000

_LARGEST = 20
_HISTOGRAMS = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)
_FORESTS = (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
_BETWEEN = (10, 90)  # percentiles of the trees


def permutation(fitted: Fitted, rows: int = ROWS) -> dict[str, Any]:
    """Measure how much worse held-out rows are predicted when one column is shuffled.

    Of the table's own columns, through the whole pipeline, by the task's primary metric.

    Parameters
    ----------
    fitted : Fitted
    rows : int
        Test rows to use at most.

    Returns
    -------
    dict
        ``score`` is that of the unshuffled rows; ``columns`` come in falling order of ``mean``,
        the loss of score (rise of an error). ``low`` and ``high`` are the least and the largest
        loss of the shuffles of these same rows: they say nothing of other rows.

    References
    ----------
    Breiman (2001), Random forests; Fisher, Rudin and Dominici (2019).
    """
    if _stored(fitted.model) > _STORED:
        rows = min(rows, FEW_ROWS)
    test, seed = fitted.test, fitted.spec["seed"]
    assert test.y is not None
    picked = spaced(test.y, rows, seed)
    X, y = test.X.iloc[picked].reset_index(drop=True), test.y[picked]
    metric = tasks.module(fitted.spec["task"]).primary(len(test.classes))
    if metric == "roc_auc" and len(np.unique(y)) < 2:
        return {"undefined": "the test rows hold only one class"}
    score = _Score(metric)
    shuffles = fitted.spec["shuffles"]
    found = permutation_importance(
        fitted.estimator, X, y, scoring=score, n_repeats=shuffles, random_state=seed
    )
    order = np.argsort(-found.importances_mean, kind="stable")
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
                "name": str(X.columns[place]),
                "mean": float(found.importances_mean[place]),
                "low": float(found.importances[place].min()),
                "high": float(found.importances[place].max()),
            }
            for place in order
        ],
    }


def _stored(model: Any) -> int:
    """Count the numbers that a model compares each row with."""
    if hasattr(model, "support_vectors_"):
        return int(model.support_vectors_.size)
    return int(getattr(model, "n_samples_fit_", 0) * getattr(model, "n_features_in_", 0))


class _Score:
    """The primary metric as a scorer, higher is better, that predicts each row only once.

    Shuffling a column of few values makes mostly rows that were there before; a slow model takes
    half the time.
    """

    def __init__(self, metric: str) -> None:
        self._metric = metric
        self._said: dict[int, Any] = {}

    def __call__(self, estimator: Any, X: pd.DataFrame, y: Array) -> float:
        """Return the metric of the rows `X` with truth `y`."""
        keys = pd.util.hash_pandas_object(X, index=False).tolist()
        # each new row once, by its first place
        new = {key: place for place, key in reversed(list(enumerate(keys)))}
        new = {key: place for key, place in new.items() if key not in self._said}
        if new:
            rows = X.iloc[list(new.values())]
            self._said.update(zip(new, self._predict(estimator, rows), strict=True))
        said = np.array([self._said[key] for key in keys])
        if self._metric == "roc_auc":
            return float(roc_auc_score(y, said))
        if self._metric == "accuracy":
            return float(accuracy_score(y, said))
        return -float(root_mean_squared_error(y, said))

    def _predict(self, estimator: Any, X: pd.DataFrame) -> list[Any]:
        if self._metric != "roc_auc":
            said = estimator.predict(X)
        elif hasattr(estimator, "predict_proba"):
            said = estimator.predict_proba(X)[:, -1]
        else:
            said = estimator.decision_function(X)
        found: list[Any] = np.asarray(said).tolist()
        return found


def impurity(fitted: Fitted) -> dict[str, Any]:
    """Share out the impurity that a model's trees took away on the training rows.

    Returns
    -------
    dict
        ``columns``: the shares, summed over all that was made of a column, in falling order;
        ``features``: the largest of what the model sees. In a forest ``low`` and ``high`` are
        the 10th and the 90th percentile of its trees. The trees of boosting mend each other, so
        that their spread would say nothing of certainty: it is None there.

    Raises
    ------
    HandbookError
        The model has no such importances.

    References
    ----------
    Breiman (2001), Random forests. Strobl et al. (2007): columns of many values are favoured.
    """
    model = fitted.model
    if isinstance(model, _HISTOGRAMS):
        return {"undefined": "boosting over histograms does not record the impurity of its splits"}
    if not hasattr(model, "feature_importances_"):
        raise fitted.refuse("impurity-importance", "trees and ensembles of trees")
    shares = np.asarray(model.feature_importances_)
    trees = (
        np.array([tree.feature_importances_ for tree in model.estimators_])
        if isinstance(model, _FORESTS)
        else None
    )
    names, sums = _by_column(fitted.features)
    return {
        "trees": None if trees is None else len(trees),
        "percentiles": None if trees is None else list(_BETWEEN),
        "columns": _shared(names, shares @ sums, None if trees is None else trees @ sums),
        "features": _shared([one.name for one in fitted.features], shares, trees)[:_LARGEST],
    }


def _by_column(features: list[Feature]) -> tuple[list[str], Array]:
    """Name the columns, and give the matrix of shape (features, columns) that sums to them."""
    # A product of two columns is neither's: it stands for itself.
    of = [" × ".join(one.columns) for one in features]
    names = list(dict.fromkeys(of))
    return names, np.array([[float(name == own) for name in names] for own in of])


def _shared(names: list[str], shares: Array, trees: Array | None) -> list[dict[str, Any]]:
    ends = None if trees is None else np.percentile(trees, _BETWEEN, axis=0)
    return [
        {
            "name": names[place],
            "share": float(shares[place]),
            "low": None if ends is None else float(ends[0, place]),
            "high": None if ends is None else float(ends[1, place]),
        }
        for place in np.argsort(-shares, kind="stable")
    ]
