"""A kernel and a bias as a layer that can learn (section 4.3.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.result import Result
from handbook.nn import corr2d, corr2d_backward

__all__ = ["compute", "plot"]


def compute(size: int, kernel: int, bias: float, seed: int) -> list[Result]:
    """Run the layer on an image of small integers, forward and backward."""
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
        Result(
            name="output of the layer",
            computed=output.tolist(),
            expected=theirs[0, 0].tolist(),
            source="torch.nn.functional.conv2d with the same weights",
        ),
        Result(
            name="gradient of half the sum of its squares, by the kernel",
            computed=back.K.tolist(),
            expected=of_K[0, 0].tolist(),
            source="torch's automatic differentiation",
        ),
        Result(
            name="the same, by the bias",
            computed=float(back.bias),
            expected=of_bias.item(),
            source="torch's automatic differentiation",
        ),
    ]


def plot(size: int, kernel: int, bias: float, seed: int) -> dict[str, Any]:
    """Return image, kernel, bias and output."""
    X, K = _drawn(size, kernel, seed)
    return {
        "input": X.tolist(),
        "kernel": K.tolist(),
        "bias": bias,
        "output": corr2d(X, K, bias).tolist(),
    }


def _drawn(size: int, kernel: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(-2, 3, (n, n)).astype(float) for n in (size, kernel)]
