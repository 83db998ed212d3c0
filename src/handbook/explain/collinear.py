"""Whether the columns that a linear model sees leave its coefficients free."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Collinear", "collinear"]

# Part of a direction of length 1: below it, rounding.
_NOTHING = 1e-8

Array = npt.NDArray[Any]


class Collinear(NamedTuple):
    """Columns of a design, the intercept's among them, and how many of them are independent.

    Parameters
    ----------
    columns, rank : int
        Where the rank is smaller, other coefficients give the very same predictions.
    free : bool ndarray of shape (features,)
        Which coefficients can be changed so, together with others.
    """

    columns: int
    rank: int
    free: Array


def collinear(Z: Array, *, intercept: bool) -> Collinear:
    """Find exact linear dependence between columns, by singular values.

    Parameters
    ----------
    Z : float ndarray of shape (n, features)
    intercept : bool
        Whether the model adds a constant of its own.

    Examples
    --------
    >>> one_hot = np.eye(3)[[0, 1, 2, 0, 1]]
    >>> result = collinear(np.column_stack([one_hot, [1.0, 5, 2, 2, 4]]), intercept=True)
    >>> result.columns, result.rank, result.free.tolist()
    (5, 4, [True, True, True, False])
    """
    design = np.column_stack([Z, np.ones(len(Z))]) if intercept else Z
    # The triangular factor has the same dependences in as many rows as there are columns.
    _, sizes, directions = np.linalg.svd(np.linalg.qr(design, mode="r"), full_matrices=True)
    limit = max(design.shape) * np.finfo(float).eps * sizes.max(initial=0.0)
    rank = int(np.sum(sizes > limit))
    free = np.linalg.norm(directions[rank:], axis=0) > _NOTHING
    return Collinear(design.shape[1], rank, free[: Z.shape[1]])
