"""AdaBoost on generated data, its vote counted by hand (section 2.15)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import train_test_split

from handbook.labs.result import Result, against, implies

__all__ = ["compute", "weighted_median", "weighted_vote"]

Array = npt.NDArray[Any]


def weighted_vote(predicted: Array, weights: Array) -> Array:
    """Return the class with most weight for each row.

    `predicted` holds the class that each learner predicts, 0 or 1, (learners, n); weights are of
    shape (learners,).

    Examples
    --------
    >>> weighted_vote(np.array([[1, 0], [0, 0], [0, 1]]), np.array([3.0, 1.0, 1.0])).tolist()
    [1, 0]
    """
    weight_of_one = weights @ (predicted == 1)
    return np.asarray(weight_of_one > weights @ (predicted == 0)).astype(int)


def weighted_median(predicted: Array, weights: Array) -> Array:
    """Return the weighted median of the predictions for each row.

    `predicted` is of shape (learners, n), weights of shape (learners,).

    References
    ----------
    Drucker (1997), "Improving regressors using boosting techniques".

    Examples
    --------
    >>> weighted_median(np.array([[5.0], [1.0], [2.0]]), np.array([1.0, 1.0, 3.0])).tolist()
    [2.0]
    """
    medians = []
    for column in predicted.T:
        total = 0.0
        for learner in np.argsort(column, kind="stable"):
            total += weights[learner]
            if total >= weights.sum() / 2:
                medians.append(column[learner])
                break
    return np.array(medians)


def compute(rows: int, columns: int, learners: int, test_size: float, seed: int) -> list[Result]:
    """Boost small trees into a classifier and a regressor, and score both on rows held out."""
    X, y = make_classification(n_samples=rows, n_features=columns, random_state=seed)
    X, X_test, y, y_test = train_test_split(X, y, test_size=test_size, random_state=seed)
    classifier = AdaBoostClassifier(n_estimators=learners, random_state=seed).fit(X, y)
    stages, weights = classifier.estimators_, classifier.estimator_weights_[:learners]
    errors = classifier.estimator_errors_[: len(stages)]
    predicted = np.array([stage.predict(X_test) for stage in stages])

    U, v = make_regression(n_samples=rows, n_features=columns, random_state=seed)
    U, U_test, v, v_test = train_test_split(U, v, test_size=test_size, random_state=seed)
    regressor = AdaBoostRegressor(n_estimators=learners, random_state=seed).fit(U, v)
    values = np.array([stage.predict(U_test) for stage in regressor.estimators_])
    median = weighted_median(values, regressor.estimator_weights_[: len(values)])
    return [
        against("SAMME for two classes: ln((1 - error) / error)")(
            "weights of the classifier's learners",
            weights[: len(stages)],
            [math.log((1 - error) / error) for error in errors],
        ),
        against("weighted vote of its learners, counted by hand")(
            "classifier, accuracy on the test rows",
            accuracy_score(y_test, classifier.predict(X_test)),
            np.mean(weighted_vote(predicted, weights[: len(stages)]) == y_test),
        ),
        against("weighted median of its learners, found by hand", 1e-6)(
            "regressor, mean squared error on the test rows",
            mean_squared_error(v_test, regressor.predict(U_test)),
            np.mean((median - v_test) ** 2),
        ),
        against("the depths that scikit-learn documents for both")(
            "depth of the deepest learner, of the classifier and of the regressor",
            [_deepest(classifier), _deepest(regressor)],
            [1, 3],
            book=implies([1, 1], 2140),
            reason="the learners are called stumps in both cases; a stump has one split. The "
            "regressor's trees are three splits deep where nothing else is asked for, and the "
            "listing asks for nothing",
            instead="states the depth of the learners (models adaboost-classifier and "
            "adaboost-regressor)",
            fault="wrong claim",
        ),
    ]


def _deepest(ensemble: Any) -> int:
    return max(int(tree.get_depth()) for tree in ensemble.estimators_)
