"""A layer of several filters on a batch of images (section 3.2.7)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_autograd
from handbook.labs.result import Array, Result, against, listing
from handbook.nn import corr2d, corr2d_backward, output_size

__all__ = ["compute", "plot"]


def compute(batch: int, size: int, filters: int, kernel: int, seed: int) -> list[Result]:
    """Compute a layer's outputs of random images, and the gradient of the sum of its outputs."""
    X, K, bias = _drawn(batch, size, filters, kernel, seed)
    output = corr2d(X, K, bias)
    back = corr2d_backward(np.ones(output.shape), X, K)
    weight = torch.tensor(K, requires_grad=True)
    theirs = torch.nn.functional.conv2d(torch.tensor(X), weight, torch.tensor(bias))
    (of_K,) = torch.autograd.grad(theirs.sum(), weight)
    side = output_size(size, kernel)
    return [
        against(f"{size} − {kernel} + 1 places each way")(
            "shape of the output: images, rows, columns, filters",
            list(output.transpose(0, 2, 3, 1).shape),
            [batch, side, side, filters],
            book=listing([10, 8, 8, 8], 2805),
        ),
        against("torch.nn.functional.conv2d with the same weights")(
            "output of the first image", output[0], theirs[0]
        ),
        against("torch.nn.functional.conv2d with the same weights")(
            "mean output of each image", output.mean(axis=(1, 2, 3)), theirs.mean(dim=(1, 2, 3))
        ),
        by_autograd("gradient of the sum of all outputs by the filters", back.K, of_K),
    ]


def plot(batch: int, size: int, filters: int, kernel: int, seed: int) -> dict[str, Any]:
    """Return the first image, the filters and their outputs."""
    X, K, bias = _drawn(batch, size, filters, kernel, seed)
    return {
        "image": X[0, 0].round(3),
        "filters": K[:, 0].round(3),
        "maps": corr2d(X[:1], K, bias)[0].round(3),
        "batch": batch,
    }


def _drawn(
    batch: int, size: int, filters: int, kernel: int, seed: int
) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    X, K = rng.normal(size=(batch, 1, size, size)), rng.normal(size=(filters, 1, kernel, kernel))
    return X, K, rng.normal(size=filters)
