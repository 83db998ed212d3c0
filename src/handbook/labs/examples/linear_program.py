"""The most profitable amounts of two products under a limit (section 3.5.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from handbook.labs.examples.feasible_region import corners
from handbook.labs.result import Array, Result, against, prints

__all__ = ["best", "compute", "plot"]

by_linprog = against("scipy.optimize.linprog")


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
    """Find the most profitable amounts of two products, by the listing and by the text."""
    listed, earned = best(profit, least, limit)
    by_hours, earned_by_hours = best(profit, least, hours)
    peer, peer_by_hours = (_scipy(profit, least, bound) for bound in (limit, hours))
    return [
        by_linprog(
            f"amounts, at most {limit:g} of both together",
            listed,
            peer.x,
            book=prints([50.0, 4950.0], (3699, 3701)),
        ),
        by_linprog("their profit", earned, -peer.fun),
        by_linprog(
            f"amounts, at most {hours:g} hours in all as in the text",
            by_hours,
            peer_by_hours.x,
            book=prints([50.0, 4950.0], (3699, 3701)),
            fault="contradicts itself",
            reason=f"the text limits the hours to {hours:g}; the listing bounds their sum by "
            f"{limit:g}, the text's sum of money",
            instead="solves both",
        ),
        by_linprog("their profit, with the text's hours", earned_by_hours, -peer_by_hours.fun),
    ]


def plot(profit: list[float], least: list[float], limit: float, hours: float) -> dict[str, Any]:
    """Return for each limit the region's corners and the best of them."""
    panels = []
    for bound in (limit, hours):
        amounts, earned = best(profit, least, bound)
        region = corners(*_constraints(least, bound))
        panels.append({"limit": bound, "corners": region, "best": amounts, "earned": earned})
    return {"profit": profit, "panels": panels}


def _constraints(least: list[float], limit: float) -> tuple[Array, Array]:
    A = np.array([[-1.0, 0.0], [0.0, -1.0], [1.0, 1.0]])
    return A, np.array([-least[0], -least[1], limit])


def _scipy(profit: list[float], least: list[float], limit: float) -> Any:
    return linprog(-np.array(profit), [[1, 1]], [limit], bounds=[(bound, None) for bound in least])
