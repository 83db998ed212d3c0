"""A kernel of two numbers that finds upright edges (section 4.3.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.signal import correlate2d

from handbook.labs.result import Result, against, implies, prints
from handbook.nn import corr2d, output_size

__all__ = ["bar", "compute", "plot"]

_SEEDS = 20


def bar(rows: int, columns: int, dark: list[int]) -> np.ndarray:
    """Return an image of ones with a bar of zeros.

    `dark` holds the first column of the bar, and the first behind it.

    Examples
    --------
    >>> bar(1, 5, [1, 3]).tolist()
    [[1.0, 0.0, 0.0, 1.0, 1.0]]
    """
    image = np.ones((rows, columns))
    image[:, slice(*dark)] = 0
    return image


def compute(rows: int, columns: int, dark: list[int], kernel: list[float]) -> list[Result]:
    """Find the edges of a dark bar with a kernel of two numbers, upright and lying down."""
    X, K = bar(rows, columns, dark), np.array([kernel], dtype=float)
    edges = corr2d(X, K)
    return [
        against("scipy.signal.correlate2d")(
            "edges: 1 from light to dark, −1 from dark to light",
            edges,
            correlate2d(X, K, mode="valid"),
        ),
        Result(
            "columns of the image, and of its edges",
            [X.shape[1], edges.shape[1]],
            [columns, output_size(columns, len(kernel))],
            f"the image is made with {columns}; a kernel of {len(kernel)} fits at one place less",
        ),
        against("scipy.signal.correlate2d; along a row nothing changes, so all are 0")(
            "edges of the image lying down",
            corr2d(X.T, K),
            correlate2d(X.T, K, mode="valid"),
            book=prints(np.zeros((8, 5)), tuple(range(5482, 5490))),
        ),
        against("counting: nothing changes along a row, so no number but 0 is left")(
            "numbers among the edges of the image lying down",
            sorted({float(x) for x in corr2d(X.T, K).ravel()}),
            [0.0],
            book=implies([-1.0, 0.0, 1.0], 5492),
            fault="contradicts itself",
            reason="the text has the kernel find the edges of the image lying down; the output "
            "printed above it is 0 throughout, and rightly: a kernel of one row sees no change "
            "from row to row",
            instead="shows both images with what the kernel finds in them",
        ),
        against("closed form: weights from [0, 1) never hold −1")(
            f"of {_SEEDS} new layers, those that answer as the kernel does",
            sum(_answers_alike(X, K, seed) for seed in range(_SEEDS)),
            0,
            book=implies(_SEEDS, (5445, 5448, 5453)),
            fault="wrong claim",
            reason="the layer is made of its size alone: its weights are drawn at random, and the "
            "kernel is nowhere put into it, so that its output has nothing to do with the kernel",
            instead="correlates with the kernel itself",
        ),
    ]


def _answers_alike(X: np.ndarray, K: np.ndarray, seed: int) -> bool:
    """Whether a layer with weights from [0, 1) gives the kernel's edges; its bias is 0."""
    weights = torch.rand(K.shape, generator=torch.Generator().manual_seed(seed)).numpy()
    return bool(np.allclose(corr2d(X, weights), corr2d(X, K)))


def plot(rows: int, columns: int, dark: list[int], kernel: list[float]) -> dict[str, Any]:
    """Return both images with their edges."""
    X, K = bar(rows, columns, dark), np.array([kernel], dtype=float)
    return {"kernel": K, "images": [X, X.T], "edges": [corr2d(X, K), corr2d(X.T, K)]}
