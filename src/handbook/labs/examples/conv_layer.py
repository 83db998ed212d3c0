"""A layer of several filters on a batch of images (section 3.2.7)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.result import Array, Result
from handbook.nn import corr2d, corr2d_backward, output_size

__all__ = ["compute", "plot"]

_BOOK_SHAPE = [10, 8, 8, 8]


def compute(batch: int, size: int, filters: int, kernel: int, seed: int) -> list[Result]:
    """Run the layer on random images, forward and backward."""
    X, K, bias = _drawn(batch, size, filters, kernel, seed)
    output = corr2d(X, K, bias)
    back = corr2d_backward(np.ones(output.shape), X, K)
    weight = torch.tensor(K, requires_grad=True)
    theirs = torch.nn.functional.conv2d(torch.tensor(X), weight, torch.tensor(bias))
    (of_K,) = torch.autograd.grad(theirs.sum(), weight)
    side = output_size(size, kernel)
    return [
        Result(
            name="shape of the output: images, filters, height, width",
            computed=list(output.shape),
            expected=[batch, filters, side, side],
            source=f"{size} − {kernel} + 1 places each way",
            printed=_BOOK_SHAPE,
        ),
        Result(
            name="output of the first image",
            computed=output[0].tolist(),
            expected=theirs[0].tolist(),
            source="torch.nn.functional.conv2d with the same weights",
        ),
        Result(
            name="mean output of each image",
            computed=output.mean(axis=(1, 2, 3)).tolist(),
            expected=theirs.mean(dim=(1, 2, 3)).tolist(),
            source="torch.nn.functional.conv2d with the same weights",
        ),
        Result(
            name="gradient of the sum of all outputs by the filters",
            computed=back.K.tolist(),
            expected=of_K.tolist(),
            source="torch's automatic differentiation",
        ),
    ]


def plot(batch: int, size: int, filters: int, kernel: int, seed: int) -> dict[str, Any]:
    """Return the first image, the filters and their outputs."""
    X, K, bias = _drawn(batch, size, filters, kernel, seed)
    return {
        "image": X[0, 0].round(3).tolist(),
        "filters": K[:, 0].round(3).tolist(),
        "maps": corr2d(X[:1], K, bias)[0].round(3).tolist(),
        "batch": batch,
    }


def _drawn(
    batch: int, size: int, filters: int, kernel: int, seed: int
) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    X, K = rng.normal(size=(batch, 1, size, size)), rng.normal(size=(filters, 1, kernel, kernel))
    return X, K, rng.normal(size=filters)
