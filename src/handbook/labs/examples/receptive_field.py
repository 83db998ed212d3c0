"""What a number behind several layers has seen of the input (section 4.3.6)."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.labs.result import Result
from handbook.nn import corr2d, corr2d_backward

__all__ = ["compute", "plot", "seen_from"]

Array = npt.NDArray[np.float64]


def seen_from(size: int, kernels: list[int]) -> list[Array]:
    """Return how often the middle number of the last layer's output sees each number before it.

    That is its gradient, where all weights are 1.

    Parameters
    ----------
    size : int
        Of the input, a square.
    kernels : list of int
        Of the layers, from the input on.

    Returns
    -------
    list of ndarrays
        Of the input, and of the output of each layer.

    Examples
    --------
    >>> [paths.tolist() for paths in seen_from(2, [2])]
    [[[1.0, 1.0], [1.0, 1.0]], [[1.0]]]
    """
    weights = [np.ones((k, k)) for k in kernels]
    layers = [np.zeros((size, size))]
    for K in weights:
        layers.append(corr2d(layers[-1], K))
    grad = np.zeros(layers[-1].shape)
    grad[len(grad) // 2, len(grad) // 2] = 1
    found = [grad]
    for X, K in zip(layers[-2::-1], weights[::-1], strict=True):
        found.insert(0, corr2d_backward(found[0], X, K).X)
    return found


def compute(size: int, kernels: list[int]) -> list[Result]:
    """Count rows and columns of the input that one number of the output depends on."""
    paths = seen_from(size, kernels)[0]
    rows, columns = np.nonzero(paths)
    high, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    # of one row, the paths are those of convolved boxes
    row = reduce(np.convolve, [np.ones(k) for k in kernels])
    inside = paths[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return [
        Result(
            name=f"receptive field of {len(kernels)} layers, "
            f"{', '.join(f'{k} x {k}' for k in kernels)}",
            computed=[high, wide],
            expected=[1 + sum(k - 1 for k in kernels)] * 2,
            source="closed form: 1 + sum of (kernel − 1)",
            printed=[3, 3],
        ),
        Result(
            name="ways from each of its numbers to the output",
            computed=inside.tolist(),
            expected=np.outer(row, row).tolist(),
            source="boxes convolved by numpy.convolve, along rows and columns",
        ),
    ]


def plot(size: int, kernels: list[int]) -> dict[str, Any]:
    """Return the ways of each layer."""
    return {"kernels": kernels, "ways": [one.tolist() for one in seen_from(size, kernels)]}
