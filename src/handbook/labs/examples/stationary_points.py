"""Where x², sin x and x³ − x are flat, and which of them is convex (section 3.4.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from scipy.optimize import brentq

from handbook.labs.result import Array, Result, against, implies

__all__ = ["FUNCTIONS", "compute", "flat", "kind", "plot"]

#: Each function with its first and second derivative.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "x²": (np.square, lambda x: 2 * x, lambda x: 2 + 0 * x),
    "sin x": (np.sin, np.cos, lambda x: -np.sin(x)),
    "x³ − x": (lambda x: x**3 - x, lambda x: 3 * x**2 - 1, lambda x: 6 * x),
}
# How far a root may lie from the closed form's.
_EXACT = 1e-9


def flat(slope: Callable[[Any], Any], low: float, high: float, cells: int) -> list[float]:
    """Return where a slope changes its sign, from left to right.

    The interval is cut into cells, and each in which the sign changes is searched.

    Examples
    --------
    >>> [round(x, 6) for x in flat(np.cos, -2.0, 2.0, 9)]
    [-1.570796, 1.570796]
    """
    ends = np.linspace(low, high, cells + 1)
    signs = np.sign(slope(ends))
    crossed = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    between = [float(brentq(slope, ends[i], ends[i + 1], xtol=1e-14)) for i in crossed]
    return sorted([*between, *ends[signs == 0].tolist()])


def kind(curvature: float) -> str:
    """Name a stationary point by the second derivative there.

    Examples
    --------
    >>> kind(2.0), kind(-1.0), kind(0.0)
    ('minimum', 'maximum', 'undecided')
    """
    if curvature == 0:
        return "undecided"
    return "minimum" if curvature > 0 else "maximum"


def compute(low: float, high: float, points: int) -> list[Result]:
    """Find where x², sin x and x³ − x are flat, and tell minima from maxima."""
    grid = np.linspace(low, high, points)
    results = []
    for name, (value, slope, bend) in FUNCTIONS.items():
        roots = flat(slope, low, high, points - 1)
        exact, kinds = _in_symbols(name, low, high)
        results += [
            against("sympy.solveset of the derivative", _EXACT)(
                f"{name}: where it is flat", roots, exact
            ),
            against("sympy: sign of the second derivative there")(
                f"{name}: what these points are", ", ".join(kind(bend(x)) for x in roots), kinds
            ),
            against("its second derivative is nowhere negative, or it is not convex")(
                f"{name}: whether each chord of {points} points lies above it",
                "convex" if _chords_above(value(grid)) else "not convex",
                "convex" if bend(grid).min() >= 0 else "not convex",
                book=implies("convex" if name == "x²" else "not convex", 3305),
            ),
        ]
    (value, slope, _) = FUNCTIONS["x³ − x"]
    lowest = [x for x in flat(slope, low, high, points - 1) if FUNCTIONS["x³ − x"][2](x) > 0]
    ends = [float(value(low)), float(value(high))]
    return [
        *results,
        against("closed form: −2 / (3 √3) at 1 / √3, and x³ − x at the left end")(
            "x³ − x: its value at the minimum, and at the end where it is least",
            [value(lowest[0]), min(ends)],
            [-2 / (3 * 3**0.5), low**3 - low],
        ),
    ]


def plot(low: float, high: float, points: int) -> dict[str, Any]:
    """Return the three curves and their flat points by kind."""
    x = np.linspace(low, high, points)
    curves = []
    for name, (value, slope, bend) in FUNCTIONS.items():
        roots = flat(slope, low, high, points - 1)
        curves.append(
            {
                "name": name,
                "y": value(x),
                "convex": _chords_above(value(x)),
                "points": [[root, value(root), kind(bend(root))] for root in roots],
            }
        )
    return {"x": x, "curves": curves}


def _chords_above(y: Array) -> bool:
    """Whether values on an even grid lie on or below the middle of every chord between two."""
    i, j = np.triu_indices(len(y), k=2)
    even = (i + j) % 2 == 0
    i, j = i[even], j[even]
    return bool(np.all(y[(i + j) // 2] <= (y[i] + y[j]) / 2 + 1e-12))


def _in_symbols(name: str, low: float, high: float) -> tuple[list[float], str]:
    """Return the stationary points of a function and their kinds, by sympy."""
    x = sympy.Symbol("x", real=True)
    function = {"x²": x**2, "sin x": sympy.sin(x), "x³ − x": x**3 - x}[name]
    inside = sympy.Interval(sympy.nsimplify(low), sympy.nsimplify(high))
    roots = sorted(sympy.solveset(sympy.diff(function, x), x, inside), key=float)
    second = sympy.diff(function, x, 2)
    signs = [sympy.sign(second.subs(x, root)) for root in roots]
    words = {1: "minimum", 0: "undecided", -1: "maximum"}
    return [float(root) for root in roots], ", ".join(words[int(sign)] for sign in signs)
