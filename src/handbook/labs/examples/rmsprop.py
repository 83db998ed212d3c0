"""RMSprop on x² (section 3.10)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.parabola import adaptive_results, plotted
from handbook.labs.result import Result, listing
from handbook.optim import AdaGrad, RMSprop

__all__ = ["compute", "plot"]


def compute(start: float, rate: float, decay: float, epsilon: float, steps: int) -> list[Result]:
    """Run RMSprop on x² for all its steps, and the book's listing beside it."""
    first = abs(2 * start)
    length = rate * first / (math.sqrt(1 - decay) * first + epsilon)
    return adaptive_results(
        RMSprop(rate, decay, epsilon),
        "RMSprop",
        {"lr": rate, "alpha": decay, "eps": epsilon},
        start,
        steps,
        start - math.copysign(length, start),
        "closed form: the first step is rate / sqrt(1 - decay), but for epsilon",
        listing(_by_hand(start, rate, decay, epsilon, steps), (4489, 4501, 4507)),
    )


def plot(start: float, rate: float, decay: float, epsilon: float, steps: int) -> dict[str, Any]:
    """Return the path beside AdaGrad's, whose sum of squared gradients never decays."""
    rules = {"RMSprop": RMSprop(rate, decay, epsilon), "AdaGrad": AdaGrad(rate)}
    return plotted(rules, start, steps)


def _by_hand(x: float, rate: float, decay: float, epsilon: float, steps: int) -> float:
    average = 0.0
    for _ in range(steps):
        average = decay * average + (1 - decay) * (2 * x) ** 2
        x -= rate / (math.sqrt(average) + epsilon) * 2 * x
    return x
