"""Adadelta on x²: the rule that needs no rate (section 3.14)."""

from __future__ import annotations

import math
from typing import Any

from handbook.core.numbers import listed
from handbook.labs.parabola import path, plotted, torch_positions
from handbook.labs.result import Result, against
from handbook.optim import Adadelta

__all__ = ["compute", "plot"]


def compute(
    start: float, decay: float, epsilon: float, others: list[float], steps: int
) -> list[Result]:
    """Run Adadelta on x² with several values of epsilon, which alone sets its first step."""
    positions = path(Adadelta(1.0, decay, epsilon), start, steps)
    peer = _torch(start, decay, epsilon, steps)
    first = abs(2 * start)
    moved = math.sqrt(epsilon) * first / math.sqrt((1 - decay) * first**2 + epsilon)
    return [
        against(f"torch.optim.Adadelta, epsilon {epsilon:g} inside both roots")(
            f"x after each of {steps} steps", positions, peer
        ),
        against("closed form: epsilon alone stands for the steps before it")(
            "length of the first step", abs(positions[1] - positions[0]), moved
        ),
        against("torch.optim.Adadelta")(
            f"x after {steps} steps with epsilon {listed(others)}",
            [path(Adadelta(1.0, decay, other), start, steps)[-1] for other in others],
            [_torch(start, decay, other, steps)[-1] for other in others],
        ),
    ]


def plot(
    start: float, decay: float, epsilon: float, others: list[float], steps: int
) -> dict[str, Any]:
    """Return the path of each epsilon."""
    rules = {f"epsilon {each:g}": Adadelta(1.0, decay, each) for each in (epsilon, *others)}
    return plotted(rules, start, steps)


def _torch(start: float, decay: float, epsilon: float, steps: int) -> list[float]:
    settings = {"lr": 1.0, "rho": decay, "eps": epsilon}
    return torch_positions("Adadelta", settings, start, steps)
