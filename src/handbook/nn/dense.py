"""The dense layer: every output is a weighted sum of all inputs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.nn.units import Array

__all__ = ["DenseGradients", "dense", "dense_backward"]


class DenseGradients(NamedTuple):
    """Gradients of a loss with respect to the arguments of a dense layer.

    Parameters
    ----------
    X : ndarray of shape (n, inputs)
    W : ndarray of shape (outputs, inputs)
    b : ndarray of shape (outputs,)
    """

    X: Array
    W: Array
    b: Array


def dense(X: npt.ArrayLike, W: npt.ArrayLike, b: npt.ArrayLike = 0.0) -> Array:
    """Return ``X W^T + b``.

    Parameters
    ----------
    X : array-like of shape (n, inputs)
    W : array-like of shape (outputs, inputs)
    b : array-like of shape (outputs,), or a number

    Returns
    -------
    ndarray of shape (n, outputs)

    Raises
    ------
    HandbookError
        Where the weights do not fit the inputs.

    References
    ----------
    Handbook, 3.2.6.

    Examples
    --------
    >>> dense([[1.0, 2.0]], [[3.0, 4.0], [0.0, 1.0], [1.0, 0.0]], [0.0, 0.0, 10.0]).tolist()
    [[11.0, 2.0, 11.0]]
    """
    X, W = np.asarray(X, dtype=np.float64), np.asarray(W, dtype=np.float64)
    if X.ndim != 2 or W.ndim != 2 or X.shape[1] != W.shape[1]:
        raise HandbookError(
            f"dense: X is {X.shape} and W {W.shape}, expected (n, inputs) and (outputs, inputs) "
            "with the same inputs; transpose W if it is (inputs, outputs)"
        )
    return np.asarray(X @ W.T + np.asarray(b, dtype=np.float64))


def dense_backward(grad: npt.ArrayLike, X: npt.ArrayLike, W: npt.ArrayLike) -> DenseGradients:
    """Return the gradients of a loss through a dense layer.

    Parameters
    ----------
    grad : array-like of shape (n, outputs)
        Gradient with respect to the output of :func:`dense`.
    X, W : array-like
        Arguments of :func:`dense`.

    Examples
    --------
    >>> dense_backward([[1.0, 10.0]], [[1.0, 2.0]], [[3.0, 4.0], [0.0, 1.0]]).X.tolist()
    [[3.0, 14.0]]
    """
    grad, X, W = (np.asarray(array, dtype=np.float64) for array in (grad, X, W))
    return DenseGradients(X=grad @ W, W=grad.T @ X, b=grad.sum(axis=0))
