"""AdaGrad on x² (section 3.9)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.parabola import adaptive_results, plotted
from handbook.labs.result import Result, listing
from handbook.optim import AdaGrad, GradientDescent

__all__ = ["compute", "plot"]


def compute(start: float, rate: float, epsilon: float, steps: int) -> list[Result]:
    """Run AdaGrad on x² for all its steps, and the book's listing beside it."""
    length = rate * abs(2 * start) / (abs(2 * start) + epsilon)
    return adaptive_results(
        AdaGrad(rate, epsilon),
        "Adagrad",
        {"lr": rate, "eps": epsilon},
        start,
        steps,
        start - math.copysign(length, start),
        "closed form: the first step is the rate, but for epsilon",
        listing(_by_hand(start, rate, epsilon, steps), (4393, 4405, 4407)),
    )


def plot(start: float, rate: float, epsilon: float, steps: int) -> dict[str, Any]:
    """Return the path beside plain gradient descent's."""
    rules = {"AdaGrad": AdaGrad(rate, epsilon), "gradient descent": GradientDescent(rate)}
    return plotted(rules, start, steps)


def _by_hand(x: float, rate: float, epsilon: float, steps: int) -> float:
    squares = 0.0
    for _ in range(steps):
        squares += (2 * x) ** 2
        x -= rate / (math.sqrt(squares) + epsilon) * 2 * x
    return x
