"""AdaGrad on x² (section 3.9)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.parabola import first_step_results, plotted
from handbook.labs.result import Result
from handbook.optim import AdaGrad, GradientDescent

__all__ = ["compute", "plot"]


def compute(start: float, rate: float, epsilon: float, steps: int) -> list[Result]:
    """Take all steps, and the first one, after which the listing returns."""
    length = rate * abs(2 * start) / (abs(2 * start) + epsilon)
    return first_step_results(
        AdaGrad(rate, epsilon),
        "Adagrad",
        {"lr": rate, "eps": epsilon},
        start,
        steps,
        start - math.copysign(length, start),
        "closed form: the first step is the rate, but for epsilon",
    )


def plot(start: float, rate: float, epsilon: float, steps: int) -> dict[str, Any]:
    """Return the path beside plain gradient descent's."""
    rules = {"AdaGrad": AdaGrad(rate, epsilon), "gradient descent": GradientDescent(rate)}
    return plotted(rules, start, steps)
