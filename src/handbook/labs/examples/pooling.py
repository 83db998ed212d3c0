"""Maximum and mean pooling (section 4.6.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from handbook.labs.result import Result
from handbook.nn import average_pool2d, max_pool2d

__all__ = ["compute", "plot"]

_BOOK_MAX = [[4.0, 5.0], [7.0, 8.0]]
_BOOK_MEAN = [[2.0, 3.0], [5.0, 6.0]]
_BOOK_FIRST = 5.0


def compute(small: int, large: int, window: int) -> list[Result]:
    """Pool the numbers 0, 1, 2, ... of a small square in steps of 1, of a large one by windows."""
    X, Y = _squares(small, large)
    pooled = max_pool2d(Y, window)
    return [
        Result(
            name=f"maximum, {small} x {small}, window {window}, stride 1",
            computed=max_pool2d(X, window, stride=1).tolist(),
            expected=functional.max_pool2d(_tensor(X), window, stride=1)[0, 0].tolist(),
            source="torch.nn.functional.max_pool2d",
            printed=_BOOK_MAX,
        ),
        Result(
            name=f"mean, {small} x {small}, window {window}, stride 1",
            computed=average_pool2d(X, window, stride=1).tolist(),
            expected=functional.avg_pool2d(_tensor(X), window, stride=1)[0, 0].tolist(),
            source="torch.nn.functional.avg_pool2d",
            printed=_BOOK_MEAN,
        ),
        Result(
            name=f"maximum, {large} x {large}, window and stride {window}: first number",
            computed=float(pooled[0, 0]),
            expected=float(Y[:window, :window].max()),
            source="the largest of the first window",
            printed=_BOOK_FIRST,
        ),
        Result(
            name=f"maximum, {large} x {large}, window and stride {window}",
            computed=pooled.tolist(),
            expected=functional.max_pool2d(_tensor(Y), window)[0, 0].tolist(),
            source="torch.nn.functional.max_pool2d",
        ),
    ]


def plot(small: int, large: int, window: int) -> dict[str, Any]:
    """Return both squares and their pooled values."""
    X, Y = _squares(small, large)
    return {
        "window": window,
        "small": X.tolist(),
        "largest": max_pool2d(X, window, stride=1).tolist(),
        "mean": average_pool2d(X, window, stride=1).tolist(),
        "large": Y.tolist(),
        "pooled": max_pool2d(Y, window).tolist(),
    }


def _squares(*sizes: int) -> list[np.ndarray]:
    return [np.arange(n**2, dtype=float).reshape(n, n) for n in sizes]


def _tensor(X: np.ndarray) -> torch.Tensor:
    return torch.tensor(X)[None, None]
