"""Adam on a line, with the gradient at each step and with one drawn once (section 3.11)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.peers import torch_path
from handbook.labs.result import Array, Result, against, listing
from handbook.optim import Adam, minimise

__all__ = ["compute", "loss", "plot"]


def loss(weights: Array, x: list[float], y: list[float]) -> Any:
    """Return the mean squared error of w x + b; weights are (w, b), of shape (..., 2)."""
    return np.mean((weights[..., :1] * x + weights[..., 1:] - y) ** 2, axis=-1)


def gradient(weights: Array, x: list[float], y: list[float]) -> Array:
    """Return its derivatives with respect to w and b."""
    left = weights[0] * np.array(x) + weights[1] - y
    return np.array([2 * np.mean(left * x), 2 * np.mean(left)])


def compute(
    x: list[float],
    y: list[float],
    rate: float,
    decays: list[float],
    epsilon: float,
    steps: int,
    longer: int,
    seed: int,
    others: list[int],
) -> list[Result]:
    """Fit a line with Adam, and again as the book's listing does, with one gradient kept."""
    start, drawn = _drawn(seed)
    given = rate, decays, epsilon
    path = minimise(_adam(*given), lambda w: gradient(w, x, y), start, steps)
    astray = minimise(_adam(*given), lambda _: drawn, start, steps)
    last = minimise(_adam(*given), lambda w: gradient(w, x, y), start, longer)[-1]
    settings = {"lr": rate, "betas": tuple(decays), "eps": epsilon}
    peer = torch_path("Adam", settings, lambda w: gradient(w, x, y), start.tolist(), steps)
    line = np.polyfit(x, y, 1)
    carried = start - steps * rate * np.sign(drawn)
    return [
        against(f"torch.optim.Adam, epsilon {epsilon:g} outside the root")(
            f"w and b after each of {steps} steps", path, peer
        ),
        against("torch.optim.Adam")(
            f"loss at the start and after {steps} steps",
            loss(path[[0, -1]], x, y),
            loss(np.array(peer)[[0, -1]], x, y),
            book=listing(loss(astray[[0, -1]], x, y), (4640, 4646, 4660), seed=seed),
            fault="gives another number",
            reason="the listing draws its gradient at random before the loop and never computes "
            "it: Adam then walks one way for ever, and here the loss rises. It draws without a "
            "seed, so this is one run of many",
            instead="computes the gradient of the loss at every step",
        ),
        against("numpy.polyfit: least squares", 1e-3)(f"w and b after {longer} steps", last, line),
        against("closed form: with one gradient each step is the rate, whatever its size", 1e-5)(
            f"w and b that {steps} steps of the drawn gradient lead to", astray[-1], carried
        ),
        against("closed form, the same", 1e-2)(
            f"loss before and after {steps} steps of the drawn gradient, seeds "
            f"{', '.join(map(str, others))}",
            [loss(_ends(*_drawn(other), _adam(*given), steps), x, y) for other in others],
            [
                loss(np.array([w, w - steps * rate * np.sign(g)]), x, y)
                for w, g in map(_drawn, others)
            ],
        ),
    ]


def plot(
    x: list[float],
    y: list[float],
    rate: float,
    decays: list[float],
    epsilon: float,
    steps: int,
    longer: int,
    seed: int,
    others: list[int],
) -> dict[str, Any]:
    """Return losses and weights by step, of both procedures."""
    start, drawn = _drawn(seed)
    given = rate, decays, epsilon
    paths = {
        "gradient of each step": minimise(_adam(*given), lambda w: gradient(w, x, y), start, steps),
        "gradient drawn once": minimise(_adam(*given), lambda _: drawn, start, steps),
    }
    return {
        "loss": {name: loss(path, x, y) for name, path in paths.items()},
        "w": {name: path[:, 0] for name, path in paths.items()},
        "b": {name: path[:, 1] for name, path in paths.items()},
    }


def _adam(rate: float, decays: list[float], epsilon: float) -> Adam:
    first, second = decays
    return Adam(rate, (first, second), epsilon)


def _ends(start: Array, drawn: Array, rule: Adam, steps: int) -> Array:
    """Return the weights before and after so many steps of one gradient, (2, 2)."""
    return minimise(rule, lambda _: drawn, start, steps)[[0, -1]]


def _drawn(seed: int) -> tuple[Array, Array]:
    """Draw the start (w, b), then the gradient that the listing keeps."""
    random = np.random.RandomState(seed)
    return random.randn(2), random.randn(2)
