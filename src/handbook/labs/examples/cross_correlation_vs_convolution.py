"""Convolution turns its kernel, which makes no difference to learning (section 4.3.5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import convolve2d

from handbook.labs.examples.learn_kernel import learn
from handbook.labs.result import Result, against
from handbook.nn import conv2d, corr2d

__all__ = ["compute", "plot"]


def compute(
    size: int, kernel: list[list[float]], rate: float, steps: int, seed: int
) -> list[Result]:
    """Filter an image by both operations, then learn a kernel by each from the same target."""
    X, K, start = _given(size, kernel, seed)
    learnt = _learnt(X, K, start, rate, steps)
    return [
        against("scipy.signal.convolve2d")(
            "convolution", conv2d(X, K), convolve2d(X, K, mode="valid")
        ),
        against("cross-correlation with the kernel as it is")(
            "convolution with the kernel turned by half a circle",
            conv2d(X, np.rot90(K, 2)),
            corr2d(X, K),
        ),
        against("the kernel that made the target", 1e-6)(
            f"kernel learnt by cross-correlation, {steps} steps", learnt[0], kernel
        ),
        against("the same kernel, turned", 1e-6)(
            f"kernel learnt by convolution from the same target, {steps} steps",
            learnt[1],
            np.rot90(K, 2),
        ),
    ]


def plot(
    size: int, kernel: list[list[float]], rate: float, steps: int, seed: int
) -> dict[str, Any]:
    """Return the impulse responses of both operations, and the two learnt kernels."""
    X, K, start = _given(size, kernel, seed)
    impulse = np.zeros((2 * K.shape[0] - 1, 2 * K.shape[1] - 1))
    impulse[K.shape[0] - 1, K.shape[1] - 1] = 1
    return {
        "impulse": impulse,
        "kernel": kernel,
        "made": [corr2d(impulse, K), conv2d(impulse, K)],
        "learnt": _learnt(X, K, start, rate, steps),
    }


def _given(
    size: int, kernel: list[list[float]], seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng, K = np.random.default_rng(seed), np.array(kernel, dtype=float)
    return rng.normal(size=(size, size)), K, rng.normal(size=K.shape)


def _learnt(
    X: np.ndarray, K: np.ndarray, start: np.ndarray, rate: float, steps: int
) -> list[np.ndarray]:
    Y = corr2d(X, K)
    # the loss is a sum over all places; the rate is meant for their mean
    return [
        learn(X, Y, start, rate / Y.size, steps, turned=turned)[0][-1].round(6) + 0.0  # no -0.0
        for turned in (False, True)
    ]
