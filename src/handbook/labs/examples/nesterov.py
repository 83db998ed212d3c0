"""Nesterov's momentum on x²: look ahead, then step (section 3.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.parabola import path, slope, torch_positions
from handbook.labs.result import Result, against
from handbook.optim import Momentum, Nesterov

__all__ = ["compute", "plot"]


def look_ahead(
    start: float, rate: float, momentum: float, steps: int
) -> tuple[list[float], list[float]]:
    """Take steps in the usual form of the method.

    Each takes its gradient at ``x + momentum * v``, where momentum alone would lead.

    Returns x at the start and after each step, and as many points at which gradients are taken.

    Examples
    --------
    >>> look_ahead(1.0, 0.25, 0.5, 1)
    ([1.0, 0.5], [1.0, 0.25])
    """
    x, v = start, 0.0
    positions, ahead = [x], [x]
    for _ in range(steps):
        v = momentum * v - rate * slope(x + momentum * v)
        x += v
        positions.append(x)
        ahead.append(x + momentum * v)
    return positions, ahead


def compute(start: float, rate: float, momentum: float, steps: int) -> list[Result]:
    """Take the steps in both forms."""
    x, ahead = look_ahead(start, rate, momentum, steps)
    settings = {"lr": rate, "momentum": momentum, "nesterov": True}
    peer = torch_positions("SGD", settings, start, steps)
    carried = momentum * (1 - 2 * rate)
    step = np.array([[1 - 2 * rate, carried], [-2 * rate, carried]])
    last, _ = np.linalg.matrix_power(step, steps) @ [start, 0.0]
    return [
        against("torch.optim.SGD with nesterov=True")(
            f"places of the gradients in {steps} steps",
            path(Nesterov(rate, momentum), start, steps),
            peer,
        ),
        against("torch.optim.SGD: its parameters are the places ahead")(
            "the same in the form that looks ahead", ahead, peer
        ),
        against("closed form: a power of the matrix of one step")(
            f"x after {steps} steps, in that form", x[-1], last
        ),
    ]


def plot(start: float, rate: float, momentum: float, steps: int) -> dict[str, Any]:
    """Return the path beside momentum's without the look ahead."""
    x, ahead = look_ahead(start, rate, momentum, steps)
    return {
        "paths": {
            "Nesterov": x,
            "its look ahead": ahead,
            f"momentum {momentum:g}": path(Momentum(rate, momentum), start, steps),
        }
    }
