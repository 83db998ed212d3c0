"""Initial weights of the nodes."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA

from handbook.models.som.grid import Array

__all__ = ["Initial", "initial_weights"]

Initial = Literal["pca", "random", "sample"]


def initial_weights(
    init: Initial | npt.ArrayLike, rows: int, columns: int, X: Array, random: np.random.Generator
) -> Array:
    """Return the weights of a map before its training, (rows * columns, features).

    Parameters
    ----------
    init : {"random", "sample", "pca"} or array-like of shape (rows, columns, features)
        Uniform between the least and the largest value of each column; rows of `X`, drawn
        without repetition while there are enough; the plane of the first two principal
        components, one standard deviation to each side, the first along the longer side of the
        map; or the weights themselves.
    rows, columns : int
        Shape of the map.
    X : ndarray of shape (n, features)

    Raises
    ------
    ValueError
        If `init` is an array of another shape or with values that are not finite.

    References
    ----------
    Kohonen, *Self-Organizing Maps* (2001), 3.7, on random and linear initialisation.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 1.0], [2.0, 1.0]])
    >>> initial_weights("pca", 1, 2, X, np.random.default_rng(0)).round(3).tolist()
    [[-0.414, 1.0], [2.414, 1.0]]
    """
    nodes = rows * columns
    if not isinstance(init, str):
        weights = np.array(init, dtype=np.float64)
        shape = (rows, columns, X.shape[1])
        if weights.shape != shape or not np.isfinite(weights).all():
            raise ValueError(
                f"an array as init must hold finite numbers and be of shape {shape} (rows, "
                f"columns, features), not one of shape {weights.shape}"
            )
        return weights.reshape(nodes, -1)
    if init == "random":
        return random.uniform(X.min(axis=0), X.max(axis=0), size=(nodes, X.shape[1]))
    if init == "sample":
        return X[random.choice(len(X), nodes, replace=nodes > len(X))]
    return _plane(rows, columns, X)


def _plane(rows: int, columns: int, X: Array) -> Array:
    """Return a regular net on the plane of the first two principal components."""
    if len(X) < 2:  # no variance
        return np.repeat(X, rows * columns, axis=0)
    with np.errstate(invalid="ignore"):  # equal rows have no variance to be explained
        pca = PCA(n_components=min(2, *X.shape), svd_solver="covariance_eigh").fit(X)
    axes = np.zeros((2, X.shape[1]))
    axes[: pca.n_components_] = np.sqrt(pca.explained_variance_)[:, np.newaxis] * pca.components_
    first, second = axes if rows >= columns else axes[::-1]
    down, across = (
        np.linspace(-1, 1, side) if side > 1 else np.zeros(1) for side in (rows, columns)
    )
    net = pca.mean_ + down[:, np.newaxis, np.newaxis] * first + across[:, np.newaxis] * second
    return np.asarray(net.reshape(rows * columns, -1))
