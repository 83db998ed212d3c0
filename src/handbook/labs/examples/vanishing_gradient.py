"""Vanishing gradients behind one tanh and behind many (section 3.3.2.3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.core.numbers import listed
from handbook.labs.result import Result, against

__all__ = ["compute", "plot", "slope", "through"]

# The complex step needs no difference of near numbers: it may be as small as we like.
_TINY = 1e-100


def slope(x: Any) -> Any:
    """Return the derivative of tanh as ``1 / cosh(x)²``.

    The usual ``1 - tanh(x)²`` loses every digit where tanh rounds to 1.

    Examples
    --------
    >>> bool(slope(20.0) > 0), bool(1 - np.tanh(20.0) ** 2 > 0)
    (True, False)
    """
    return 1 / np.cosh(np.asarray(x, float)) ** 2


def through(x: float, weight: float, depth: int) -> list[float]:
    """Return the derivative of layer 1, 2, ... with respect to x, each ``tanh(weight * last)``.

    All layers have the same weight, and `x` goes into the first. By the chain rule each derivative
    is the product of the layers' own.
    """
    products, value, product = [], x, 1.0
    for _ in range(depth):
        product *= weight * float(slope(weight * value))
        value = float(np.tanh(weight * value))
        products.append(product)
    return products


def compute(x: float, far: float, weights: list[float], depth: int) -> list[Result]:
    """Compute the derivative of tanh far from 0, and of a stack of many layers."""
    points = [0.0, 1.0, 2.0, 5.0, far]
    stepped = [float(np.imag(np.tanh(at + 1j * _TINY)) / _TINY) for at in points]
    return [
        against("the complex step: no rule of differentiation", 1e-12)(
            f"derivative of tanh at {listed(points)}", slope(points), stepped
        ),
        against("closed form: it is below 4 exp(-2x)")(
            f"is it below 1e-8 at {far:g}",
            "yes" if slope(far) < 1e-8 else "no",
            "yes" if 4 * np.exp(-2 * far) < 1e-8 else "no",
        ),
        *(
            against("the complex step through the whole stack", 1e-12)(
                f"derivative through {depth} layers of weight {weight:g}, from x = {x:g}",
                through(x, weight, depth)[-1],
                _complex_step(x, weight, depth),
            )
            for weight in weights
        ),
    ]


def plot(x: float, far: float, weights: list[float], depth: int) -> dict[str, Any]:
    """Return tanh with its derivative, and the derivative by depth for each weight."""
    points = np.linspace(-far, far, 201)
    return {
        "x": points,
        "tanh": np.tanh(points),
        "slope": slope(points),
        "from": x,
        "depths": {f"weight {weight:g}": through(x, weight, depth) for weight in weights},
    }


def _complex_step(x: float, weight: float, depth: int) -> float:
    value = x + 1j * _TINY
    for _ in range(depth):
        value = complex(np.tanh(weight * value))
    return float(value.imag / _TINY)
