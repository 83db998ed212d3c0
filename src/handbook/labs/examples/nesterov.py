"""Nesterov's momentum on x²: look ahead, then step (section 3.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.parabola import path, slope, torch_positions
from handbook.labs.result import Array, Result, against, listing
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


def mixed(start: float, rate: float, momentum: float, steps: int) -> list[float]:
    """Take steps as the listing does, and return x at the start and after each.

    The velocity comes from the gradient at x, the position from the one ahead.

    Examples
    --------
    >>> mixed(1.0, 0.25, 0.5, 2)
    [1.0, 0.5, 0.125]
    """
    x, v = start, 0.0
    positions = [x]
    for _ in range(steps):
        kept = momentum * v - rate * slope(x)
        x = x + momentum * v - rate * slope(x + momentum * v)
        v = kept
        positions.append(x)
    return positions


def compute(start: float, rate: float, momentum: float, steps: int) -> list[Result]:
    """Descend x² with Nesterov's momentum as the text has it and as the listing has it."""
    x, ahead = look_ahead(start, rate, momentum, steps)
    settings = {"lr": rate, "momentum": momentum, "nesterov": True}
    peer = torch_positions("SGD", settings, start, steps)
    carried = momentum * (1 - 2 * rate)
    step = np.array([[1 - 2 * rate, carried], [-2 * rate, carried]])
    last, _ = np.linalg.matrix_power(step, steps) @ [start, 0.0]
    listed = np.array([[1 - 2 * rate, carried], [-2 * rate, momentum]])
    listed_last, _ = np.linalg.matrix_power(listed, steps) @ [start, 0.0]
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
            f"x after {steps} steps, in that form",
            x[-1],
            last,
            book=listing(
                mixed(start, rate, momentum, steps)[-1], (4308, 4311, 4313, 4276, 4280, 4284)
            ),
            reason="the section's equations move x by the velocity, which they take from the "
            "gradient ahead; the listing moves x so and keeps another velocity, from the gradient "
            f"where x is. On x² each step then leaves {_pace(listed):.3f} of the distance in the "
            f"long run, where the method leaves {_pace(step):.3f}",
            instead="computes the equations, which are right",
            fault="contradicts itself",
        ),
        against("closed form: a power of the matrix of one step of the listing")(
            f"x after {steps} steps of the listing",
            mixed(start, rate, momentum, steps)[-1],
            listed_last,
        ),
    ]


def _pace(step: Array) -> float:
    """Return the share of the distance that a step leaves in the long run."""
    return float(np.abs(np.linalg.eigvals(step)).max())


def plot(start: float, rate: float, momentum: float, steps: int) -> dict[str, Any]:
    """Return the path beside momentum's without the look ahead."""
    x, ahead = look_ahead(start, rate, momentum, steps)
    return {
        "paths": {
            "Nesterov": x,
            "its look ahead": ahead,
            "as listed": mixed(start, rate, momentum, steps),
            f"momentum {momentum:g}": path(Momentum(rate, momentum), start, steps),
        }
    }
