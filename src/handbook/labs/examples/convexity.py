"""Convex sets and functions, and the checks that tell them (section 3.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from handbook.labs.result import Array, Result, against, implies, listing

__all__ = ["above_chord", "compute", "plot"]

_SHARES = np.linspace(0, 1, 101)


def share_inside(inside: Callable[[Array], Any], start: npt.ArrayLike, end: npt.ArrayLike) -> float:
    """Return the share of a segment's points that lie in a set; 1 for each segment if convex.

    Examples
    --------
    >>> share_inside(lambda p: (p**2).sum(axis=1) <= 1, [-1.0, 0.0], [1.0, 0.0])
    1.0
    """
    a, b = np.asarray(start, float), np.asarray(end, float)
    return float(np.mean(inside(a + _SHARES[:, None] * (b - a))))


def above_chord(function: Callable[[Any], Any], x1: float, x2: float) -> float:
    """Return by how much a function exceeds its chord at most: never above 0 if convex.

    Examples
    --------
    >>> above_chord(np.square, -1.0, 1.0), above_chord(np.negative, 0.0, 3.0)
    (0.0, 0.0)
    """
    between = function((1 - _SHARES) * x1 + _SHARES * x2)
    chord = (1 - _SHARES) * function(x1) + _SHARES * function(x2)
    return float(np.max(between - chord))


def second_derivative(values: Array, grid: Array) -> Array:
    """Return the second derivative on an even grid, exact for a parabola at the ends too.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> second_derivative(x**2, x).tolist()
    [2.0, 2.0, 2.0, 2.0]
    """
    slope = np.gradient(values, grid, edge_order=2)
    return np.asarray(np.gradient(slope, grid, edge_order=2))


def compute(x1: float, x2: float, points: int, seed: int, reach: float, cells: int) -> list[Result]:
    """Test x², a disc and a ring for convexity, and Jensen's inequality on random points."""
    grid = np.linspace(-reach, reach, cells)
    middle = cells // 2
    bare = np.gradient(np.gradient(grid**2))
    chosen, weights = _combination(points, seed)
    mean, combined = float(weights @ chosen), float(weights @ np.exp(chosen))
    lowest = minimize_scalar(np.square, bracket=(x1, x2))
    return [
        Result(
            "share of a segment through the middle inside a disc and inside a ring",
            [share_inside(inside, [-1.0, 0.0], [1.0, 0.0]) for inside in (_disc, _ring)],
            [1.0, 52 / 101],
            "closed form: the disc |p| <= 1 holds all of 101 points from -1 to 1, the ring "
            "1/2 <= |p| <= 1 those 52 that lie outside its hole",
        ),
        against("closed form: the excess is -t (1 - t) (x1 - x2)², 0 at the ends alone")(
            f"largest excess of x² over its chord from {x1:g} to {x2:g}",
            above_chord(np.square, x1, x2),
            0.0,
        ),
        against("closed form: t (1 - t) (x1 - x2)², at t = 1/2")(
            "the same of -x²", above_chord(lambda x: -np.square(x), x1, x2), (x1 - x2) ** 2 / 4
        ),
        against("closed form", 1e-8)(
            f"second derivative of x² on {cells} points of [−{reach:g}, {reach:g}], in the middle "
            "and at an end",
            second_derivative(grid**2, grid)[[middle, 0]],
            [2.0, 2.0],
            # The grid's step is left out, twice.
            book=listing(bare[[middle, 0]], (3395, 3399)),
            fault="gives another number",
            reason="differences of neighbours must be divided by the grid's step, squared, and at "
            "the ends only half of it is left; the sign, which is all that the listing asks for, "
            "is right",
            instead="divides by the step, and takes differences of second order at the ends",
        ),
        against("scipy.optimize.minimize_scalar")(
            "is 0 the global minimum of x²",
            "yes" if np.all(grid**2 >= 0.0) else "no",
            "yes" if abs(float(lowest.x)) < 1e-6 else "no",
            book=listing("no", (3427, 3445, 3460)),
            fault="contradicts itself",
            reason="the listing asks whether all values are as small as the least, which is so of "
            "a constant alone, and so tells that x² has no global minimum, where the text above it "
            "gives every convex function one",
            instead="compares the value at the minimum with every other, equality allowed",
        ),
        against("scipy.special.logsumexp")(
            f"combination of exp at {points} points, with weights of a Dirichlet distribution",
            combined,
            np.exp(logsumexp(chosen, b=weights)),
        ),
        against("Jensen (1906): exp is convex")(
            "exp of the combined points, at most that",
            "holds" if np.exp(mean) <= combined else "fails",
            "holds",
            book=implies("holds", 3510),
        ),
    ]


def plot(x1: float, x2: float, points: int, seed: int, reach: float, cells: int) -> dict[str, Any]:
    """Return x² with its chord, and exp with the points, their mean and their combination."""
    chosen, weights = _combination(points, seed)
    across = np.linspace(1.5 * x1, 1.5 * x2, 81)
    wide = np.linspace(chosen.min() - 0.3, chosen.max() + 0.1, 81)
    mean = float(weights @ chosen)
    return {
        "square": [across, across**2],
        "chord": [[x1, x2], [x1**2, x2**2]],
        "exp": [wide, np.exp(wide)],
        "points": [chosen, np.exp(chosen)],
        "mean": mean,
        "of_mean": np.exp(mean),
        "combined": weights @ np.exp(chosen),
    }


def _disc(points: Array) -> Any:
    return np.hypot(*points.T) <= 1


def _ring(points: Array) -> Any:
    radius = np.hypot(*points.T)
    # Half a cell of tolerance: which side a point on the edge falls on is no matter of rounding.
    return (radius >= 0.5 - 1e-9) & (radius <= 1)


def _combination(points: int, seed: int) -> tuple[Array, Array]:
    """Draw points and weights one after the other from one seed, as the book does.

    The weights are evenly distributed over all that are positive and add up to 1 (Dirichlet).
    """
    random = np.random.RandomState(seed)
    return random.randn(points), random.dirichlet(np.ones(points))
