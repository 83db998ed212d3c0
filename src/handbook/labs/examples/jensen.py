"""Jensen's inequality and convex combinations on the book's own draws (3.4.2.4, 3.4.2.5)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.special import logsumexp

from handbook.labs.result import Array, Result, against, implies

__all__ = ["combined", "compute", "draws", "plot"]


def draws(count: int, seed: int) -> Array:
    """Return standard normal numbers as the book draws them, by NumPy's older generator."""
    return np.random.RandomState(seed).randn(count)


def combined(count: int, seed: int) -> tuple[Array, Array]:
    """Return points and weights of a combination, drawn one after the other from one seed.

    The weights are evenly distributed over all that are positive and add up to 1 (Dirichlet).
    """
    random = np.random.RandomState(seed)
    return random.randn(count), random.dirichlet(np.ones(count))


def compute(count: int, points: int, seed: int) -> list[Result]:
    """Compare x² of a mean with the mean of x², and exp of a combination with that of exp."""
    X = draws(count, seed)
    of_mean, mean_of = float(X.mean() ** 2), float(np.mean(X**2))
    x, weights = combined(points, seed)
    of_sum, sum_of = float(np.exp(weights @ x)), float(weights @ np.exp(x))
    exact = [Fraction(float(value)) for value in X]
    mean = sum(exact) / count
    random = np.random.RandomState(seed)
    random.randn(points)
    gammas = random.standard_gamma(1.0, points)
    return [
        against("the same draws as exact fractions", 1e-12)(
            f"x² of the mean of {count} draws, and the mean of x²",
            [of_mean, mean_of],
            [float(mean**2), float(sum(value**2 for value in exact) / count)],
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
        against("gamma variables over their sum (Devroye 1986, chapter 11)", 1e-12)(
            f"{points} weights", weights, gammas / gammas.sum()
        ),
        against("scipy.special.logsumexp", 1e-12)(
            f"exp of {points} points combined with these, and the combination of exp",
            [of_sum, sum_of],
            [np.exp(np.sum(weights * x)), np.exp(logsumexp(x, b=weights))],
        ),
        against("exp is convex")(
            "whether the first is at most the second here",
            "holds" if of_sum <= sum_of else "fails",
            "holds",
            book=implies("holds", (3510, 3529, 3540)),
        ),
    ]


def plot(count: int, points: int, seed: int) -> dict[str, Any]:
    """Return both curves, what was drawn on them, and both sides of each inequality."""
    x, weights = combined(points, seed)
    even = np.full(count, 1 / count)
    return {
        "panels": [
            _panel("x²", np.square, draws(count, seed), even),
            _panel("exp", np.exp, x, weights),
        ]
    }


def _panel(name: str, function: Callable[[Any], Any], x: Array, weights: Array) -> dict[str, Any]:
    reach, mean = np.linspace(x.min() - 0.2, x.max() + 0.2, 81), float(weights @ x)
    return {
        "name": name,
        "points": [x, function(x)],
        "weights": weights,
        "curve": [reach, function(reach)],
        "mean": mean,
        "of_mean": function(mean),
        "mean_of": weights @ function(x),
    }
