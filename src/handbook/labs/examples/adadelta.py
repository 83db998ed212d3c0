"""Adadelta on x²: the rule that needs no rate (section 3.14)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.peers import torch_path
from handbook.labs.result import Result
from handbook.optim import Adadelta, minimise

__all__ = ["compute", "plot"]


def slope(x: Any) -> Any:
    """Return the derivative of x²."""
    return 2 * x


def compute(
    start: float, decay: float, epsilon: float, others: list[float], steps: int
) -> list[Result]:
    """Take the steps, with the stated epsilon and with others, which alone set its pace."""
    path = _path(start, decay, epsilon, steps)
    peer = _torch(start, decay, epsilon, steps)
    first = abs(2 * start)
    moved = math.sqrt(epsilon) * first / math.sqrt((1 - decay) * first**2 + epsilon)
    return [
        Result(
            name=f"x after each of {steps} steps",
            computed=path,
            expected=peer,
            source=f"torch.optim.Adadelta, epsilon {epsilon:g} inside both roots",
        ),
        Result(
            name="length of the first step",
            computed=abs(path[1] - path[0]),
            expected=moved,
            source="closed form: epsilon alone stands for the steps before it",
        ),
        Result(
            name=f"x after {steps} steps with epsilon {', '.join(f'{one:g}' for one in others)}",
            computed=[_path(start, decay, one, steps)[-1] for one in others],
            expected=[_torch(start, decay, one, steps)[-1] for one in others],
            source="torch.optim.Adadelta",
        ),
    ]


def plot(
    start: float, decay: float, epsilon: float, others: list[float], steps: int
) -> dict[str, Any]:
    """Return the paths, each epsilon its own."""
    return {
        "paths": {f"epsilon {one:g}": _path(start, decay, one, steps) for one in (epsilon, *others)}
    }


def _path(start: float, decay: float, epsilon: float, steps: int) -> list[float]:
    path: list[float] = minimise(Adadelta(1.0, decay, epsilon), slope, [start], steps)[
        :, 0
    ].tolist()
    return path


def _torch(start: float, decay: float, epsilon: float, steps: int) -> list[float]:
    settings = {"lr": 1.0, "rho": decay, "eps": epsilon}
    return [x for (x,) in torch_path("Adadelta", settings, slope, [start], steps)]
