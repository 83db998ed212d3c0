"""How the stride changes the size of an output, and what figure 4.7 shows (section 4.4.2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Result, prints
from handbook.nn import corr2d

__all__ = ["compute", "plot"]


def compute(
    size: int, kernel: int, stride: int, padding: int, figure: dict[str, Any]
) -> list[Result]:
    """Move a kernel by several pixels at a time, and compare the size of the output."""
    X, K = np.ones((size, size)), np.ones((kernel, kernel))
    bare, padded = corr2d(X, K, stride=stride), corr2d(X, K, stride=stride, padding=padding)
    small, box, settings = _of_figure(**figure)
    drawn = corr2d(small, box, **settings)
    theirs = torch_corr2d(small, box, **settings)
    return [
        by_conv2d(
            "shape of the output (images, channels, rows, columns): "
            f"{size} x {size}, kernel {kernel}, stride {stride}, no padding",
            [1, 1, *bare.shape],
            [1, 1, *torch_corr2d(X, K, stride=stride).shape],
            book=prints([1, 1, 4, 4], 5778),
            fault="gives another number",
            reason=f"floor(({size} − {kernel} + {stride}) / {stride}) is {bare.shape[0]}; the "
            f"printed shape is that with padding {padding}",
            instead="gives both, with padding and without",
        ),
        by_conv2d(
            f"rows and columns with padding {padding}",
            list(padded.shape),
            list(torch_corr2d(X, K, stride=stride, padding=padding).shape),
        ),
        by_conv2d(
            "shape of the output with the strides of figure 4.7, {} (height) and {} (width), for "
            "sizes of ours".format(*figure["stride"]),
            list(drawn.shape),
            list(theirs.shape),
        ),
        by_conv2d("output for the numbers 0, 1, 2, ..., with these strides", drawn, theirs),
    ]


def plot(
    size: int, kernel: int, stride: int, padding: int, figure: dict[str, Any]
) -> dict[str, Any]:
    """Return the padded input of the figure, its windows and their outputs."""
    X, K, settings = _of_figure(**figure)
    output = corr2d(X, K, **settings)
    down, across = figure["stride"]
    return {
        "padded": np.pad(X, figure["padding"]),
        "padding": figure["padding"],
        "stride": figure["stride"],
        "kernel": K,
        "output": output,
        "windows": [[row * down, column * across] for row, column in np.ndindex(output.shape)],
    }


def _of_figure(
    size: int, kernel: int, padding: int, stride: list[int]
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    X, K = (np.arange(n**2, dtype=float).reshape(n, n) for n in (size, kernel))
    return X, K, {"padding": padding, "stride": (stride[0], stride[1])}
