"""Cross-correlation of a 3 x 3 input with a 2 x 2 kernel (section 4.3.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import correlate2d

from handbook.labs.result import Result, against, implies
from handbook.nn import corr2d

__all__ = ["compute", "plot"]


def compute(size: int, kernel: int) -> list[Result]:
    """Correlate the numbers 0, 1, 2, ... in a square with the same in a smaller square."""
    X, K = _squares(size, kernel)
    return [
        against("scipy.signal.correlate2d")(
            f"cross-correlation, {size} x {size} with {kernel} x {kernel}",
            corr2d(X, K),
            correlate2d(X, K, mode="valid"),
            book=implies([[19.0, 25.0], [37.0, 43.0]], 5289),
        )
    ]


def plot(size: int, kernel: int) -> dict[str, Any]:
    """Return input, kernel and output."""
    X, K = _squares(size, kernel)
    return {"input": X, "kernel": K, "output": corr2d(X, K)}


def _squares(size: int, kernel: int) -> list[np.ndarray]:
    return [np.arange(n**2, dtype=float).reshape(n, n) for n in (size, kernel)]
