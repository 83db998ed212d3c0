"""Local and global minima of a wave that grows (section 3.3.2.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy.optimize import brentq, minimize_scalar

from handbook.labs.result import Result, against, implies, outcome

__all__ = ["compute", "plot", "slope", "stationary", "wave"]

# How near SciPy's search for a minimum comes to it: half the digits of its value.
_FOUND = 1e-6


def wave(x: Any) -> Any:
    """Return x cos(pi x)."""
    return x * np.cos(np.pi * x)


def slope(x: Any) -> Any:
    """Return the derivative of :func:`wave`."""
    return np.cos(np.pi * x) - np.pi * x * np.sin(np.pi * x)


def stationary(low: float, high: float, cells: int) -> list[float]:
    """Return where the slope is 0, from left to right.

    The interval is cut into cells, and each in which the slope changes its sign is searched.

    Examples
    --------
    >>> [round(x, 4) for x in stationary(-1.0, 2.0, 60)]
    [-0.2739, 0.2739, 1.0904]
    """
    ends = np.linspace(low, high, cells + 1)
    signs = np.sign(slope(ends))
    crossings = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    return [float(brentq(slope, ends[i], ends[i + 1], xtol=1e-14)) for i in crossings]


def compute(low: float, high: float, cells: int) -> list[Result]:
    """Find every minimum of a growing wave, by search and by solving for the slope of zero."""
    minima = _minima(low, high, cells)
    deepest = min([low, high, *minima], key=wave)
    # A search of the whole grid, refined in the neighbourhood of each lowest point.
    grid = np.linspace(low, high, 10 * cells + 1)
    values = wave(grid)
    dips = np.flatnonzero((values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])) + 1
    near = [(grid[i - 1], grid[i + 1]) for i in dips]
    searched = [minimize_scalar(wave, bounds=ends, options={"xatol": 1e-10}).x for ends in near]
    x = sympy.Symbol("x", real=True)
    return [
        against("scipy.optimize.minimize_scalar around each lowest point of a grid", _FOUND)(
            f"minima inside [{low:g}, {high:g}]", minima, searched
        ),
        against("the same")(
            "values there",
            [wave(low_point) for low_point in minima],
            [wave(low_point) for low_point in searched],
        ),
        against("the same", _FOUND)(
            "where it is least of all, ends included",
            deepest,
            min([low, high, *searched], key=wave),
        ),
        against("x tan(pi x) = 1/pi mixes x with its tangent: no closed form")(
            "the derivative set to 0, solved in symbols",
            outcome(lambda: sympy.solve(sympy.diff(x * sympy.cos(sympy.pi * x), x), x)),
            "raises NotImplementedError",
            book=implies("runs", (3095, 3099)),
            fault="crashes when run",
            reason="the equation is transcendental, and sympy.solve knows no way for it",
            instead="brackets each change of sign of the derivative and closes in on it "
            "(scipy.optimize.brentq)",
        ),
    ]


def plot(low: float, high: float, cells: int) -> dict[str, Any]:
    """Return the curve and its minima, the deepest last."""
    x = np.linspace(low, high, 241)
    minima = sorted(_minima(low, high, cells), key=wave, reverse=True)
    return {"x": x, "y": wave(x), "minima": [[low_point, wave(low_point)] for low_point in minima]}


def _minima(low: float, high: float, cells: int) -> list[float]:
    """Return the stationary points where the slope rises."""
    step = 1e-6
    return [x for x in stationary(low, high, cells) if slope(x - step) < 0 < slope(x + step)]
