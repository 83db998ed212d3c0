"""A kernel and a bias as a layer that can learn (section 4.3.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_autograd
from handbook.labs.result import Result, against
from handbook.nn import corr2d, corr2d_backward

__all__ = ["compute", "plot"]


def compute(size: int, kernel: int, bias: float, seed: int) -> list[Result]:
    """Compute a layer's output of a small image, and the gradient of the sum of its outputs."""
    X, K = _drawn(size, kernel, seed)
    output = corr2d(X, K, bias)
    back = corr2d_backward(output, X, K)  # the gradient of half the sum of squares is the output

    weights = [
        torch.tensor(array, requires_grad=True)
        for array in (K[None, None], np.array([float(bias)]))
    ]
    theirs = torch.nn.functional.conv2d(torch.tensor(X)[None, None], weights[0], weights[1])
    of_K, of_bias = torch.autograd.grad((theirs**2).sum() / 2, weights)
    return [
        against("torch.nn.functional.conv2d with the same weights")(
            "output of the layer", output, theirs[0, 0]
        ),
        by_autograd("gradient of half the sum of its squares, by the kernel", back.K, of_K[0, 0]),
        by_autograd("the same, by the bias", back.bias, of_bias[0]),
    ]


def plot(size: int, kernel: int, bias: float, seed: int) -> dict[str, Any]:
    """Return image, kernel, bias and output."""
    X, K = _drawn(size, kernel, seed)
    return {"input": X, "kernel": K, "bias": bias, "output": corr2d(X, K, bias)}


def _drawn(size: int, kernel: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(-2, 3, (n, n)).astype(float) for n in (size, kernel)]
