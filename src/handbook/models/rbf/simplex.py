"""Outputs that are nearly probabilities, made into probabilities."""

from __future__ import annotations

import numpy as np

from handbook.models.rbf.units import Array

__all__ = ["project_onto_simplex"]


def project_onto_simplex(rows: Array) -> Array:
    """Return the nearest probability distribution to each row, (n, K): no negatives, sum 1.

    References
    ----------
    Duchi, Shalev-Shwartz, Singer and Chandra, "Efficient projections onto the l1-ball for
    learning in high dimensions", ICML (2008).

    Examples
    --------
    >>> project_onto_simplex(np.array([[1.0, 0.5, -1.0]])).tolist()
    [[0.75, 0.25, 0.0]]
    """
    descending = -np.sort(-rows, axis=1)
    excess = np.cumsum(descending, axis=1) - 1.0
    counts = np.arange(1, rows.shape[1] + 1)
    kept = (descending - excess / counts > 0).sum(axis=1)  # how many classes stay above 0
    shift = excess[np.arange(len(rows)), kept - 1] / kept
    return np.asarray(np.maximum(rows - shift[:, np.newaxis], 0.0))
