"""How far made samples are from real ones, in the space of features that a judge sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["frechet_distance", "precision_and_recall", "total_variation"]

Array = npt.NDArray[Any]

_BLOCK = 1000  # rows whose distances to all others are held at once


def frechet_distance(real: Array, made: Array) -> float:
    """Return the Fréchet distance between the Gaussians that fit two sets of features.

    ``|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))``. The square root of a product of covariances
    comes out complex or wrong where one is singular. Its trace is the sum of the singular values
    of ``A B'``, where ``C1 = A'A`` and ``C2 = B'B``; the triangular factors of the centred
    features are such A and B, and no root is ever taken.

    Parameters
    ----------
    real, made : float arrays of shape (n, d) and (m, d)
        At least two rows each. With few rows the distance is too large even between equals, so
        compare only distances of equally many rows. It is in squared units of the features.

    References
    ----------
    Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
    equilibrium" (2017). Dowson and Landau, "The Fréchet distance between multivariate normal
    distributions" (1982).

    Examples
    --------
    >>> real = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]])
    >>> round(frechet_distance(real, real + [3.0, 0.0]), 9)
    9.0
    """
    sets = [np.asarray(features, dtype=float) for features in (real, made)]
    means = [rows.mean(axis=0) for rows in sets]
    # the square of a factor is the covariance
    factors: list[Any] = [
        np.linalg.qr((rows - mean) / np.sqrt(len(rows) - 1), mode="r")
        for rows, mean in zip(sets, means, strict=True)
    ]
    common = np.linalg.svdvals(factors[0] @ factors[1].T).sum()
    traces = [(factor**2).sum() for factor in factors]
    apart = np.sum((means[0] - means[1]) ** 2)
    return max(float(apart + sum(traces) - 2 * common), 0.0)


def precision_and_recall(real: Array, made: Array, neighbours: int = 3) -> tuple[float, float]:
    """Return how many made samples look real, and how many real ones could have been made.

    Around each sample of a set lies a ball that reaches to its k-th nearest neighbour in the same
    set; together they stand for where the set lives.

    Parameters
    ----------
    real, made : float arrays of shape (n, d) and (m, d)
        More than `neighbours` rows each. Distances are computed a block of rows at a time:
        memory grows with n + m, not with their product.
    neighbours : int
        k.

    Returns
    -------
    precision : float
        Share of made samples inside a ball around a real one: quality.
    recall : float
        Share of real samples inside a ball around a made one: variety.

    References
    ----------
    Kynkäänniemi, Karras, Laine, Lehtinen and Aila, "Improved precision and recall metric for
    assessing generative models" (2019), with k = 3.

    Examples
    --------
    >>> real = np.arange(10.0)[:, None]
    >>> precision_and_recall(real, np.array([[0.1], [0.2], [0.3], [0.4], [0.5]]))
    (1.0, 0.1)
    """
    real, made = np.asarray(real, dtype=float), np.asarray(made, dtype=float)
    # distances are differences of squares, which are more exact near 0
    middle = real.mean(axis=0)
    real, made = real - middle, made - middle
    of_real, of_made = _radii(real, neighbours), _radii(made, neighbours)
    inside = np.zeros(len(made), dtype=bool)
    covered = np.zeros(len(real), dtype=bool)
    for rows, distances in _distances(made, real):
        inside[rows] = (distances <= of_real).any(axis=1)
        covered |= (distances <= of_made[rows, np.newaxis]).any(axis=0)
    return float(inside.mean()), float(covered.mean())


def total_variation(counts: Array, others: Array) -> float:
    """Return half of the sum of differences between two histograms' shares: 0 to 1.

    Examples
    --------
    >>> total_variation(np.array([5, 5, 0]), np.array([0, 10, 10]))
    0.5
    """
    first, second = np.asarray(counts) / np.sum(counts), np.asarray(others) / np.sum(others)
    return float(np.abs(first - second).sum() / 2)


def _radii(points: Array, neighbours: int) -> Array:
    """Return the squared distance of each point to its k-th nearest neighbour."""
    radii = np.empty(len(points))
    for rows, distances in _distances(points, points):
        # a point is no neighbour of its own
        distances[np.arange(len(distances)), np.arange(rows.start, rows.stop)] = np.inf
        radii[rows] = np.partition(distances, neighbours - 1, axis=1)[:, neighbours - 1]
    return radii


def _distances(points: Array, others: Array) -> Iterator[tuple[slice, Array]]:
    """Yield blocks of rows of `points` and their squared distances to all of `others`."""
    lengths = (others**2).sum(axis=1)
    for first in range(0, len(points), _BLOCK):
        rows = slice(first, min(first + _BLOCK, len(points)))
        part = points[rows]
        squares = (part**2).sum(axis=1)[:, np.newaxis] + lengths
        squares -= 2 * part @ others.T
        yield rows, np.maximum(squares, 0, out=squares)
