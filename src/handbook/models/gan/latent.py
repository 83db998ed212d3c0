"""Ways between latent points."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["spherical"]

Array = npt.NDArray[Any]

_PARALLEL = 1e-6  # radians: closer directions have no plane between them


def spherical(start: Array, end: Array, shares: Array) -> Array:
    """Interpolate between latent points along great circles.

    Normally distributed points of many dimensions lie near a sphere; a straight line between two
    of them leads through a region without training points.

    Parameters
    ----------
    start, end : float arrays of shape (..., d)
    shares : float array of shape (s,)
        How far along, from 0 (`start`) to 1 (`end`).

    Returns
    -------
    float array of shape (..., s, d)

    References
    ----------
    White, "Sampling generative networks" (2016). Shoemake (1985).

    Examples
    --------
    >>> here, there = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    >>> spherical(here, there, np.array([0.0, 0.5])).round(3).tolist()
    [[1.0, 0.0], [0.707, 0.707]]
    """
    start, end = start[..., np.newaxis, :], end[..., np.newaxis, :]
    shares = np.asarray(shares)[:, np.newaxis]
    lengths = np.linalg.norm(start, axis=-1) * np.linalg.norm(end, axis=-1)
    products = (start * end).sum(axis=-1)
    cosine = np.divide(products, lengths, out=np.ones_like(lengths), where=lengths > 0)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))[..., np.newaxis]
    sine = np.sin(angle)
    straight = sine < _PARALLEL
    sine = np.where(straight, 1.0, sine)
    before = np.where(straight, 1 - shares, np.sin((1 - shares) * angle) / sine)
    after = np.where(straight, shares, np.sin(shares * angle) / sine)
    return np.asarray(before * start + after * end)
