"""AdaGrad on x² (section 3.9)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.peers import torch_path
from handbook.labs.result import Result
from handbook.optim import AdaGrad, GradientDescent, minimise

__all__ = ["compute", "plot"]


def slope(x: Any) -> Any:
    """Return the derivative of x²."""
    return 2 * x


def compute(start: float, rate: float, epsilon: float, steps: int) -> list[Result]:
    """Take all steps, and the one after which the listing returns."""
    path = minimise(AdaGrad(rate, epsilon), slope, [start], steps)[:, 0]
    settings = {"lr": rate, "eps": epsilon}
    peer = [x for (x,) in torch_path("Adagrad", settings, slope, [start], steps)]
    return [
        Result(
            name=f"x after each of {steps} steps",
            computed=path.tolist(),
            expected=peer,
            source=f"torch.optim.Adagrad, epsilon {epsilon:g} outside the root",
        ),
        Result(
            name="x after the first step",
            computed=float(path[1]),
            expected=start
            - math.copysign(rate * abs(2 * start) / (abs(2 * start) + epsilon), start),
            source="closed form: the first step is the rate, but for epsilon",
        ),
        Result(
            name=f"x that {steps} steps give",
            computed=float(path[-1]),
            expected=peer[-1],
            source="torch.optim.Adagrad",
            printed=float(path[1]),
            reason="the listing returns inside its loop: it takes the first step alone, and that "
            "is its figure",
            instead=f"returns after all {steps} steps",
        ),
    ]


def plot(start: float, rate: float, epsilon: float, steps: int) -> dict[str, Any]:
    """Return the path beside plain descent's."""
    rules = {"AdaGrad": AdaGrad(rate, epsilon), "gradient descent": GradientDescent(rate)}
    return {
        "paths": {
            name: minimise(rule, slope, [start], steps)[:, 0].tolist()
            for name, rule in rules.items()
        }
    }
