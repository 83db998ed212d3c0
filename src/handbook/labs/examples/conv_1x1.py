"""A kernel of one cell mixes channels and looks at no neighbour (section 4.5.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Result, against, implies, listing, outcome
from handbook.nn import corr2d, dense

__all__ = ["compute", "plot"]

_INSTEAD = "multiplies the channels of each pixel with the same matrix"


def compute(size: int, inputs: int, outputs: int, seed: int) -> list[Result]:
    """Apply kernels of one cell, and compare with one matrix product for each pixel."""
    X, W = _drawn(size, inputs, outputs, seed)
    output = corr2d(X[None], W[:, :, None, None])[0]  # (D, H, W)
    pixels = X.reshape(inputs, -1).T  # (H W, C): a row a pixel
    theirs = torch_corr2d(X[None], W[:, :, None, None])[0]
    return [
        by_conv2d("output", output, theirs),
        against("a dense layer on the channels of each pixel")(
            "output, pixel by pixel", output.reshape(outputs, -1).T, dense(pixels, W)
        ),
        against("an image of three axes has no fourth")(
            "the listing as it stands, on an image of three axes",
            outcome(lambda: _as_listed(torch.rand(inputs, size, size), outputs)),
            "raises IndexError",
            book=implies("runs", (6014, 6026, 6028)),
            fault="crashes when run",
            reason="the image has no axis of images, and its fourth axis is asked for",
            instead=_INSTEAD,
        ),
        against(f"an image gives {outputs} numbers, where {outputs} are wanted of each pixel")(
            "the listing on images of four axes, as its comment has them",
            outcome(lambda: _as_listed(torch.rand(5, inputs, size, size), outputs)),
            "raises RuntimeError",
            book=implies("runs", (6014, 6026, 6028)),
            fault="crashes when run",
            reason="its dense layer takes all channels and pixels of an image together: it mixes "
            "the pixels, and is no kernel of one cell",
            instead=_INSTEAD,
        ),
        against("output channels times input channels, as section 4.5.3 has it too")(
            "weights of a layer of kernels of one cell",
            W.size,
            outputs * inputs,
            book=listing(_weights_as_listed(inputs, size, outputs), (6014, 6017, 6020)),
            fault="contradicts itself",
            reason="the text counts a weight for each pair of an input and an output channel; the "
            "listing's layer has one for each output and each number of a channel",
            instead=_INSTEAD,
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


def _as_listed(X: torch.Tensor, outputs: int) -> torch.Tensor:
    """Send all that lies behind the first axis through one dense layer, and shape it back."""
    rows = X.flatten(1)
    layer = torch.nn.Linear(rows.shape[1], outputs)
    return torch.as_tensor(layer(rows)).reshape(len(X), outputs, X.shape[2], X.shape[3])


def _weights_as_listed(inputs: int, size: int, outputs: int) -> int:
    rows = torch.rand(inputs, size, size).flatten(1)
    return torch.nn.Linear(rows.shape[1], outputs).weight.numel()
