"""Several input channels: each has its own kernel, and the results add up (section 4.5.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Result, against, implies, outcome, prints
from handbook.nn import corr2d

__all__ = ["compute", "plot"]


def compute(image: list[list[list[float]]], kernel: list[list[list[float]]]) -> list[Result]:
    """Correlate an image of several channels with a kernel of as many."""
    X, K = np.array(image, dtype=float), np.array(kernel, dtype=float)
    output = corr2d(X[None], K[None])[0, 0]
    theirs = torch_corr2d(X[None], K[None])[0, 0]
    terms = K * X[:, : K.shape[1], : K.shape[2]]
    return [
        against(f"by hand: {' + '.join(f'{term.sum():g}' for term in terms)}, a sum a channel")(
            "figure 4.8: first number of the output",
            output[0, 0],
            terms.sum(),
            book=prints(56.0, (5833, 5907)),
        ),
        by_conv2d("output", output, theirs),
        against(f"shapes {X.shape} and {K.shape} do not fit each other cell by cell")(
            "the product of whole image and whole kernel",
            outcome(lambda: torch.tensor(X) * torch.tensor(K)),
            "raises RuntimeError",
            book=implies("runs", (5863, 5907)),
            fault="crashes when run",
            reason="the function multiplies image and kernel as they are, where each channel must "
            "be cross-correlated with its own kernel",
            instead="cross-correlates each channel and adds up",
        ),
    ]


def plot(image: list[list[list[float]]], kernel: list[list[list[float]]]) -> dict[str, Any]:
    """Return the channels, the output of each, and the sum."""
    parts = [corr2d(X, K) for X, K in zip(image, kernel, strict=True)]
    return {"image": image, "kernel": kernel, "parts": list(parts), "output": np.sum(parts, axis=0)}
