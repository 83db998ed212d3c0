"""Several output channels: a kernel of all input channels for each (section 4.5.2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Result, against, listing
from handbook.nn import corr2d

__all__ = ["compute", "plot"]


def compute(
    image: list[list[list[float]]], kernel: list[list[list[float]]], channels: int
) -> list[Result]:
    """Filter an image with one kernel for each output channel: K, K + 1, K + 2."""
    X, kernels = np.array(image, dtype=float), _kernels(kernel, channels)
    output = corr2d(X[None], kernels)[0]
    theirs = torch_corr2d(X[None], kernels)[0]
    joined = np.concatenate(list(kernels))
    return [
        against("one kernel an output channel")(
            "shape of the kernels: output channels, input channels, height, width",
            list(kernels.shape),
            [channels, *np.shape(kernel)],
            book=listing(list(joined.shape), 5964),
            fault="gives another number",
            reason="joined along the first axis, the kernels lie one behind the other as input "
            "channels of a single kernel: there is no axis of output channels",
            instead="stacks them along a new axis",
        ),
        against("one an output channel")("channels of the output", len(output), channels),
        by_conv2d("output", output, theirs),
    ]


def plot(
    image: list[list[list[float]]], kernel: list[list[list[float]]], channels: int
) -> dict[str, Any]:
    """Return the image, the kernels and the output channels."""
    kernels = _kernels(kernel, channels)
    return {"image": image, "kernels": kernels, "output": corr2d(np.array(image)[None], kernels)[0]}


def _kernels(kernel: list[list[list[float]]], channels: int) -> np.ndarray:
    """Return K, K + 1, ..., (D, C, h, w)."""
    return np.stack([np.array(kernel, dtype=float) + number for number in range(channels)])
