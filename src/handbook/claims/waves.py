"""Noisy points of a sine, and the sine: rows whose truth is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["on_grid", "truth", "wave"]

Array = npt.NDArray[np.float64]


def truth(X: Array) -> Array:
    """Return sin(2 pi x) of the first column: two whole periods on [-1, 1]."""
    return np.asarray(np.sin(2 * np.pi * X[:, 0]))


def wave(
    rows: int, noise: float, rng: np.random.Generator, columns: int = 1
) -> tuple[Array, Array]:
    """Draw rows evenly from [-1, 1], the sine of the first column, and normal noise on it.

    Examples
    --------
    >>> X, y = wave(5, 0.0, np.random.default_rng(0), columns=3)
    >>> X.shape, bool(np.allclose(y, np.sin(2 * np.pi * X[:, 0])))
    ((5, 3), True)
    """
    X = rng.uniform(-1, 1, (rows, columns))
    return X, truth(X) + noise * rng.standard_normal(rows)


def on_grid(points: int = 201) -> tuple[Array, Array]:
    """Return a grid on [-1, 1], (points, 1), and the sine on it."""
    grid = np.linspace(-1, 1, points)[:, np.newaxis]
    return grid, truth(grid)
