"""Five activation functions, and where softmax overflows (sections 3.2.1 to 3.2.5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from handbook import nn
from handbook.core.numbers import listed
from handbook.labs.result import Result, against, outcome

__all__ = ["compute", "plot"]


def compute(
    low: float,
    high: float,
    points: int,
    weight: float,
    bias: float,
    slope: float,
    large: list[float],
) -> list[Result]:
    """Evaluate five activation functions on evenly spaced numbers, and softmax on large ones."""
    x = np.linspace(low, high, points)
    shares = nn.softmax(large)
    return [
        against("numpy.polyval")(
            f"linear unit, weight {weight:g} and bias {bias:g}",
            nn.linear(x, weight, bias),
            np.polyval([weight, bias], x),
        ),
        against("scipy.special.expit")("sigmoid", nn.sigmoid(x), special.expit(x)),
        against("closed form: (x + |x|) / 2")("ReLU", nn.relu(x), (x + np.abs(x)) / 2),
        against("closed form: (1 + slope) x / 2 + (1 − slope) |x| / 2")(
            f"leaky ReLU, slope {slope:g}",
            nn.leaky_relu(x, slope),
            (1 + slope) / 2 * x + (1 - slope) / 2 * np.abs(x),
        ),
        against("scipy.special.softmax")(
            f"softmax over all {points} numbers", nn.softmax(x), special.softmax(x)
        ),
        Result(
            f"softmax without taking off the maximum, of {listed(large)}",
            outcome(lambda: _plain_softmax(large)),
            "raises FloatingPointError",
            f"exp({max(large):g}) is above the largest double, exp(709.78), where overflow "
            "is made an error; else the shares are not numbers",
        ),
        against("scipy.special.softmax of the differences to the largest")(
            f"softmax of {listed(large)}", shares, special.softmax(np.array(large) - max(large))
        ),
    ]


def plot(
    low: float,
    high: float,
    points: int,
    weight: float,
    bias: float,
    slope: float,
    large: list[float],
) -> dict[str, Any]:
    """Return each unit's values and slopes."""
    x = np.linspace(low, high, points)
    shares = nn.softmax(x)
    units = {
        f"linear, {weight:g}x + {bias:g}": (nn.linear(x, weight, bias), np.full(points, weight)),
        "sigmoid": (nn.sigmoid(x), nn.sigmoid_derivative(x)),
        "tanh": (nn.tanh(x), nn.tanh_derivative(x)),
        "ReLU": (nn.relu(x), nn.relu_derivative(x)),
        f"leaky ReLU, slope {slope:g}": (
            nn.leaky_relu(x, slope),
            nn.leaky_relu_derivative(x, slope),
        ),
        # of one share by its own input, the others held still
        "softmax over all points": (shares, shares * (1 - shares)),
    }
    return {
        "x": x,
        "units": [
            {"name": name, "values": values, "slopes": slopes}
            for name, (values, slopes) in units.items()
        ],
    }


def _plain_softmax(numbers: list[float]) -> np.ndarray:
    with np.errstate(over="raise", invalid="raise"):
        powers = np.exp(np.array(numbers))
        return np.asarray(powers / powers.sum())
