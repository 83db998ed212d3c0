"""Momentum on x² (section 3.7)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.parabola import path, plotted, torch_positions
from handbook.labs.result import Result, against
from handbook.optim import GradientDescent, Momentum

__all__ = ["compute", "plot"]


def compute(start: float, rate: float, momentum: float, steps: int) -> list[Result]:
    """Descend x² with momentum, and compare with torch and with a closed form."""
    positions = path(Momentum(rate, momentum), start, steps)
    peer = torch_positions("SGD", {"lr": rate, "momentum": momentum}, start, steps)
    # Position and velocity of the next step are linear in those of the last.
    step = np.array([[1 - 2 * rate, -rate * momentum], [2.0, momentum]])
    last, _ = np.linalg.matrix_power(step, steps) @ [start, 0.0]
    crossings = np.sum(np.diff(np.sign(positions)) != 0)
    turn = abs(np.angle(np.linalg.eigvals(step)[0]))
    return [
        against("torch.optim.SGD")(f"x after each of {steps} steps", positions, peer),
        against("closed form: a power of the matrix of one step")(
            f"x after {steps} steps", positions[-1], last
        ),
        against("closed form: half turns of the matrix's complex eigenvalues, to the nearest")(
            "how often x crosses the minimum", crossings, round(turn * steps / np.pi)
        ),
        against("torch.optim.SGD with momentum and without")(
            f"which is nearer to the minimum after {steps} steps of one rate",
            _nearer(positions[-1], path(GradientDescent(rate), start, steps)[-1]),
            _nearer(peer[-1], torch_positions("SGD", {"lr": rate}, start, steps)[-1]),
        ),
    ]


def _nearer(with_momentum: float, plain: float) -> str:
    return "momentum" if abs(with_momentum) < abs(plain) else "plain descent"


def plot(start: float, rate: float, momentum: float, steps: int) -> dict[str, Any]:
    """Return the path beside plain gradient descent's."""
    rules = {
        f"momentum {momentum:g}": Momentum(rate, momentum),
        "gradient descent": GradientDescent(rate),
    }
    return plotted(rules, start, steps)
