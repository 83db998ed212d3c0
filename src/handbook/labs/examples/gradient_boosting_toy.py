"""Gradient boosting on six points, residuals and stumps worked by hand (section 2.16)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor

from handbook.labs.result import Array, Result, against

__all__ = ["Stump", "boosted", "compute", "fit_stump", "plot"]


class Stump(NamedTuple):
    """A tree of one split: `left` is predicted up to the threshold, `right` above."""

    threshold: float
    left: float
    right: float

    def predict(self, x: Array) -> Array:
        """Predict the value of each of n numbers."""
        return np.where(x <= self.threshold, self.left, self.right)


def fit_stump(x: Array, target: Array) -> Stump:
    """Try every threshold between two points, and keep that of the least squared error.

    Examples
    --------
    >>> fit_stump(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 6.0]))
    Stump(threshold=2.5, left=0.0, right=6.0)
    """
    values = np.unique(x)
    stumps = [
        Stump(float(middle), float(target[x <= middle].mean()), float(target[x > middle].mean()))
        for middle in (values[:-1] + values[1:]) / 2
    ]
    return min(stumps, key=lambda stump: float(np.sum((target - stump.predict(x)) ** 2)))


def boosted(x: Array, y: Array, rounds: int, rate: float) -> tuple[Array, list[Stump]]:
    """Begin with the mean, then fit stump after stump to what is left over.

    Returns the predictions after each round, (rounds + 1, n), and the stumps.

    References
    ----------
    Friedman (2001), "Greedy function approximation: a gradient boosting machine".
    """
    predicted, stumps = [np.full(len(y), y.mean())], []
    for _ in range(rounds):
        stumps.append(fit_stump(x, y - predicted[-1]))
        predicted.append(predicted[-1] + rate * stumps[-1].predict(x))
    return np.array(predicted), stumps


def compute(x: list[float], y: list[float], rounds: int, rate: float) -> list[Result]:
    """Boost six points by hand: take residuals, fit a stump to them, add a share of it."""
    points, targets = np.array(x, float), np.array(y, float)
    predicted, stumps = boosted(points, targets, rounds, rate)
    residuals = targets - predicted
    model = _theirs(points, targets, rounds, rate)
    theirs = np.array(list(model.staged_predict(points[:, None])))
    trees = [tree.tree_ for tree in model.estimators_[:, 0]]
    by_peer = against("sklearn.ensemble.GradientBoostingRegressor, trees of one split")
    return [
        against("scikit-learn's DummyRegressor, which it begins with")(
            "prediction before the first round",
            predicted[0],
            model.init_.predict(points[:, None]),
        ),
        by_peer(
            "thresholds of the stumps",
            [stump.threshold for stump in stumps],
            [tree.threshold[0] for tree in trees],
        ),
        by_peer(
            "what the first stump says left and right of its threshold",
            [stumps[0].left, stumps[0].right],
            trees[0].value[1:, 0, 0],
        ),
        by_peer(f"predictions after each of {rounds} rounds", predicted[1:], theirs),
        by_peer("residuals after the last round", residuals[-1], targets - theirs[-1]),
        against("the negative gradient of half the squared error, by differences", 1e-6)(
            "residuals before the first round",
            residuals[0],
            _negative_gradient(targets, predicted[0]),
        ),
    ]


def plot(x: list[float], y: list[float], rounds: int, rate: float) -> dict[str, Any]:
    """Return predictions and residuals by round, between the points too."""
    points, targets = np.array(x, float), np.array(y, float)
    predicted, stumps = boosted(points, targets, rounds, rate)
    grid = np.linspace(points.min() - 0.5, points.max() + 0.5, 121)
    curves = [np.full(len(grid), targets.mean())]
    for stump in stumps:
        curves.append(curves[-1] + rate * stump.predict(grid))
    return {
        "points": [x, y],
        "grid": grid,
        "curves": curves,
        "residuals": targets - predicted,
        "errors": np.mean((targets - predicted) ** 2, axis=1),
        "rate": rate,
    }


def _theirs(x: Array, y: Array, rounds: int, rate: float) -> GradientBoostingRegressor:
    model = GradientBoostingRegressor(
        n_estimators=rounds, learning_rate=rate, max_depth=1, random_state=0
    )
    return model.fit(x[:, None], y)


def _negative_gradient(y: Array, predicted: Array) -> Array:
    step = 1e-4 * np.eye(len(y))

    def loss(at: Array) -> float:
        return 0.5 * float(np.sum((y - at) ** 2))

    return -np.array([loss(predicted + e) - loss(predicted - e) for e in step]) / 2e-4
