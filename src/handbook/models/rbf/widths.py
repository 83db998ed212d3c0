"""Rules for the width sigma of the units."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist, pdist

from handbook.models.rbf.units import Array

__all__ = ["Rule", "dmax_width", "nearest_width", "spread_widths"]

Rule = Literal["dmax", "nearest", "per-center"]

# Below this share of the distance to the next centre, the distance of rows from their own
# centre is the rounding of a mean.
_ROUNDING = 1e-6


def dmax_width(centers: npt.ArrayLike) -> float:
    """Return the common width sigma = d_max / sqrt(2 M) of M centres.

    d_max is the largest distance between two centres. A single centre (or M equal ones) has no
    such distance; its width is 1.

    Parameters
    ----------
    centers : array-like of shape (M, d)

    References
    ----------
    Haykin, *Neural Networks*, section 5.13. Handbook, 7.1.1.

    Examples
    --------
    >>> dmax_width([[0.0, 0.0], [3.0, 4.0]])
    2.5
    """
    centers = np.asarray(centers, dtype=np.float64)
    largest = float(pdist(centers).max()) if len(centers) > 1 else 0.0
    return largest / float(np.sqrt(2 * len(centers))) if largest > 0 else 1.0


def nearest_width(centers: npt.ArrayLike, n_neighbors: int = 1) -> float:
    """Return the common width: the mean distance of a centre to its nearest other centres.

    Of the M centres, (M, d), M - 1 at most are the others. Where none is at a distance, the width
    is 1.

    References
    ----------
    Moody and Darken, "Fast learning in networks of locally-tuned processing units", Neural
    Computation 1 (1989): nearest-neighbour heuristics, and their average over all units.

    Examples
    --------
    >>> nearest_width([[0.0], [1.0], [4.0]])  # (1 + 1 + 3) / 3
    1.6666666666666667
    """
    return float(_neighbor_distances(centers, n_neighbors).mean()) or 1.0


def spread_widths(squared: Array, centers: npt.ArrayLike, weight: Array | None = None) -> Array:
    """Return a width for each centre, (M,): the root mean square distance of its own rows.

    A row belongs to the nearest centre, by the squared distances, (n, M), and has a weight, (n,).
    A centre without rows, or with all of them upon it, takes the distance to the nearest other
    centre; where there is none either, 1.

    References
    ----------
    Moody and Darken (1989), as above: widths that let each unit cover its own part of the
    rows. Here that part is what k-means gives the unit, and the width its standard deviation
    (over all columns together).

    Examples
    --------
    >>> rows, centers = np.array([[-1.0], [1.0], [7.0]]), np.array([[0.0], [7.0]])
    >>> spread_widths((rows - centers.T) ** 2, centers).tolist()
    [1.0, 7.0]
    """
    units = squared.shape[1]
    weight = np.ones(len(squared)) if weight is None else weight
    own = squared.argmin(axis=1)  # (n,)
    total = np.bincount(own, weights=weight * squared.min(axis=1), minlength=units)
    mass = np.bincount(own, weights=weight, minlength=units)
    spread = np.sqrt(total / np.where(mass > 0, mass, 1.0))
    apart = _neighbor_distances(centers, 1)[:, 0]
    width = np.where(spread > _ROUNDING * apart, spread, apart)
    return np.where(width > 0, width, 1.0)


def _neighbor_distances(centers: npt.ArrayLike, count: int) -> Array:
    """Return each centre's distances to its nearest other centres, (M, min(count, M - 1))."""
    distances = np.sort(cdist(centers, centers), axis=1)[:, 1:]  # without itself
    # a single centre is at distance 0 of the other that it lacks
    return distances[:, :count] if distances.size else np.zeros((1, 1))
