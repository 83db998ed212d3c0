"""A kernel learnt from an image and its edges by gradient descent (section 4.3.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from handbook.labs.examples.edge_detection import bar
from handbook.labs.result import Array, Result, against, implies, outcome
from handbook.nn import conv2d, corr2d, corr2d_backward

__all__ = ["compute", "learn", "plot"]

# How near the learnt kernel must come to the one that made the edges.
_NEAR = 0.05


def learn(
    X: Array, Y: Array, start: Array, rate: float, steps: int, *, turned: bool = False
) -> tuple[list[Array], list[float]]:
    """Learn the kernel that makes Y of X, by gradient descent on the sum of squared errors.

    With `turned` it convolves, instead of cross-correlating. Returns the kernels, of which the
    first is `start`, (h, w), and the loss of each.
    """
    operation = conv2d if turned else corr2d
    kernels, losses = [start], []
    while True:
        error = operation(X, kernels[-1]) - Y
        losses.append(float((error**2).sum()))
        if len(losses) > steps:
            return kernels, losses
        slope = corr2d_backward(2 * error, X, kernels[-1]).K
        kernels.append(kernels[-1] - rate * (slope[::-1, ::-1] if turned else slope))


def compute(
    rows: int,
    columns: int,
    dark: list[int],
    kernel: list[float],
    rate: float,
    steps: int,
    seed: int,
    listed_rate: float,
    listed_steps: int,
) -> list[Result]:
    """Learn a kernel from an image and its edges, at our rate and at that of the listing."""
    X, Y, start = _given(rows, columns, dark, kernel, seed)
    kernels, losses = learn(X, Y, start, rate, steps)
    windows = sliding_window_view(X, start.shape).reshape(Y.size, -1)  # (places, h w)
    return [
        against("the kernel that made the edges", _NEAR)(
            f"kernel after {steps} steps", kernels[-1][0], [float(weight) for weight in kernel]
        ),
        against("the kernel that made the edges")(
            "kernel of least squares, without descent",
            np.linalg.lstsq(windows, Y.ravel(), rcond=None)[0],
            [float(weight) for weight in kernel],
        ),
        against("the same descent with torch's automatic differentiation", 1e-6)(
            "sum of squared errors before each step", losses, _torchs(X, Y, start, rate, steps)
        ),
        against("torch refuses to write into a leaf that wants gradients")(
            "the first lines of the listing",
            outcome(lambda: _darkened(X, dark)),
            "raises RuntimeError",
            book=implies("runs", (5510, 5511, 5512)),
            fault="crashes when run",
            reason="the image, not the kernel, is said to want gradients, and then its dark "
            "columns are written into it; besides, a kernel of 2 x 2 gives rows of 7 numbers, and "
            "the target's rows have 4",
            instead="lets the kernel alone want gradients, and compares equal shapes",
        ),
        against("closed form: along each axis the error shrinks by 1 − rate · curvature a step")(
            f"kernel after {listed_steps} steps at rate {listed_rate:g} on the mean of squared "
            "errors, from nothing",
            _with_the_listings_settings(X, Y, start.shape, listed_rate, listed_steps),
            _shrunk(windows, np.array(kernel, dtype=float), listed_rate, listed_steps),
        ),
    ]


def plot(
    rows: int,
    columns: int,
    dark: list[int],
    kernel: list[float],
    rate: float,
    steps: int,
    seed: int,
    listed_rate: float,
    listed_steps: int,
) -> dict[str, Any]:
    """Return the weights and the loss at each step."""
    X, Y, start = _given(rows, columns, dark, kernel, seed)
    kernels, losses = learn(X, Y, start, rate, steps)
    return {
        "weights": np.concatenate(kernels).T,  # (weights, steps + 1)
        "wanted": kernel,
        "losses": losses,
    }


def _given(
    rows: int, columns: int, dark: list[int], kernel: list[float], seed: int
) -> tuple[Array, Array, Array]:
    X = bar(rows, columns, dark)
    start = np.random.default_rng(seed).normal(size=(1, len(kernel)))
    return X, corr2d(X, [kernel]), start


def _torchs(X: Array, Y: Array, start: Array, rate: float, steps: int) -> list[float]:
    image, wanted = torch.tensor(X)[None, None], torch.tensor(Y)[None, None]
    weight = torch.tensor(start[None, None], requires_grad=True)
    losses = []
    for _ in range(steps + 1):
        loss = ((torch.nn.functional.conv2d(image, weight) - wanted) ** 2).sum()
        losses.append(loss.item())
        (slope,) = torch.autograd.grad(loss, weight)
        weight = (weight - rate * slope).detach().requires_grad_()
    return losses


def _darkened(X: Array, dark: list[int]) -> None:
    image = torch.ones(X.shape, requires_grad=True)
    image[:, slice(*dark)] = 0


def _with_the_listings_settings(
    X: Array, Y: Array, shape: tuple[int, ...], rate: float, steps: int
) -> Array:
    """Learn from a kernel of zeros; the mean of squares is their sum at a smaller rate."""
    kernels, _ = learn(X, Y, np.zeros(shape), rate / Y.size, steps)
    return np.asarray(kernels[-1][0])


def _shrunk(windows: Array, wanted: Array, rate: float, steps: int) -> Array:
    """Return where descent on the mean of squared errors comes to from zeros, in closed form."""
    curvatures, axes = np.linalg.eigh(2 * windows.T @ windows / len(windows))
    left = (1 - rate * curvatures) ** steps
    return np.asarray(wanted - axes @ (left * (axes.T @ wanted)))
