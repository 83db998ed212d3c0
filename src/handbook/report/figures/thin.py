"""Lines with fewer points that look the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["envelope", "simplify"]

Array = npt.NDArray[Any]


def simplify(x: Array, y: Array, most: int = 1500) -> tuple[Array, Array]:
    """Drop the points that a line does not need.

    Points in line with their neighbours are dropped, which changes nothing. Only where more than
    `most` are left, those go too that are nearer to the line than a tolerance, which starts at a
    tenth of a pixel of a usual figure and doubles until few enough are left.

    Parameters
    ----------
    x, y : float arrays of shape (n,)
        In units of the axes: both from 0 to 1.
    most : int
        Number of points to stay below.

    Returns
    -------
    x, y : float arrays of shape (m,), m <= n
        The first and the last point are kept.

    References
    ----------
    Douglas and Peucker (1973).

    Examples
    --------
    >>> x, y = simplify(np.array([0, 0.25, 0.5, 1]), np.array([0, 0.5, 1, 1]))
    >>> x.tolist(), y.tolist()
    ([0.0, 0.5, 1.0], [0.0, 1.0, 1.0])
    """
    keep = _needed(x, y, 1e-12)
    x, y = x[keep], y[keep]
    tolerance = 1 / 4000
    while len(x) > most:
        keep = _needed(x, y, tolerance)
        x, y = x[keep], y[keep]
        tolerance *= 2
    return x, y


def _needed(x: Array, y: Array, tolerance: float) -> npt.NDArray[np.bool_]:
    keep = np.zeros(len(x), dtype=bool)
    keep[[0, -1]] = True
    open_ends = [(0, len(x) - 1)]
    while open_ends:
        first, last = open_ends.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        dx, dy = x[last] - x[first], y[last] - y[first]
        away_x, away_y = x[inner] - x[first], y[inner] - y[first]
        length = np.hypot(dx, dy)
        # A closed loop has no chord: distance to its one end instead.
        distance = (
            np.abs(dx * away_y - dy * away_x) / length if length else np.hypot(away_x, away_y)
        )
        furthest = int(np.argmax(distance))
        if distance[furthest] > tolerance:
            middle = first + 1 + furthest
            keep[middle] = True
            open_ends += [(first, middle), (middle, last)]
    return keep


def envelope(x: Array, y: Array, bins: int = 600) -> tuple[Array, Array]:
    """Keep the lowest and the highest point of each of `bins` stretches of a long noisy line.

    With more stretches than the figure has pixels across, the drawn line is the same.

    Parameters
    ----------
    x, y : float arrays of shape (n,)
        `x` rises.
    bins : int

    Returns
    -------
    x, y : float arrays of shape (m,), m <= 2 * bins + 2
        Unchanged where n is no larger than that.
    """
    if len(x) <= 2 * bins + 2:
        return x, y
    keep = {0, len(x) - 1}
    for part in np.array_split(np.arange(len(x)), bins):
        values = y[part]
        if not np.isnan(values).all():
            keep |= {int(part[np.nanargmin(values)]), int(part[np.nanargmax(values)])}
    order = sorted(keep)
    return x[order], y[order]
