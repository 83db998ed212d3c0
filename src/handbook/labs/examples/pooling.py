"""Maximum and mean pooling (section 4.6.1)."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from handbook.labs.result import Result, against, prints
from handbook.nn import average_pool2d, max_pool2d

__all__ = ["compute", "plot"]


def compute(small: int, large: int, window: int) -> list[Result]:
    """Replace each window of a square by its largest number and by its mean."""
    X, Y = _squares(small, large)
    pooled = max_pool2d(Y, window)
    return [
        against("torch.nn.functional.max_pool2d")(
            f"maximum, {small} x {small}, window {window}, stride 1",
            max_pool2d(X, window, stride=1),
            functional.max_pool2d(_tensor(X), window, stride=1)[0, 0],
            book=prints([[4.0, 5.0], [7.0, 8.0]], (6186, 6187)),
        ),
        against("torch.nn.functional.avg_pool2d")(
            f"mean, {small} x {small}, window {window}, stride 1",
            average_pool2d(X, window, stride=1),
            functional.avg_pool2d(_tensor(X), window, stride=1)[0, 0],
            book=prints([[2.0, 3.0], [5.0, 6.0]], (6203, 6204)),
        ),
        against("the largest of the first window")(
            f"maximum, {large} x {large}, window and stride {window}: first number",
            pooled[0, 0],
            Y[:window, :window].max(),
            book=prints(5.0, (6104, 6107)),
        ),
        against("torch.nn.functional.max_pool2d")(
            f"maximum, {large} x {large}, window and stride {window}",
            pooled,
            functional.max_pool2d(_tensor(Y), window)[0, 0],
        ),
        *_of_moves(large, window),
    ]


def moves(side: int, window: int) -> tuple[int, int]:
    """Count the moves of one bright cell to a neighbour, and those that change the output.

    The output is that of maximum pooling in steps of the window.

    Examples
    --------
    >>> moves(side=2, window=2)
    (8, 0)
    """
    every = changed = 0
    for row, column in product(range(side), repeat=2):
        for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            if 0 <= row + down < side and 0 <= column + right < side:
                before, after = np.zeros((2, side, side))
                before[row, column] = after[row + down, column + right] = 1
                every += 1
                changed += not np.array_equal(max_pool2d(before, window), max_pool2d(after, window))
    return every, changed


def _of_moves(side: int, window: int) -> list[Result]:
    every, changed = moves(side, window)
    return [
        against("counting pairs of neighbours, each in both directions")(
            f"moves by one of a bright cell in {side} x {side}", every, 4 * side * (side - 1)
        ),
        against("counting those across an edge of a window, in the rows that windows cover")(
            f"moves by one of a bright cell, of {every}, that change what windows of {window} x "
            f"{window} answer",
            changed,
            4 * ((side - 1) // window) * (side // window * window),
        ),
    ]


def plot(small: int, large: int, window: int) -> dict[str, Any]:
    """Return both squares and their pooled values."""
    X, Y = _squares(small, large)
    return {
        "window": window,
        "small": X,
        "largest": max_pool2d(X, window, stride=1),
        "mean": average_pool2d(X, window, stride=1),
        "large": Y,
        "pooled": max_pool2d(Y, window),
    }


def _squares(*sizes: int) -> list[np.ndarray]:
    return [np.arange(n**2, dtype=float).reshape(n, n) for n in sizes]


def _tensor(X: np.ndarray) -> torch.Tensor:
    return torch.tensor(X)[None, None]
