"""A kernel of one cell mixes channels and looks at no neighbour (section 4.5.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Result, against, implies, outcome
from handbook.nn import corr2d, dense

__all__ = ["compute", "plot"]


def compute(size: int, inputs: int, outputs: int, seed: int) -> list[Result]:
    """Correlate with kernels of one cell, and multiply each pixel with the matrix of weights."""
    X, W = _drawn(size, inputs, outputs, seed)
    output = corr2d(X[None], W[:, :, None, None])[0]  # (D, H, W)
    pixels = X.reshape(inputs, -1).T  # (H W, C): a row a pixel
    theirs = torch_corr2d(X[None], W[:, :, None, None])[0]
    return [
        by_conv2d("output", output, theirs),
        against("a dense layer on the channels of each pixel")(
            "output, pixel by pixel", output.reshape(outputs, -1).T, dense(pixels, W)
        ),
        against("a channel laid out in a row has no second axis")(
            "cross-correlation of pixels that were laid out in a row",
            outcome(lambda: _loop(torch.tensor(X).reshape(inputs, -1)[0])),
            "raises IndexError",
            book=implies("runs", (6026, 6028)),
            fault="crashes when run",
            reason="the listing flattens the pixels, then asks each channel for its width",
            instead="leaves the image as it is; its own kernel of one cell does the same as the "
            "matrix product",
        ),
    ]


def plot(size: int, inputs: int, outputs: int, seed: int) -> dict[str, Any]:
    """Return the image, the weights and the output."""
    X, W = _drawn(size, inputs, outputs, seed)
    return {"image": X, "weights": W, "output": corr2d(X[None], W[:, :, None, None])[0]}


def _drawn(size: int, inputs: int, outputs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 5, (inputs, size, size)).astype(float)
    return image, rng.integers(-2, 3, (outputs, inputs)).astype(float)


def _loop(channel: torch.Tensor) -> list[float]:
    """Go over a channel's rows and columns, as the loops of section 4.3.1 do."""
    rows, columns = channel.shape[0], channel.shape[1]
    return [float(channel[row, column]) for row in range(rows) for column in range(columns)]
