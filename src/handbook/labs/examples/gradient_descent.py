"""A plane fitted by gradient descent on all rows, on one and on a few (section 3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from handbook.labs.peers import by_autograd, torch_path
from handbook.labs.result import Result, against, listing, prints
from handbook.optim import GradientDescent, batch, mini_batch, minimise, stochastic

__all__ = ["compute", "made", "plot"]

Array = npt.NDArray[Any]
# What section 3.6 prints: intercept, then the two slopes, to eight digits.
_BOOK_BATCH = [0.06893943, 2.00432774, 1.2328745]
_BOOK_STOCHASTIC = [0.02922543, 3.06187484, 1.94812191]
_BOOK_MINI_BATCH = [-0.05168228, 3.11146125, 1.94541002]
_PRINTED = 1e-8


class _Scheme(NamedTuple):
    """How a gradient is taken: rows of each step, steps of an epoch, factor on the gradient."""

    rows: Iterator[npt.NDArray[np.intp]]
    steps: int
    factor: float = 1.0


def made(rows: int, slopes: list[float], seed: int) -> tuple[Array, Array, np.random.RandomState]:
    """Return a column of ones beside two normal ones, the noisy target, and the generator.

    X is of shape (rows, 3), y of shape (rows,); the book's listings go on drawing with the
    generator.
    """
    random = np.random.RandomState(seed)
    features = random.randn(rows, len(slopes))
    y = features @ slopes + random.randn(rows)
    return np.column_stack([np.ones(rows), features]), y, random


def gradient(X: Array, y: Array, w: Array) -> Array:
    """Return the gradient of half the mean squared error."""
    return np.asarray(X.T @ (X @ w - y) / len(y))


def descend(X: Array, y: Array, scheme: _Scheme, rate: float, epochs: int) -> Array:
    """Return the weights at the start and after each step, (epochs * steps + 1, columns)."""
    rule = GradientDescent(rate)

    def of_next_rows(w: Array) -> Array:
        q = next(scheme.rows)
        return scheme.factor * gradient(X[q], y[q], w)

    return minimise(rule, of_next_rows, np.zeros(X.shape[1]), epochs * scheme.steps)


def compute(
    rows: int, slopes: list[float], seed: int, rate: float, epochs: int, size: int
) -> list[Result]:
    """Fit a plane by steps on all rows, on one and on a few, and as the book's listings do."""
    X, y, _ = made(rows, slopes, seed)
    runs = rows, slopes, seed, size
    ends = {name: descend(*run, rate, epochs)[-1] for name, run in _runs(*runs)}
    peers = {name: _torch(*run, rate, epochs) for name, run in _runs(*runs)}
    normal = np.linalg.solve(X.T @ X, X.T @ y)
    curvatures, axes = np.linalg.eigh(X.T @ X / rows)
    shrunk = (1 - rate * curvatures) ** epochs
    return [
        against("numpy.linalg.lstsq")(
            "least squares", normal, np.linalg.lstsq(X, y, rcond=None)[0]
        ),
        Result(
            f"all rows at a time, {epochs} steps",
            ends["batch"],
            normal - axes @ (shrunk * (axes.T @ normal)),
            "closed form: along each axis the error shrinks by 1 - rate * curvature a step",
            book=prints(_BOOK_BATCH, 3940),
            tolerance=_PRINTED,
        ),
        against("torch.optim.SGD on the same rows", _PRINTED)(
            f"{size} rows at a time, {epochs} epochs",
            ends["mini-batch"],
            peers["mini-batch"],
            book=prints(_BOOK_MINI_BATCH, 4153),
        ),
        against("torch.optim.SGD on the same rows", _PRINTED)(
            f"one row at a time in a new order each epoch, {epochs} epochs",
            ends["stochastic"],
            peers["stochastic"],
        ),
        against("torch.optim.SGD on the same rows", _PRINTED)(
            "what the listing of stochastic descent gives",
            ends["mini-batch"],
            peers["mini-batch"],
            book=prints(_BOOK_STOCHASTIC, 4055),
            fault="gives another number",
            reason="it is the code of the mini-batches; the printed figure comes from single rows",
            instead="takes one row at a time, in a new order each epoch",
        ),
        against("torch.optim.SGD on all rows", _PRINTED)(
            "what the listing of mini-batch descent gives",
            ends["batch"],
            peers["batch"],
            book=prints(_BOOK_MINI_BATCH, 4153),
            fault="gives another number",
            reason="it is the code that takes all rows at a time",
            instead=f"takes {size} rows at a time, in a new order each epoch",
        ),
        Result(
            "one row at a time in the table's order, gradient of the whole squared error",
            ends["in order"],
            peers["in order"],
            "torch.optim.SGD on the same rows with twice the rate; it is where the figure "
            "printed for stochastic descent comes from",
            book=prints(_BOOK_STOCHASTIC, 4055),
            tolerance=_PRINTED,
        ),
        by_autograd(
            "gradient at the start of the mean squared error",
            2 * gradient(X, y, np.zeros(X.shape[1])),
            _torchs_gradient(X, y),
            book=listing(gradient(X, y, np.zeros(X.shape[1])), (3923, 3928)),
            fault="contradicts itself",
            reason="the listing's function is the gradient of half the stated loss: the factor 2 "
            "is missing. It is the same as half the rate, so that the descent is sound and its "
            "printed weights are those of half the loss",
            instead="states half the mean squared error as the loss",
        ),
    ]


def plot(
    rows: int, slopes: list[float], seed: int, rate: float, epochs: int, size: int
) -> dict[str, Any]:
    """Return for each choice of rows the excess loss by epoch, and the path of both slopes."""
    X, y, _ = made(rows, slopes, seed)
    best = np.linalg.lstsq(X, y, rcond=None)[0]
    runs = _runs(rows, slopes, seed, size)
    paths = {name: descend(*run, rate, epochs) for name, run in runs}
    del paths["in order"]

    def loss(w: Array) -> Array:  # (points, 3) to (points,)
        return np.asarray(np.mean((w @ X.T - y) ** 2, axis=1))

    labels = {"batch": "all rows", "stochastic": "one row", "mini-batch": f"{size} rows"}
    epoch_ends = {labels[name]: path[:: (len(path) - 1) // epochs] for name, path in paths.items()}
    low, high = np.array([-0.3, -0.3]), best[1:] + 0.5
    across, up = np.linspace(low, high, 41).T
    grid = np.array([[best[0], a, b] for b in up for a in across])
    return {
        "best": best,
        "loss": {name: loss(path) - loss(best[None])[0] for name, path in epoch_ends.items()},
        "paths": {name: path[:, 1:] for name, path in epoch_ends.items()},
        "across": across,
        "up": up,
        "values": np.round(loss(grid), 4).reshape(len(up), len(across)),
    }


def _schemes(rows: int, size: int, random: np.random.RandomState) -> dict[str, _Scheme]:
    """Return all schemes; only one can be run with a generator, which it changes."""
    single = (np.array([row % rows]) for row in range(10**9))
    return {
        "batch": _Scheme(batch(rows), 1),
        "stochastic": _Scheme(stochastic(rows, random), rows),
        "mini-batch": _Scheme(mini_batch(rows, size, random), -(-rows // size)),
        "in order": _Scheme(single, rows, factor=2.0),
    }


def _runs(
    rows: int, slopes: list[float], seed: int, size: int
) -> Iterator[tuple[str, tuple[Array, Array, _Scheme]]]:
    """Yield name, data and scheme of each run, which has a generator of its own."""
    for name in _schemes(rows, size, np.random.RandomState(0)):
        X, y, random = made(rows, slopes, seed)
        yield name, (X, y, _schemes(rows, size, random)[name])


def _torchs_gradient(X: Array, y: Array) -> list[float]:
    w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    loss = torch.mean((torch.tensor(X) @ w - torch.tensor(y)) ** 2)
    (slope,) = torch.autograd.grad(loss, w)
    gradient: list[float] = slope.tolist()
    return gradient


def _torch(X: Array, y: Array, scheme: _Scheme, rate: float, epochs: int) -> list[float]:
    def of_next_rows(w: Array) -> Array:
        q = next(scheme.rows)
        return np.asarray(np.mean((X[q] @ w - y[q])[:, None] * X[q], axis=0))  # (3,)

    settings = {"lr": scheme.factor * rate}
    return torch_path("SGD", settings, of_next_rows, [0.0] * X.shape[1], epochs * scheme.steps)[-1]
