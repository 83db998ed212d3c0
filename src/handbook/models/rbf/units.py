"""The hidden layer: what a Gaussian unit answers, and the answers of all units to all rows."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

__all__ = ["Array", "Form", "activation", "design_matrix", "squared_distances", "squared_scale"]

Array = npt.NDArray[np.float64]
Form = Literal["text", "code"]


def squared_scale(width: float | Array, form: Form) -> float | Array:
    """Return what a Gaussian divides squared distances by: sigma^2, or (2 sigma)^2."""
    return (width if form == "text" else 2 * width) ** 2


def squared_distances(X: npt.ArrayLike, centers: npt.ArrayLike) -> Array:
    """Return the squared distances, (n, M), of rows, (n, d), to centres, (M, d).

    Differences are squared as they are. One product of matrices, |x|^2 + |c|^2 - 2 x c, would
    be faster, but it takes the small distances, which matter most here, from large numbers.
    """
    return np.asarray(cdist(X, centers, "sqeuclidean"))


def activation(squared_distance: npt.ArrayLike, width: float | Array, form: Form = "code") -> Array:
    """Return the Gaussian units' answers to squared distances.

    Parameters
    ----------
    squared_distance : array-like of shape (..., M), or any shape with one width
    width : float or ndarray of shape (M,)
        sigma: one for all units, or one for each.
    form : {"text", "code"}
        ``"text"`` is exp(-d^2 / sigma^2) as the handbook's text has it, ``"code"`` is
        exp(-d^2 / (2 sigma)^2) as its program has it: the same bell, twice as wide.

    Returns
    -------
    ndarray of the shape of `squared_distance`

    Examples
    --------
    >>> float(activation(4.0, 2.0, "text"))  # exp(-1)
    0.36787944117144233
    >>> float(activation(16.0, 2.0, "code"))  # exp(-1)
    0.36787944117144233
    """
    squared = np.asarray(squared_distance, dtype=np.float64)
    answer: Array = np.asarray(squared / -squared_scale(width, form))
    return np.exp(answer, out=answer)


def design_matrix(
    X: npt.ArrayLike, centers: npt.ArrayLike, width: float | Array, form: Form = "code"
) -> Array:
    """Return the answers of all units to all rows.

    Parameters
    ----------
    X : array-like of shape (n, d)
    centers : array-like of shape (M, d)
    width : float or ndarray of shape (M,)
    form : {"text", "code"}
        See :func:`activation`.

    Returns
    -------
    ndarray of shape (n, M)

    References
    ----------
    Handbook, 7.1.1 and 7.3, where the same is a loop over rows and centres.

    Examples
    --------
    >>> design_matrix([[0.0], [1.0]], [[0.0], [1.0]], width=1.0, form="text").round(3).tolist()
    [[1.0, 0.368], [0.368, 1.0]]
    """
    return activation(squared_distances(X, centers), width, form)
