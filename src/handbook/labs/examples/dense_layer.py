"""A dense layer with sigmoid units, forward and backward (section 3.2.6)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_autograd
from handbook.labs.result import Array, Result, against
from handbook.nn import dense, dense_backward, sigmoid, sigmoid_derivative

__all__ = ["compute", "plot"]


def compute(samples: int, inputs: int, outputs: int, seed: int) -> list[Result]:
    """Compute a layer's outputs of random rows, and the gradient of the sum of its outputs."""
    X, W, b = _drawn(samples, inputs, outputs, seed)
    sums = dense(X, W, b)
    output = sigmoid(sums)
    back = dense_backward(sigmoid_derivative(sums), X, W)

    weights = [torch.tensor(array, requires_grad=True) for array in (W, b)]
    theirs = torch.sigmoid(torch.nn.functional.linear(torch.tensor(X), *weights))
    of_W, of_b = torch.autograd.grad(theirs.sum(), weights)
    return [
        against("a row a sample, a column a unit")(
            "shape of the outputs", list(output.shape), [samples, outputs]
        ),
        against("torch.nn.functional.linear and torch.sigmoid with the same weights")(
            "outputs", output, theirs
        ),
        by_autograd("gradient of their sum by the weights", back.W, of_W),
        by_autograd("the same, by the biases", back.b, of_b),
    ]


def plot(samples: int, inputs: int, outputs: int, seed: int) -> dict[str, Any]:
    """Return the weights, and each unit's weighted sums and outputs."""
    X, W, b = _drawn(samples, inputs, outputs, seed)
    sums = dense(X, W, b)
    return {"weights": W.round(3), "sums": sums.T.round(3), "outputs": sigmoid(sums).T.round(3)}


def _drawn(samples: int, inputs: int, outputs: int, seed: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(samples, inputs)), rng.normal(size=(outputs, inputs))
    return X, W, rng.normal(size=outputs)
