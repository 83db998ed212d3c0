"""How often a kernel uses each pixel, and the sizes of a padded image (section 4.4.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Array, Result, against, prints
from handbook.nn import corr2d, transposed_corr2d

__all__ = ["compute", "plot", "uses"]


def uses(size: int, kernel: int, padding: int = 0) -> Array:
    """Return how many windows of a kernel each pixel of a square image lies in.

    Examples
    --------
    >>> uses(3, 2).tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    windows = size + 2 * padding - kernel + 1
    ones = np.ones((1, 1, windows, windows)), np.ones((1, 1, kernel, kernel))
    spread = transposed_corr2d(*ones)[0, 0]
    return np.asarray(spread[padding : size + padding, padding : size + padding])


def compute(size: int, kernels: list[int], figure: dict[str, int]) -> list[Result]:
    """Count how many windows of a kernel cover each pixel, with padding and without."""
    by_fold = against("torch.nn.functional.fold adds up its windows of ones")
    by_hand = against("along a row min(i, k, n − k + 1, n + 1 − i) windows hold pixel i of n")
    largest = max(kernels)
    image = np.arange(figure["size"] ** 2, dtype=float).reshape(figure["size"], -1)
    weights = np.arange(figure["kernel"] ** 2, dtype=float).reshape(figure["kernel"], -1)
    padding = figure["padding"]
    output = corr2d(image, weights, padding=padding)
    theirs = torch_corr2d(image, weights, padding=padding)
    return [
        *(
            by_fold(
                f"windows of {kernel} x {kernel} over each pixel of {size} x {size}",
                uses(size, kernel),
                _folded(size, kernel, 0),
            )
            for kernel in kernels
        ),
        by_hand(
            "windows over the first row's pixels, by kernel",
            [uses(size, kernel)[0] for kernel in kernels],
            [[_along(i, size, kernel) for i in range(1, size + 1)] for kernel in kernels],
        ),
        by_fold(
            f"the same for {largest} x {largest} by padding 0 to {largest - 1}: corner and middle",
            [_ends(uses(size, largest, each)) for each in range(largest)],
            [_ends(_folded(size, largest, each)) for each in range(largest)],
        ),
        by_conv2d(
            f"side of the image with padding {padding}, and of the output of a kernel of "
            f"{len(weights)} x {len(weights)}",
            [len(np.pad(image, padding)), len(output)],
            [len(image) + 2 * padding, len(theirs)],
            book=prints([5, 4], 5645),
        ),
        by_conv2d("that output, of the numbers 0, 1, 2, … under a kernel of such", output, theirs),
    ]


def plot(size: int, kernels: list[int], figure: dict[str, int]) -> dict[str, Any]:
    """Return the counts for each kernel, and for the largest with as much padding as fits."""
    largest = max(kernels)
    return {
        "kernels": kernels,
        "uses": [uses(size, kernel) for kernel in kernels],
        "largest": largest,
        "paddings": list(range(1, largest)),
        "padded": [uses(size, largest, each) for each in range(1, largest)],
    }


def _ends(counts: Array) -> list[float]:
    middle = len(counts) // 2
    return [float(counts[0, 0]), float(counts[middle, middle])]


def _along(i: int, n: int, k: int) -> int:
    return min(i, k, n - k + 1, n + 1 - i)


def _folded(size: int, kernel: int, padding: int) -> Array:
    """Count the windows by torch: cut the image into windows of ones, and add them up again."""
    side = size + 2 * padding
    image = torch.ones(1, 1, side, side, dtype=torch.float64)
    windows = torch.nn.functional.unfold(image, kernel)
    counts = torch.nn.functional.fold(windows, (side, side), kernel)[0, 0].numpy()
    return np.asarray(counts[padding : size + padding, padding : size + padding])
