"""The receptive field of a number behind several layers (section 4.3.6)."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from handbook.labs.result import Array, Result, against, implies
from handbook.nn import corr2d, corr2d_backward

__all__ = ["compute", "plot"]


def paths_to_middle(size: int, kernels: list[int]) -> list[Array]:
    """Return the number of paths from each number to the middle number of the last output.

    That is its gradient, where all weights are 1.

    They are counted from the input, a square, and from the output of each layer; `kernels` are the
    sizes of the layers' kernels, from the input on.

    Examples
    --------
    >>> [paths.tolist() for paths in paths_to_middle(2, [2])]
    [[[1.0, 1.0], [1.0, 1.0]], [[1.0]]]
    """
    weights = [np.ones((k, k)) for k in kernels]
    layers = [np.zeros((size, size))]
    for K in weights:
        layers.append(corr2d(layers[-1], K))
    grad = np.zeros(layers[-1].shape)
    grad[len(grad) // 2, len(grad) // 2] = 1
    gradients = [grad]
    for X, K in zip(layers[-2::-1], weights[::-1], strict=True):
        gradients.insert(0, corr2d_backward(gradients[0], X, K).X)
    return gradients


def compute(size: int, kernels: list[int]) -> list[Result]:
    """Count the rows and columns of an image on which one number behind several layers depends."""
    paths = paths_to_middle(size, kernels)[0]
    rows, columns = np.nonzero(paths)
    high, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    # of one row, the paths are those of convolved boxes
    row = reduce(np.convolve, [np.ones(k) for k in kernels])
    inside = paths[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return [
        against("closed form: 1 + sum of (kernel − 1)")(
            f"receptive field of {len(kernels)} layers, {', '.join(f'{k} x {k}' for k in kernels)}",
            [high, wide],
            [1 + sum(k - 1 for k in kernels)] * 2,
            book=implies([3, 3], 5586),
        ),
        against("boxes convolved by numpy.convolve, along rows and columns")(
            "ways from each of its numbers to the output", inside, np.outer(row, row)
        ),
    ]


def plot(size: int, kernels: list[int]) -> dict[str, Any]:
    """Return the number of paths in each layer."""
    return {"kernels": kernels, "ways": paths_to_middle(size, kernels)}
