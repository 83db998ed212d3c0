"""Nesterov's momentum on x²: look ahead, then step (section 3.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.peers import torch_path
from handbook.labs.result import Result
from handbook.optim import Momentum, Nesterov, minimise

__all__ = ["compute", "look_ahead", "plot"]


def slope(x: Any) -> Any:
    """Return the derivative of x²."""
    return 2 * x


def look_ahead(
    start: float, rate: float, momentum: float, steps: int
) -> tuple[list[float], list[float]]:
    """Take steps in the form in which the method is usually told.

    Each takes its gradient at ``x + momentum * v``, where momentum alone would lead.

    Returns
    -------
    x : list of steps + 1 floats
    ahead : list of steps + 1 floats
        The places at which gradients are taken.

    Examples
    --------
    >>> look_ahead(1.0, 0.25, 0.5, 1)
    ([1.0, 0.5], [1.0, 0.25])
    """
    x, v = start, 0.0
    path, ahead = [x], [x]
    for _ in range(steps):
        v = momentum * v - rate * slope(x + momentum * v)
        x += v
        path.append(x)
        ahead.append(x + momentum * v)
    return path, ahead


def compute(start: float, rate: float, momentum: float, steps: int) -> list[Result]:
    """Take the steps in both forms."""
    path = minimise(Nesterov(rate, momentum), slope, [start], steps)[:, 0]
    x, ahead = look_ahead(start, rate, momentum, steps)
    settings = {"lr": rate, "momentum": momentum, "nesterov": True}
    peer = [one for (one,) in torch_path("SGD", settings, slope, [start], steps)]
    mixed = np.linalg.matrix_power(
        np.array(
            [[1 - 2 * rate, momentum * (1 - 2 * rate)], [-2 * rate, momentum * (1 - 2 * rate)]]
        ),
        steps,
    ) @ [start, 0.0]
    return [
        Result(
            name=f"places of the gradients in {steps} steps",
            computed=path.tolist(),
            expected=peer,
            source="torch.optim.SGD with nesterov=True",
        ),
        Result(
            name="the same in the form that looks ahead",
            computed=ahead,
            expected=peer,
            source="torch.optim.SGD: its parameters are the places ahead",
        ),
        Result(
            name=f"x after {steps} steps, in that form",
            computed=x[-1],
            expected=float(mixed[0]),
            source="closed form: a power of the matrix of one step",
        ),
    ]


def plot(start: float, rate: float, momentum: float, steps: int) -> dict[str, Any]:
    """Return the path beside momentum's without the look ahead."""
    heavy = minimise(Momentum(rate, momentum), slope, [start], steps)[:, 0]
    x, ahead = look_ahead(start, rate, momentum, steps)
    return {
        "paths": {
            "Nesterov": x,
            "its look ahead": ahead,
            f"momentum {momentum:g}": heavy.tolist(),
        }
    }
