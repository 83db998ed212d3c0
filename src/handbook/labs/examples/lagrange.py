"""The Lagrange multiplier as the price of a constraint (section 3.5.6)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

from handbook.labs.result import Array, Result, against, prints

__all__ = ["compute", "plot", "solve"]


def solve(normal: list[float], level: float) -> tuple[Array, float]:
    """Minimise x² + y² under ``normal · (x, y) = level``.

    Where the Lagrangian ``L = f + multiplier * (normal · p - level)`` is stationary, three linear
    equations hold.

    The multiplier is minus the rate at which the least value grows with `level`.

    Examples
    --------
    >>> point, multiplier = solve([1.0, 1.0], 2.0)
    >>> point.tolist(), multiplier
    ([1.0, 1.0], -2.0)
    """
    a = np.array(normal, float)
    system = np.block([[2 * np.eye(2), a[:, None]], [a[None, :], np.zeros((1, 1))]])
    *point, multiplier = np.linalg.solve(system, [0.0, 0.0, level])
    return np.array(point), float(multiplier)


def compute(normal: list[float], level: float) -> list[Result]:
    """Solve the book's example, and compare its multiplier with the gain of a looser limit."""
    point, multiplier = solve(normal, level)
    h = 1e-3
    growth = (_scipy(normal, level + h).fun - _scipy(normal, level - h).fun) / (2 * h)
    peer = _scipy(normal, level)
    return [
        against("scipy.optimize.minimize (SLSQP)", 1e-6)(
            "minimum", point, peer.x, book=prints([0.5, 0.5], 3879)
        ),
        against("scipy.optimize.minimize (SLSQP)", 1e-6)("least value", point @ point, peer.fun),
        against("minus the growth of SciPy's least value with the constraint's level", 1e-5)(
            "multiplier, of L = f + multiplier * g",
            multiplier,
            -growth,
            book=prints(0.4999999999999994, 3881),
            fault="gives another number",
            reason="what is printed as the multiplier is the objective's value at the minimum",
            instead="solves the three equations of the stationary Lagrangian",
        ),
        against("what makes the Lagrangian stationary")(
            "gradient of f plus multiplier times gradient of g",
            2 * point + multiplier * np.array(normal),
            [0.0, 0.0],
        ),
    ]


def plot(normal: list[float], level: float) -> dict[str, Any]:
    """Return the constraint, the minimum and the two gradients there."""
    point, multiplier = solve(normal, level)
    return {
        "normal": normal,
        "level": level,
        "point": point,
        "multiplier": multiplier,
        "value": point @ point,
        "gradient": 2 * point,
    }


def _scipy(normal: list[float], level: float) -> Any:
    return minimize(
        lambda p: p @ p,
        [0.3, 0.4],
        jac=lambda p: 2 * p,
        constraints={"type": "eq", "fun": lambda p: np.array(normal) @ p - level},
        method="SLSQP",
        options={"ftol": 1e-14},
    )
