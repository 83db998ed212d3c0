"""Gradient descent in a narrow valley, with a preconditioner and without (section 3.6)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from handbook.labs.peers import torch_path
from handbook.labs.result import Array, Result, against
from handbook.optim import GradientDescent, minimise

__all__ = ["compute", "descents", "plot", "valley"]


def valley(condition: float, turn: float) -> Array:
    """Return the curvatures of a bowl, (2, 2): 1 and `condition` along axes turned by degrees.

    Examples
    --------
    >>> valley(10.0, 0.0).tolist()
    [[1.0, 0.0], [0.0, 10.0]]
    """
    angle = math.radians(turn)
    axes = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(axes @ np.diag([1.0, condition]) @ axes.T)


def descents(condition: float, turn: float, start: list[float], steps: int) -> dict[str, Array]:
    """Return the paths, (steps + 1, 2), with each preconditioner at its best constant rate.

    The gradient is multiplied by nothing, by the inverse of the diagonal of the curvatures, or by
    the inverse of all of them. The best rate is 2 over the sum of the least and the largest
    curvature that are left.
    """
    H = valley(condition, turn)
    inverses = {
        "plain": np.eye(2),
        "diagonal": np.diag(1 / np.diag(H)),
        "whole": np.linalg.inv(H),
    }
    return {name: _descent(P @ H, start, steps) for name, P in inverses.items()}


def compute(condition: float, turn: float, start: list[float], steps: int) -> list[Result]:
    """Descend a narrow valley, with the gradient as it is and divided by the curvatures."""
    H = valley(condition, turn)
    paths = descents(condition, turn, start, steps)
    straight = descents(condition, 0.0, start, steps)
    scaled = 1 / np.sqrt(np.diag(H))
    after = np.linalg.cond(scaled[:, None] * H * scaled)
    return [
        against("closed form: the ratio of the curvatures", 1e-6)(
            "condition number of the bowl", np.linalg.cond(H), condition
        ),
        against("torch.optim.SGD at the same rate")(
            "plain descent, its points",
            paths["plain"],
            torch_path("SGD", {"lr": 2 / (1 + condition)}, lambda x: H @ x, start, steps),
        ),
        against("closed form: both axes shrink by (c − 1) / (c + 1) a step")(
            f"share of the distance that {steps} plain steps leave",
            np.linalg.norm(paths["plain"][-1]) / np.linalg.norm(start),
            ((condition - 1) / (condition + 1)) ** steps,
        ),
        against("closed form: Newton's step ends in the minimum of a bowl")(
            "after one step divided by all curvatures", _settled(paths["whole"][1]), [0.0, 0.0]
        ),
        against("the axes of the bowl are those of the weights: the same as Newton's")(
            "after one step divided by the diagonal, the bowl not turned",
            _settled(straight["diagonal"][1]),
            [0.0, 0.0],
        ),
        against("closed form: a 2 × 2 matrix with ones on its diagonal has 1 ± r", 1e-6)(
            f"condition number that the diagonal leaves of the bowl turned by {turn:g} degrees",
            after,
            _left_over(H),
        ),
    ]


def plot(condition: float, turn: float, start: list[float], steps: int) -> dict[str, Any]:
    """Return the paths, their distances from the minimum, and the bowl."""
    paths = descents(condition, turn, start, steps)
    return {
        "curvatures": valley(condition, turn),
        "condition": condition,
        "turn": turn,
        "left": _left_over(valley(condition, turn)),
        "paths": paths,
        "distances": {name: np.linalg.norm(path, axis=1) for name, path in paths.items()},
    }


def _settled(point: Array) -> Array:
    """Return a point without the rounding that differs between machines."""
    return np.asarray(point.round(9) + 0.0)


def _descent(curvatures: Array, start: list[float], steps: int) -> Array:
    left = np.linalg.eigvals(curvatures).real
    rule = GradientDescent(float(2 / (left.min() + left.max())))
    return minimise(rule, lambda x: curvatures @ x, start, steps)


def _left_over(H: Array) -> float:
    """Return the condition number of a bowl whose diagonal is brought to ones."""
    r = float(abs(H[0, 1])) / math.sqrt(H[0, 0] * H[1, 1])
    return (1 + r) / (1 - r)
