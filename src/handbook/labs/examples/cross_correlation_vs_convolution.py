"""Convolution turns its kernel, which makes no difference to learning (section 4.3.5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import convolve2d

from handbook.labs.examples.learn_kernel import learn
from handbook.labs.result import Result
from handbook.nn import conv2d, corr2d

__all__ = ["compute", "plot"]


def compute(
    size: int, kernel: list[list[float]], rate: float, steps: int, seed: int
) -> list[Result]:
    """Do both operations on a noisy image, then learn a kernel by each from the same target."""
    X, K, start = _given(size, kernel, seed)
    learnt = _learnt(X, K, start, rate, steps)
    return [
        Result(
            name="convolution",
            computed=conv2d(X, K).tolist(),
            expected=convolve2d(X, K, mode="valid").tolist(),
            source="scipy.signal.convolve2d",
        ),
        Result(
            name="convolution with the kernel turned by half a circle",
            computed=conv2d(X, np.rot90(K, 2)).tolist(),
            expected=corr2d(X, K).tolist(),
            source="cross-correlation with the kernel as it is",
        ),
        Result(
            name=f"kernel learnt by cross-correlation, {steps} steps",
            computed=learnt[0].tolist(),
            expected=kernel,
            source="the kernel that made the target",
            tolerance=1e-6,
        ),
        Result(
            name=f"kernel learnt by convolution from the same target, {steps} steps",
            computed=learnt[1].tolist(),
            expected=np.rot90(K, 2).tolist(),
            source="the same kernel, turned",
            tolerance=1e-6,
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
        "impulse": impulse.tolist(),
        "kernel": kernel,
        "made": [corr2d(impulse, K).tolist(), conv2d(impulse, K).tolist()],
        "learnt": [weights.tolist() for weights in _learnt(X, K, start, rate, steps)],
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
