"""A saddle, where descent may stop though the point is no minimum (3.3.2.2)."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.labs.result import Result, against, implies
from handbook.optim import GradientDescent, minimise

__all__ = ["compute", "differences", "kind", "plot", "saddle"]

Array = npt.NDArray[Any]
_STEP = 1e-4


def saddle(point: Array) -> Any:
    """Return x² - y² of points of shape (..., 2)."""
    return point[..., 0] ** 2 - point[..., 1] ** 2


def gradient(point: Array) -> Array:
    """Return (2x, -2y)."""
    return point * [2.0, -2.0]


def differences(point: Array) -> tuple[Array, Array]:
    """Return gradient and Hessian of :func:`saddle` by central differences.

    Examples
    --------
    >>> slope, _ = differences(np.array([1.0, 1.0]))
    >>> slope.round(6).tolist()
    [2.0, -2.0]
    """
    axes = _STEP * np.eye(2)
    slope = np.array([saddle(point + e) - saddle(point - e) for e in axes]) / (2 * _STEP)
    signs = list(product((1, -1), repeat=2))
    hessian = [
        [sum(s * t * saddle(point + s * e + t * f) for s, t in signs) for f in axes] for e in axes
    ]
    return slope, np.array(hessian) / (4 * _STEP**2)


def kind(curvatures: Array) -> str:
    """Name a stationary point by its curvatures.

    Examples
    --------
    >>> kind(np.array([2.0, 2.0])), kind(np.array([-2.0, 2.0])), kind(np.array([0.0, 2.0]))
    ('minimum', 'saddle', 'undecided')
    """
    if np.all(curvatures > _STEP):
        return "minimum"
    if np.all(curvatures < -_STEP):
        return "maximum"
    return "saddle" if curvatures.min() < -_STEP and curvatures.max() > _STEP else "undecided"


def compute(start: list[float], nudge: float, rate: float, steps: int) -> list[Result]:
    """Descend towards a saddle from a point on its ridge and from one just beside it."""
    slope, hessian = differences(np.zeros(2))
    curvatures = np.linalg.eigvalsh(hessian)
    resting, leaving = _paths(start, nudge, rate, steps)
    return [
        against("closed form (2x, -2y)")("gradient at (0, 0)", slope, [0.0, 0.0]),
        against("closed form: the Hessian is diagonal, 2 and -2", 1e-6)(
            "eigenvalues of the Hessian there", curvatures, [-2.0, 2.0]
        ),
        against("one eigenvalue below 0, one above: second-derivative test")(
            "what the point is", kind(curvatures), "saddle"
        ),
        against("the signs of the diagonal of the Hessian, 2 and -2")(
            "axis along which the function curves upward",
            "xy"[int(np.argmax(np.diag(hessian)))],
            "x",
            book=implies("y", 3154),
            reason="x² - y² curves upward along x and downward along y; the text has it the other "
            "way round, though it rightly names the minimum along x and the maximum along y",
            instead="computes the curvature along each axis",
            fault="contradicts itself",
        ),
        against("closed form: x shrinks by 1 - 2 rate a step, y stays 0")(
            f"after {steps} steps from ({start[0]:g}, 0)",
            resting[-1],
            [start[0] * (1 - 2 * rate) ** steps, 0.0],
        ),
        against("closed form: y grows by 1 + 2 rate a step", 1e-6)(
            f"after {steps} steps from ({start[0]:g}, {nudge:g})",
            leaving[-1],
            [start[0] * (1 - 2 * rate) ** steps, nudge * (1 + 2 * rate) ** steps],
        ),
    ]


def plot(start: list[float], nudge: float, rate: float, steps: int) -> dict[str, Any]:
    """Return both paths, within the square that is drawn."""
    reach = max(map(abs, start)) * 1.15
    paths = _paths(start, nudge, rate, steps)
    inside = [path[np.abs(path).max(axis=1) <= reach] for path in paths]
    heights = [saddle(path) for path in paths]
    return {"reach": reach, "nudge": nudge, "paths": inside, "heights": heights}


def _paths(start: list[float], nudge: float, rate: float, steps: int) -> tuple[Array, Array]:
    on, beside = [start[0], 0.0], [start[0], nudge]
    first, second = (minimise(GradientDescent(rate), gradient, p, steps) for p in (on, beside))
    return first, second
