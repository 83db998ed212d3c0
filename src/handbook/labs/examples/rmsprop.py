"""RMSprop on x² (section 3.10)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.peers import torch_path
from handbook.labs.result import Result
from handbook.optim import AdaGrad, RMSprop, minimise

__all__ = ["compute", "plot"]


def slope(x: Any) -> Any:
    """Return the derivative of x²."""
    return 2 * x


def compute(start: float, rate: float, decay: float, epsilon: float, steps: int) -> list[Result]:
    """Take all steps, and the one after which the listing returns."""
    path = minimise(RMSprop(rate, decay, epsilon), slope, [start], steps)[:, 0]
    settings = {"lr": rate, "alpha": decay, "eps": epsilon}
    peer = [x for (x,) in torch_path("RMSprop", settings, slope, [start], steps)]
    first = abs(2 * start)
    return [
        Result(
            name=f"x after each of {steps} steps",
            computed=path.tolist(),
            expected=peer,
            source=f"torch.optim.RMSprop, epsilon {epsilon:g} outside the root",
        ),
        Result(
            name="x after the first step",
            computed=float(path[1]),
            expected=start
            - math.copysign(rate * first / (math.sqrt(1 - decay) * first + epsilon), start),
            source="closed form: the first step is rate / sqrt(1 - decay), but for epsilon",
        ),
        Result(
            name=f"x that {steps} steps give",
            computed=float(path[-1]),
            expected=peer[-1],
            source="torch.optim.RMSprop",
            printed=float(path[1]),
            reason="the listing returns inside its loop: it takes the first step alone, and that "
            "is its figure",
            instead=f"returns after all {steps} steps",
        ),
    ]


def plot(start: float, rate: float, decay: float, epsilon: float, steps: int) -> dict[str, Any]:
    """Return the path beside AdaGrad's, which forgets nothing."""
    rules = {"RMSprop": RMSprop(rate, decay, epsilon), "AdaGrad": AdaGrad(rate)}
    return {
        "paths": {
            name: minimise(rule, slope, [start], steps)[:, 0].tolist()
            for name, rule in rules.items()
        }
    }
