"""The feasible region of four linear constraints (section 3.5.1)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, HalfspaceIntersection

from handbook.labs.result import Result, against

__all__ = ["compute", "corners", "plot"]

Array = npt.NDArray[Any]
_SLACK = 1e-9


def corners(A: Array, b: Array) -> Array:
    """Return the corners of ``A p <= b`` in the plane, counter-clockwise from the lowest left.

    Every two lines are intersected; the points that satisfy all constraints are corners.

    A is of shape (m, 2), b of shape (m,).

    Examples
    --------
    >>> A = np.array([[-1.0, 0.0], [0.0, -1.0], [1.0, 1.0]])
    >>> corners(A, np.array([0.0, 0.0, 1.0])).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    kept: list[Array] = []
    for pair in map(list, combinations(range(len(b)), 2)):
        if abs(np.linalg.det(A[pair])) < _SLACK:
            continue  # parallel
        point = np.linalg.solve(A[pair], b[pair]) + 0.0  # no -0.0
        new = not any(np.allclose(point, corner) for corner in kept)
        if new and np.all(A @ point <= b + _SLACK):
            kept.append(point)
    points = np.array(kept).reshape(-1, 2)
    away = points - points.mean(axis=0)
    turned = points[np.argsort(np.arctan2(away[:, 1], away[:, 0]))]
    lowest = np.lexsort((turned[:, 0], turned[:, 1]))[0]
    return np.roll(turned, -lowest, axis=0)


def compute(A: list[list[float]], b: list[float]) -> list[Result]:
    """Find the corners and the area of the region that four inequalities ``A p <= b`` leave."""
    rows, limits = np.array(A, float), np.array(b, float)
    vertices = corners(rows, limits)
    reference = _by_qhull(rows, limits)
    x, y = vertices.T
    area = 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))
    return [
        against("scipy.spatial.HalfspaceIntersection")("corners", vertices, _ordered(reference)),
        against("scipy.spatial.ConvexHull")("area", area, ConvexHull(reference).volume),
        against("two lines meet in a corner of the plane")(
            "constraints that hold with equality at each corner",
            np.sum(np.abs(rows @ vertices.T - limits[:, None]) < _SLACK, axis=0),
            [2] * len(reference),
        ),
    ]


def plot(A: list[list[float]], b: list[float]) -> dict[str, Any]:
    """Return the constraints and the corners."""
    return {"A": A, "b": b, "corners": corners(np.array(A, float), np.array(b, float))}


def _by_qhull(A: Array, b: Array) -> Array:
    # The largest ball inside, whose middle is strictly within: qhull asks for such a point.
    norms = np.linalg.norm(A, axis=1)
    ball = linprog([0, 0, -1], np.column_stack([A, norms]), b, bounds=[(None, None)] * 2 + [(0, 1)])
    region = HalfspaceIntersection(np.column_stack([A, -b]), ball.x[:2])
    return np.unique(region.intersections.round(9), axis=0)


def _ordered(points: Array) -> Array:
    """Order a convex polygon's corners as :func:`corners` does."""
    turned = points[ConvexHull(points).vertices]  # counter-clockwise
    first = np.lexsort((turned[:, 0], turned[:, 1]))[0]
    return np.asarray(np.roll(turned, -first, axis=0) + 0.0)
