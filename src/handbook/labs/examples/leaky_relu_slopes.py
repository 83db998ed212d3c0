"""Leaky ReLUs from slope 0 to slope 1 (section 6.8.3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.result import Result, against
from handbook.nn import leaky_relu

__all__ = ["compute", "plot"]


def compute(low: float, high: float, step: float, slopes: list[float]) -> list[Result]:
    """Evaluate the leaky ReLU for slopes from 0 to 1 on evenly spaced numbers."""
    x = _numbers(low, high, step)
    return [
        against("closed form: max(x, 0) + slope min(x, 0)")(
            f"leaky ReLU, slope {slope:g}",
            leaky_relu(x, slope),
            x.clip(min=0) + slope * x.clip(max=0),
        )
        for slope in slopes
    ]


def plot(low: float, high: float, step: float, slopes: list[float]) -> dict[str, Any]:
    """Return the values of each slope."""
    x = _numbers(low, high, step)
    return {"x": x, "slopes": slopes, "values": [leaky_relu(x, slope) for slope in slopes]}


def _numbers(low: float, high: float, step: float) -> np.ndarray:
    return np.arange(low, high, step).round(9)  # 0 is 0
