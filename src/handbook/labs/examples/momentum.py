"""Momentum on x² (section 3.7)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.peers import torch_path
from handbook.labs.result import Result
from handbook.optim import GradientDescent, Momentum, minimise

__all__ = ["compute", "plot"]


def slope(x: Any) -> Any:
    """Return the derivative of x²."""
    return 2 * x


def compute(start: float, rate: float, momentum: float, steps: int) -> list[Result]:
    """Take the steps, and the same by torch and by a power of a matrix."""
    path = minimise(Momentum(rate, momentum), slope, [start], steps)
    peer = torch_path("SGD", {"lr": rate, "momentum": momentum}, slope, [start], steps)
    # Position and velocity of the next step are linear in those of the last.
    once = np.array([[1 - 2 * rate, -rate * momentum], [2.0, momentum]])
    last, _ = np.linalg.matrix_power(once, steps) @ [start, 0.0]
    crossings = int(np.sum(np.diff(np.sign(path[:, 0])) != 0))
    turn = abs(float(np.angle(np.linalg.eigvals(once)[0])))
    return [
        Result(
            name=f"x after each of {steps} steps",
            computed=path[:, 0].tolist(),
            expected=[x for (x,) in peer],
            source="torch.optim.SGD",
        ),
        Result(
            name=f"x after {steps} steps",
            computed=float(path[-1, 0]),
            expected=float(last),
            source="closed form: a power of the matrix of one step",
        ),
        Result(
            name="how often x crosses the minimum",
            computed=crossings,
            expected=round(turn * steps / np.pi),
            source="closed form: half turns of the matrix's complex eigenvalues, to the nearest",
        ),
    ]


def plot(start: float, rate: float, momentum: float, steps: int) -> dict[str, Any]:
    """Return the path beside plain descent's."""
    rules = {
        f"momentum {momentum:g}": Momentum(rate, momentum),
        "gradient descent": GradientDescent(rate),
    }
    return {
        "paths": {
            name: minimise(rule, slope, [start], steps)[:, 0].tolist()
            for name, rule in rules.items()
        }
    }
