"""The most profitable amounts of two products under a limit (section 3.5.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from handbook.labs.examples.feasible_region import corners
from handbook.labs.result import Array, Result, against

__all__ = ["best", "compute", "plot"]


def best(profit: list[float], least: list[float], limit: float) -> tuple[Array, float]:
    """Return the most profitable amounts and their profit: a linear one is best in a corner.

    `profit` is that of a unit of each product, `least` holds their least amounts, `limit` is the
    most of both together.

    Examples
    --------
    >>> amounts, earned = best([1.0, 2.0], [1.0, 0.0], 5.0)
    >>> amounts.tolist(), earned
    ([1.0, 4.0], 9.0)
    """
    points = corners(*_constraints(least, limit))
    earned = points @ np.array(profit)
    top = int(earned.argmax())
    return points[top], float(earned[top])


def compute(profit: list[float], least: list[float], limit: float, hours: float) -> list[Result]:
    """Solve the program of the listing, and that of the text."""
    listed, earned = best(profit, least, limit)
    by_hours, earned_by_hours = best(profit, least, hours)
    peer, peer_by_hours = (_scipy(profit, least, bound) for bound in (limit, hours))
    return [
        against("scipy.optimize.linprog")(
            f"amounts, at most {limit:g} of both together", listed, peer.x, printed=[50.0, 4950.0]
        ),
        against("scipy.optimize.linprog")("their profit", earned, -float(peer.fun)),
        against("scipy.optimize.linprog")(
            f"amounts, at most {hours:g} hours in all as in the text",
            by_hours,
            peer_by_hours.x,
            printed=listed,
            reason=f"the text limits the hours to {hours:g}; the listing bounds their sum by "
            f"{limit:g}, the text's sum of money",
            instead="solves both",
        ),
        against("scipy.optimize.linprog")(
            "their profit, with the text's hours", earned_by_hours, -float(peer_by_hours.fun)
        ),
    ]


def plot(profit: list[float], least: list[float], limit: float, hours: float) -> dict[str, Any]:
    """Return for each limit the region's corners and the best of them."""
    return {
        "profit": profit,
        "panels": [
            {
                "limit": bound,
                "corners": corners(*_constraints(least, bound)),
                "best": best(profit, least, bound)[0],
                "earned": best(profit, least, bound)[1],
            }
            for bound in (limit, hours)
        ],
    }


def _constraints(least: list[float], limit: float) -> tuple[Array, Array]:
    A = np.array([[-1.0, 0.0], [0.0, -1.0], [1.0, 1.0]])
    return A, np.array([-least[0], -least[1], limit])


def _scipy(profit: list[float], least: list[float], limit: float) -> Any:
    return linprog(-np.array(profit), [[1, 1]], [limit], bounds=[(bound, None) for bound in least])
