"""Claim of section 2.6.2: one wild target moves a least squares fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LinearRegression, QuantileRegressor

from handbook.claims.finding import Finding, Part
from handbook.claims.rows import Array, halves, overlap
from handbook.data.dataset import Dataset

__all__ = ["compute", "moved"]


def moved(
    model: LinearRegression | QuantileRegressor,
    X: Array,
    y: Array,
    X_check: Array,
    rows: Sequence[int],
    by: Sequence[float],
) -> Array:
    """Return how far predictions move when one target does: the root of their mean square.

    Returns
    -------
    ndarray of shape (by,)
        The mean over the rows, which move in turn.

    Examples
    --------
    >>> X, y = np.array([[0.0], [1.0]]), np.array([0.0, 1.0])
    >>> moved(LinearRegression(), X, y, np.array([[1.0]]), [1], [3.0]).round(12).tolist()
    [3.0]
    """
    before = model.fit(X, y).predict(X_check)
    far = np.empty((len(by), len(rows)))
    for r, row in enumerate(rows):
        for b, step in enumerate(by):
            changed = y.copy()
            changed[row] += step
            off = model.fit(X, changed).predict(X_check) - before
            far[b, r] = np.sqrt(np.mean(off**2))
    return np.asarray(far.mean(axis=1))


def compute(
    data: Dataset, seeds: Sequence[int], column: str, sizes: list[int], by: list[float], trials: int
) -> Finding:
    """Move one target by a number of deviations, and look how far the line's predictions move.

    The fits are lines of one column, by least squares and by least absolute deviations, to few and
    to many rows; what moves is a random row's target, in turn for several rows. All is in standard
    deviations of the target.
    """
    models = {
        "least squares": LinearRegression(),
        "least absolute deviations": QuantileRegressor(alpha=0.0, solver="highs"),
    }
    far = {name: np.empty((len(sizes), len(by), len(seeds))) for name in models}
    for s, seed in enumerate(seeds):
        for i, size in enumerate(sizes):
            rows = halves(data, seed, 1 - size / len(data), columns=[column])
            y = (rows.y - rows.y.mean()) / rows.y.std()
            chosen = np.random.default_rng(seed).choice(len(y), trials, replace=False)
            for name, model in models.items():
                far[name][i, :, s] = moved(model, rows.X, y, rows.X_check, chosen.tolist(), by)
    effect = f"deviations by which predictions move when one target moves by {by[-1]:g}"
    return Finding(
        measured={
            f"{name}, {size} rows, moved by {step:g}": far[name][i, b].tolist()
            for name in models
            for i, size in enumerate(sizes)
            for b, step in enumerate(by)
        },
        parts=[
            *(
                Part(
                    f"moves-{size}",
                    f"there are {size} rows",
                    effect,
                    tuple(far["least squares"][i, -1].tolist()),
                    overlap=overlap(size / len(data)),
                )
                for i, size in enumerate(sizes)
            ),
        ],
        plot={"sizes": sizes, "by": by, "far": far},
    )
