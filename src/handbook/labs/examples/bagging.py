"""Bagging of trees and of other learners: draw rows, fit, average (section 2.12)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.ensemble import BaggingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from handbook.labs.result import Array, Result, against, implies

__all__ = ["LEARNERS", "bagged", "compute", "plot"]

Rows = npt.NDArray[np.int64]
#: What is bagged, by name: a learner that follows every row, and two that are steadier.
LEARNERS = {
    "tree": DecisionTreeRegressor(random_state=0),
    "5 nearest neighbours": KNeighborsRegressor(5),
    "line": LinearRegression(),
}


def bagged(learner: RegressorMixin, drawn: Sequence[Rows], X: Array, y: Array, at: Array) -> Array:
    """Fit a learner to each drawing of rows, and average what they predict.

    `drawn` holds the numbers of the rows of each drawing. Row m of what is returned, (drawings,
    n), is the mean over the first m + 1 of them.
    """
    outputs = [learner.fit(X[rows], y[rows]).predict(at) for rows in drawn]
    return np.asarray(np.cumsum(outputs, axis=0) / np.arange(1, len(drawn) + 1)[:, None])


def compute(rows: int, noise: float, members: list[int], sets: int, seed: int) -> list[Result]:
    """Average more and more copies of three learners, and follow the error by their number.

    Each of several training sets holds rows of a sine with noise; the error is that against the
    sine itself, averaged over the sets.
    """
    most, grid = max(members), _grid()
    X, y = _training_set(rows, noise, seed)
    results = []
    alone, errors = _errors(rows, noise, tuple(members), sets, seed)
    for name, learner in LEARNERS.items():
        theirs = BaggingRegressor(learner, most, random_state=seed).fit(X, y)
        ours = bagged(learner, theirs.estimators_samples_, X, y, grid)
        results.append(
            against("mean of learners fitted by hand to the rows that were drawn")(
                f"{name}: prediction of {most} bagged by scikit-learn, at {len(grid)} points",
                theirs.predict(grid),
                ours[-1],
            )
        )
    counts = [len(np.unique(draw)) for draw in _drawings(rows, most * sets, seed)]
    left = [errors[name][-1] / alone[name] for name in LEARNERS]
    return [
        *results,
        Result(
            f"share of the {rows} rows that a drawing with replacement holds",
            np.mean(counts) / rows,
            1 - (1 - 1 / rows) ** rows,
            "closed form: 1 − (1 − 1/n)^n",
            # Five standard errors: the variance of the share is below 0.1 / n.
            tolerance=5 * (0.1 / rows / len(counts)) ** 0.5,
        ),
        against("Breiman (1996): bagging helps learners that small changes of the rows upset")(
            f"learner of which {most} bagged ones leave the least share of its error alone",
            min(zip(left, LEARNERS, strict=True))[1],
            "tree",
            book=implies("tree", 1864),
        ),
    ]


def plot(rows: int, noise: float, members: list[int], sets: int, seed: int) -> dict[str, Any]:
    """Return the errors by number of learners, and the curves of one tree and of many."""
    X, y = _training_set(rows, noise, seed)
    grid = _grid()
    alone, together = _errors(rows, noise, tuple(members), sets, seed)
    curves = bagged(LEARNERS["tree"], _drawings(rows, max(members), seed), X, y, grid)
    return {
        "members": members,
        "alone": alone,
        "errors": together,
        "sets": sets,
        "points": [X[:, 0], y],
        "x": grid[:, 0],
        "truth": _sine(grid),
        "single": LEARNERS["tree"].fit(X, y).predict(grid),
        "many": curves[-1],
    }


@cache
def _errors(
    rows: int, noise: float, members: tuple[int, ...], sets: int, seed: int
) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Return mean squared errors by learner: fitted once to all rows, and bagged so many times."""
    grid, last = _grid(), np.array(members) - 1
    alone, together = dict.fromkeys(LEARNERS, 0.0), dict.fromkeys(LEARNERS, np.zeros(len(members)))
    for number in range(sets):
        X, y = _training_set(rows, noise, seed + number)
        drawn = _drawings(rows, max(members), seed + number)
        for name, learner in LEARNERS.items():
            curves = bagged(learner, drawn, X, y, grid)[last]
            together[name] = together[name] + _squared(curves) / sets
            alone[name] += float(_squared(learner.fit(X, y).predict(grid))) / sets
    return alone, {name: values.tolist() for name, values in together.items()}


def _squared(curves: Array) -> Array:
    """Return the mean squared error of curves against the sine."""
    return np.asarray(np.mean((curves - _sine(_grid())) ** 2, axis=-1))


def _grid() -> Array:
    return np.linspace(0, 1, 101)[:, None]


def _sine(X: Array) -> Array:
    return np.asarray(np.sin(2 * np.pi * X[:, 0]))


def _training_set(rows: int, noise: float, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng([seed, 0])
    X = rng.uniform(0, 1, (rows, 1))
    return X, _sine(X) + noise * rng.normal(size=rows)


def _drawings(rows: int, count: int, seed: int) -> list[Rows]:
    rng = np.random.default_rng([seed, 1])
    return [rng.integers(0, rows, rows) for _ in range(count)]
