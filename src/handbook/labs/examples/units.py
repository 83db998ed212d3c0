"""Five activation functions, and where softmax overflows (sections 3.2.1 to 3.2.5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from handbook import nn
from handbook.core.numbers import listed
from handbook.labs.result import Result, outcome

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
    """Run each unit on evenly spaced numbers, and softmax on large ones."""
    x = np.linspace(low, high, points)
    shares = nn.softmax(large)
    return [
        Result(
            name=f"linear unit, weight {weight:g} and bias {bias:g}",
            computed=nn.linear(x, weight, bias).tolist(),
            expected=np.polyval([weight, bias], x).tolist(),
            source="numpy.polyval",
        ),
        Result(
            name="sigmoid",
            computed=nn.sigmoid(x).tolist(),
            expected=special.expit(x).tolist(),
            source="scipy.special.expit",
        ),
        Result(
            name="ReLU",
            computed=nn.relu(x).tolist(),
            expected=((x + np.abs(x)) / 2).tolist(),
            source="closed form: (x + |x|) / 2",
        ),
        Result(
            name=f"leaky ReLU, slope {slope:g}",
            computed=nn.leaky_relu(x, slope).tolist(),
            expected=((1 + slope) / 2 * x + (1 - slope) / 2 * np.abs(x)).tolist(),
            source="closed form: (1 + slope) x / 2 + (1 − slope) |x| / 2",
        ),
        Result(
            name=f"softmax over all {points} numbers",
            computed=nn.softmax(x).tolist(),
            expected=special.softmax(x).tolist(),
            source="scipy.special.softmax",
        ),
        Result(
            name=f"softmax without taking off the maximum, of {listed(large)}",
            computed=outcome(lambda: _plain_softmax(large)),
            expected="raises FloatingPointError",
            source=f"exp({max(large):g}) is above the largest double, exp(709.78), where overflow "
            "is made an error; else the shares are not numbers",
            printed="runs",
            reason="the listing exponentiates its inputs as they are, which overflows above 709",
            instead="takes off the maximum first, which changes no share",
        ),
        Result(
            name=f"softmax of {listed(large)}",
            computed=shares.tolist(),
            expected=special.softmax(np.array(large) - max(large)).tolist(),
            source="scipy.special.softmax of the differences to the largest",
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
        "x": x.tolist(),
        "units": [
            {"name": name, "values": values.tolist(), "slopes": slopes.tolist()}
            for name, (values, slopes) in units.items()
        ],
    }


def _plain_softmax(numbers: list[float]) -> np.ndarray:
    with np.errstate(over="raise", invalid="raise"):
        powers = np.exp(np.array(numbers))
        return np.asarray(powers / powers.sum())
