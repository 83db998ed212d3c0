"""Jensen's inequality for x² on the book's hundred draws (section 3.4.2.4)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from handbook.labs.result import Array, Result, against, implies

__all__ = ["compute", "draws", "plot"]


def draws(count: int, seed: int) -> Array:
    """Return standard normal numbers as the book draws them, by NumPy's older generator."""
    return np.random.RandomState(seed).randn(count)


def compute(count: int, seed: int) -> list[Result]:
    """Compare the square of the mean of the book's draws with the mean of their squares."""
    X = draws(count, seed)
    of_mean, mean_of = float(X.mean() ** 2), float(np.mean(X**2))
    exact = [Fraction(float(value)) for value in X]
    return [
        against("the same draws as exact fractions", 1e-12)(
            f"square of the mean of {count} draws, and mean of their squares",
            [of_mean, mean_of],
            [float((sum(exact) / count) ** 2), float(sum(x**2 for x in exact) / count)],
        ),
        against("closed form: for x² the difference is the variance", 1e-12)(
            "by how much the second is larger", mean_of - of_mean, X.var()
        ),
        against("Jensen (1906): x² is convex")(
            "whether the first is at most the second",
            "holds" if of_mean <= mean_of else "fails",
            "holds",
            book=implies("holds", (3468, 3479, 3494)),
        ),
    ]


def plot(count: int, seed: int) -> dict[str, Any]:
    """Return the curve, what was drawn on it, and both sides of the inequality."""
    X = draws(count, seed)
    reach = np.linspace(X.min() - 0.2, X.max() + 0.2, 81)
    return {
        "curve": [reach, reach**2],
        "points": [X, X**2],
        "mean": X.mean(),
        "of_mean": X.mean() ** 2,
        "mean_of": np.mean(X**2),
    }
