"""Claim of section 2.12: bagging takes variance, and error, from unstable models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.ensemble import BaggingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

from handbook.claims.finding import Finding, Part, paired
from handbook.claims.rows import Array, halves, overlap
from handbook.data.dataset import Dataset
from handbook.training.decompose import bias_and_variance

__all__ = ["compute", "running_means"]


def running_means(predictions: Array, sizes: Sequence[int]) -> Array:
    """Return the mean of the first predictions of each row, for each size.

    Parameters
    ----------
    predictions : ndarray of shape (models, n)

    Returns
    -------
    ndarray of shape (sizes, n)

    Examples
    --------
    >>> running_means(np.array([[1.0], [3.0], [5.0]]), [1, 3]).tolist()
    [[1.0], [3.0]]
    """
    ends = np.asarray(sizes)
    return np.asarray(predictions.cumsum(axis=0)[ends - 1] / ends[:, np.newaxis])


def _members(ensemble: RegressorMixin, X: Array, y: Array, X_check: Array) -> Array:
    return np.stack([member.predict(X_check) for member in ensemble.fit(X, y).estimators_])


def compute(
    data: Dataset, seeds: Sequence[int], check: float, samples: int, sizes: list[int]
) -> Finding:
    """Take the error of models apart into bias and variance, alone and as means of several.

    Each model is fitted on many samples of half of the rows; its variance is that of its
    predictions for the same other rows. A model alone is fitted on the whole of a sample, those of
    an ensemble on bootstrap samples of it.
    """
    names = ("tree", "line", "forest")
    error, variance, bias = (
        {name: np.empty((len(sizes) + 1, len(seeds))) for name in names} for _ in range(3)
    )
    most = max(sizes)
    for s, seed in enumerate(seeds):
        rows, rng = halves(data, seed, check), np.random.default_rng(seed)
        answers: dict[str, list[Array]] = {name: [] for name in names}
        for _ in range(samples):
            part = rng.choice(len(rows.y), len(rows.y) // 2, replace=False)
            given = (rows.X[part], rows.y[part], rows.X_check)
            state = int(rng.integers(2**31))
            tree, line = DecisionTreeRegressor(random_state=state), LinearRegression()
            forest = RandomForestRegressor(most, max_features=1 / 3, random_state=state)
            for name, alone, ensemble in (
                ("tree", tree, BaggingRegressor(tree, most, random_state=state)),
                ("line", line, BaggingRegressor(line, most, random_state=state)),
                ("forest", tree, forest),
            ):
                first = alone.fit(*given[:2]).predict(rows.X_check)
                means = running_means(_members(ensemble, *given), sizes)
                answers[name].append(np.vstack([first, means]))
        for name, several in answers.items():
            for size, predictions in enumerate(np.stack(several, axis=1)):
                parts = bias_and_variance(rows.y_check, predictions)
                error[name][size, s], bias[name][size, s], variance[name][size, s] = parts
    kept = {name: 1 - values[-1] / values[0] for name, values in variance.items()}
    better = 1 - error["tree"][-1] / error["tree"][0]
    shared = overlap(check)
    steps = ["alone", *(f"mean of {size}" for size in sizes)]
    return Finding(
        measured={
            f"{what} of {name}, {step}": values[name][i].tolist()
            for what, values in (("variance", variance), ("squared bias", bias), ("error", error))
            for name in names
            for i, step in enumerate(steps)
        },
        parts=[
            Part(
                "variance",
                "variance of trees is looked at",
                f"share of a tree's variance that bagging {most} takes away",
                tuple(kept["tree"].tolist()),
                overlap=shared,
            ),
            Part(
                "error",
                "error of trees is looked at",
                f"share of a tree's squared error that bagging {most} takes away",
                tuple(better.tolist()),
                overlap=shared,
            ),
            paired(
                "above-all",
                "trees are held against straight lines",
                "share of variance taken from trees less that from straight lines",
                kept["tree"].tolist(),
                kept["line"].tolist(),
                shared,
            ),
        ],
        plot={
            "steps": ["alone", *map(str, sizes)],
            "variance": variance,
            "bias": bias,
            "error": error,
        },
    )
