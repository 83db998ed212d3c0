"""Several input channels: each has its own kernel, and the results add up (section 4.5.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.names import unbound
from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Result, against, implies, outcome, prints
from handbook.nn import corr2d

__all__ = ["compute", "plot"]

# Names of the example, and of the listing with its function.
_USED = ("torch", "X", "K", "cross_correlation_multi_channel")
_BOUND = ("torch", "nn", "cross_correlation", "X", "K")


def compute(image: list[list[list[float]]], kernel: list[list[list[float]]]) -> list[Result]:
    """Filter an image of several channels with a kernel for each, and add the results."""
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
        against("a row of 4 numbers and one of 2")(
            "the sum that is called manual, of the listing's own image and kernel",
            outcome(_by_hand),
            "raises RuntimeError",
            book=implies(56.0, (5880, 5886, 5892, 5907)),
            reason="image and kernel are not those from which 56 is worked out above, and are "
            "multiplied as wholes, which a width of 4 and one of 2 forbid; so neither of the two "
            "computations gives 56",
            instead="takes the numbers that do",
            fault="crashes when run",
        ),
        against("the names used less those bound")(
            "names that the listing uses and nothing binds",
            ", ".join(unbound(_USED, _BOUND)),
            ", ".join(name for name in _USED if name not in _BOUND),
            book=implies("none", (5846, 5896, 5905)),
            reason="the function that was defined has another name",
            instead="calls its functions by their names",
            fault="crashes when run",
        ),
    ]


def _by_hand() -> torch.Tensor:
    """Multiply a channel of the listing's image by one of its kernel's, as they are."""
    X, K = torch.zeros(1, 2, 2, 4), torch.zeros(2, 2, 2)
    return X[:, 0] * K[0]


def plot(image: list[list[list[float]]], kernel: list[list[list[float]]]) -> dict[str, Any]:
    """Return the channels, the output of each, and the sum."""
    parts = [corr2d(X, K) for X, K in zip(image, kernel, strict=True)]
    return {"image": image, "kernel": kernel, "parts": list(parts), "output": np.sum(parts, axis=0)}
