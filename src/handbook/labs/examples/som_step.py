"""One step of a self-organizing map: distances, best matching unit, update (section 8.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from handbook.labs.result import Result, against, prints

__all__ = ["compute", "plot", "step"]

# What section 8.4 prints; later it speaks of node 4, with the weights of node 3.
_BOOK_UNIT = 3
_BOOK_UPDATE = [0.545, 0.51, 0.675]


def step(weights: np.ndarray, x: np.ndarray, rate: float) -> tuple[np.ndarray, int, np.ndarray]:
    """Find the best matching unit of `x` and move it towards `x`.

    Returns the distances of `weights`, (nodes, d), to `x`, (d,); the position of the nearest node,
    counted from 0; and its weights after the step. The learning rate lies in (0, 1].

    References
    ----------
    Kohonen (1982), "Self-organized formation of topologically correct feature maps".

    Examples
    --------
    >>> _, unit, updated = step(np.array([[0.0], [1.0]]), np.array([0.9]), rate=0.5)
    >>> unit, updated.round(2).tolist()
    (1, [0.95])
    """
    distances = np.sqrt(((weights - x) ** 2).sum(axis=1))  # (nodes,)
    unit = int(distances.argmin())
    return distances, unit, weights[unit] + rate * (x - weights[unit])


def compute(nodes: list[list[float]], x: list[float], rate: float) -> list[Result]:
    """Find the best of the book's nine nodes for one input, and move it towards that input."""
    weights, point = np.array(nodes), np.array(x)
    distances, unit, updated = step(weights, point, rate)
    reference = cdist(weights, point[None])[:, 0]
    nearest = int(np.argsort(reference, kind="stable")[0])
    return [
        against("scipy.spatial.distance.cdist")(
            "distances to the nine nodes", distances, reference
        ),
        against("smallest distance")(
            "best matching unit, counted from 1",
            unit + 1,
            nearest + 1,
            book=prints(_BOOK_UNIT, 8481),
            fault="gives another number",
            reason=f"node {nearest + 1} is nearer ({reference[nearest]:.3f}) than node "
            f"{_BOOK_UNIT} ({reference[_BOOK_UNIT - 1]:.3f})",
            instead=f"takes the smallest distance: node {nearest + 1}",
        ),
        against("scipy.spatial.distance.cdist")(
            f"distance of node {_BOOK_UNIT}",
            distances[_BOOK_UNIT - 1],
            reference[_BOOK_UNIT - 1],
            book=prints(0.4, 8500),
            fault="gives another number",
            reason="the square root of the summed squares is "
            f"{reference[_BOOK_UNIT - 1]:.3f}; no node is as near as 0.4",
            instead="lists all nine distances",
        ),
        against("smallest distance")(
            "best matching unit in the step that moves the weights, counted from 1",
            unit + 1,
            nearest + 1,
            book=prints(4, 8587),
            fault="contradicts itself",
            reason=f"it was node {_BOOK_UNIT} before, and the weights that follow are those of "
            f"node {_BOOK_UNIT}",
            instead=f"keeps to node {nearest + 1}",
        ),
        against("closed form (1 - rate) w + rate x")(
            "its weights after the step", updated, (1 - rate) * weights[nearest] + rate * point
        ),
        against("closed form (1 - rate) w + rate x")(
            f"weights of node {_BOOK_UNIT}, were it moved by the same step",
            step(weights[_BOOK_UNIT - 1 : _BOOK_UNIT], point, rate)[2],
            (1 - rate) * weights[_BOOK_UNIT - 1] + rate * point,
            book=prints(_BOOK_UPDATE, 8627),
        ),
    ]


def plot(nodes: list[list[float]], x: list[float], rate: float) -> dict[str, Any]:
    """Return the distances, and the winner before and after the step."""
    weights = np.array(nodes)
    distances, unit, updated = step(weights, np.array(x), rate)
    return {
        "distances": distances,
        "unit": unit + 1,
        "book_unit": _BOOK_UNIT,
        "x": x,
        "before": nodes[unit],
        "after": updated,
        "rate": rate,
    }
