"""AdaGrad on x² (section 3.9)."""

from __future__ import annotations

import math
from typing import Any

from handbook.labs.parabola import adaptive_results, path, plotted
from handbook.labs.result import Result, against, listing
from handbook.optim import AdaGrad, GradientDescent

__all__ = ["compute", "plot"]


def compute(start: float, rate: float, epsilon: float, steps: int) -> list[Result]:
    """Take all steps as the listing does, and keep the losses, which it does not."""
    length = rate * abs(2 * start) / (abs(2 * start) + epsilon)
    losses = [x**2 for x in path(AdaGrad(rate, epsilon), start, steps)[1:]]
    return [
        *adaptive_results(
            AdaGrad(rate, epsilon),
            "Adagrad",
            {"lr": rate, "eps": epsilon},
            start,
            steps,
            start - math.copysign(length, start),
            "closed form: the first step is the rate, but for epsilon",
            listing(_by_hand(start, rate, epsilon, steps), (4393, 4405, 4407)),
        ),
        against("one after each step")(
            f"losses that are kept in {steps} steps",
            len(losses),
            steps,
            book=listing(0, (4407, 4413, 4445)),
            fault="contradicts itself",
            reason="the lines that compute the loss and keep it stand behind the return: the list "
            "comes back empty, and the curve of figure 3.24 is not this listing's",
            instead="draws the path itself",
        ),
    ]


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
