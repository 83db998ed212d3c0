"""Convex functions with one minimum, with many and with none (section 3.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from handbook.labs.result import Array, Result, against, implies

__all__ = ["FUNCTIONS", "compute", "least", "plot"]

#: By name, each convex.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "x²": np.square,
    "e^x": np.exp,
    "max(|x| − 1, 0)": lambda x: np.maximum(np.abs(x) - 1, 0),
}
_NOTHING = 1e-12


def least(function: Callable[[Any], Any], x: Array) -> Array:
    """Return the points of a grid at which a function is least.

    Examples
    --------
    >>> least(np.abs, np.array([-1.0, 0.0, 2.0])).tolist()
    [0.0]
    """
    values = function(x)
    return np.asarray(x[values <= values.min() + _NOTHING])


def compute(reach: float, points: int, ends: list[float]) -> list[Result]:
    """Look for the minima of convex functions: one, many, or none at all, as with e^x."""
    grid = np.linspace(-reach, reach, points)
    inside = sum(1 for x in grid if abs(x) <= 1 + _NOTHING)
    deepest = [float(least(np.exp, np.linspace(-end, end, points))[0]) for end in ends]
    return [
        against("scipy.optimize.minimize_scalar", 1e-6)(
            "where x² is least", least(np.square, grid), [minimize_scalar(np.square).x]
        ),
        Result(
            f"where e^x is least on the line from −L to L, L = {', '.join(f'{e:g}' for e in ends)}",
            deepest,
            [-end for end in ends],
            "closed form: its derivative e^x is above 0, so that it falls as far as one looks",
            book=implies("at one point, whatever L", (3307, 3427, 3521, 3554)),
            reason="a convex function need not have a least value: e^x, which the section itself "
            "takes for an example, comes near to 0 and never reaches it. Convexity says that a "
            "local minimum is a global one, where there is one",
            instead="runs its checks on functions that have a minimum, and says so",
            fault="wrong claim",
        ),
        Result(
            f"points of {points} from {-reach:g} to {reach:g} at which max(|x| − 1, 0) is least",
            len(least(FUNCTIONS["max(|x| − 1, 0)"], grid)),
            inside,
            "counting the points between −1 and 1",
            book=implies(1, (3307, 3427)),
            reason="where there is a least value, it may be taken at many points; only a strictly "
            "convex function has one at most",
            instead="names the points, not the point",
            fault="wrong claim",
        ),
    ]


def plot(reach: float, points: int, ends: list[float]) -> dict[str, Any]:
    """Return each function on the grid, and where it is least."""
    grid = np.linspace(-reach, reach, points)
    return {
        "x": grid,
        "functions": [
            {
                "name": name,
                "values": function(grid),
                "least": least(function, grid),
                "reached": bool(least(function, grid)[0] > grid[0]),
            }
            for name, function in FUNCTIONS.items()
        ],
    }
