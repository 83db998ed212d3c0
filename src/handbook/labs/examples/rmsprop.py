"""RMSprop on x² (section 3.10)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.parabola import first_step_results, plotted
from handbook.labs.result import Result
from handbook.optim import AdaGrad, RMSprop

__all__ = ["compute", "plot"]


def compute(start: float, rate: float, decay: float, epsilon: float, steps: int) -> list[Result]:
    """Take all steps, and the first one, after which the listing returns."""
    first = abs(2 * start)
    length = rate * first / (math.sqrt(1 - decay) * first + epsilon)
    return first_step_results(
        RMSprop(rate, decay, epsilon),
        "RMSprop",
        {"lr": rate, "alpha": decay, "eps": epsilon},
        start,
        steps,
        start - math.copysign(length, start),
        "closed form: the first step is rate / sqrt(1 - decay), but for epsilon",
    )


def plot(start: float, rate: float, decay: float, epsilon: float, steps: int) -> dict[str, Any]:
    """Return the path beside AdaGrad's, whose sum of squared gradients never decays."""
    rules = {"RMSprop": RMSprop(rate, decay, epsilon), "AdaGrad": AdaGrad(rate)}
    return plotted(rules, start, steps)
