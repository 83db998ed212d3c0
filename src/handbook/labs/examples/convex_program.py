"""The smallest sum of squares under an inequality and under an equation (3.5.3 and 3.5.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from handbook.labs.result import Array, Result, against, prints
from handbook.models.rbf.simplex import project_onto_simplex
from handbook.optim import GradientDescent

__all__ = ["compute", "onto_simplex", "plot"]

# What section 3.5.3 prints as its answer.
_BOOK_POINT, _BOOK_VALUE = [2.00563673e-10, 3.0], 5.999999998779675
# How near SciPy's solver comes to the answer.
_SOLVED = 1e-6


def onto_simplex(point: Array) -> Array:
    """Return the nearest point whose entries are not negative and sum to 1.

    Examples
    --------
    >>> onto_simplex(np.array([2.0, 0.0])).tolist(), onto_simplex(np.array([1.0, 1.0])).tolist()
    ([1.0, 0.0], [0.5, 0.5])
    """
    return np.asarray(project_onto_simplex(point[None])[0])


def onto_solid(point: Array) -> Array:
    """Return the nearest point whose entries are not negative and sum to at most 1.

    Examples
    --------
    >>> onto_solid(np.array([-1.0, 0.25])).tolist()
    [0.0, 0.25]
    """
    clipped = np.maximum(point, 0.0)
    return clipped if clipped.sum() <= 1 else onto_simplex(point)


def projected_descent(
    project: Callable[[Array], Array], start: npt.ArrayLike, rate: float, steps: int
) -> Array:
    """Descend on the sum of squares, projecting each point onto the region; (steps + 1, d)."""
    rule, path = GradientDescent(rate), [project(np.array(start, float))]
    for _ in range(steps):
        path.append(project(rule.step(path[-1], 2 * path[-1])))
    return np.array(path)


def compute(start: list[float], rate: float, steps: int) -> list[Result]:
    """Find the smallest sum of squares, under an inequality and under an equation."""
    inside = projected_descent(onto_solid, start, rate, steps)[-1]
    exact = projected_descent(onto_simplex, start, rate, steps)[-1]
    peers = {kind: _scipy(kind) for kind in ("ineq", "eq")}
    broken = sum(_BOOK_POINT) - 1
    return [
        against("scipy.optimize.minimize (SLSQP)", _SOLVED)(
            "minimum with x >= 0 and a sum of at most 1",
            inside,
            peers["ineq"].x,
            book=prints(_BOOK_POINT, 3747),
            fault="gives another number",
            reason=f"the printed point sums to {sum(_BOOK_POINT):g}: it breaks the constraint by "
            f"{broken:g}",
            instead="solves it by projected descent: the origin is allowed and nothing is smaller",
        ),
        against("scipy.optimize.minimize (SLSQP); closed form 0", _SOLVED)(
            "least sum of squares there",
            inside @ inside,
            peers["ineq"].fun,
            book=prints(_BOOK_VALUE, 3745),
            fault="gives another number",
            reason="a sum of squares is least at the origin, where it is 0; at the printed point "
            f"it would be {float(np.square(_BOOK_POINT).sum()):g}, not {_BOOK_VALUE:g}",
            instead="finds 0",
        ),
        against("scipy.optimize.minimize (SLSQP)", _SOLVED)(
            "minimum with x >= 0 and a sum of exactly 1",
            exact,
            peers["eq"].x,
            book=prints([0.5, 0.5], 3798),
        ),
        against("scipy.optimize.minimize (SLSQP); closed form 1/2", _SOLVED)(
            "least sum of squares there, sum of exactly 1",
            exact @ exact,
            peers["eq"].fun,
        ),
    ]


def plot(start: list[float], rate: float, steps: int) -> dict[str, Any]:
    """Return both paths."""
    return {
        "book": _BOOK_POINT,
        "paths": {
            "sum at most 1": projected_descent(onto_solid, start, rate, steps),
            "sum exactly 1": projected_descent(onto_simplex, start, rate, steps),
        },
    }


def _scipy(kind: str) -> Any:
    # "ineq" asks for a function that is not negative, "eq" for one that is 0.
    return minimize(
        lambda x: x @ x,
        [0.2, 0.7],
        jac=lambda x: 2 * x,
        bounds=[(0, None)] * 2,
        constraints={"type": kind, "fun": lambda x: 1 - x.sum()},
        method="SLSQP",
        options={"ftol": 1e-14},
    )
