"""Rows of each gradient: all, single rows or mini-batches (section 3.6)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError

__all__ = ["batch", "mini_batch", "stochastic"]

Rows = npt.NDArray[np.intp]


def batch(n: int) -> Iterator[Rows]:
    """Yield all of `n` rows, again and again.

    Examples
    --------
    >>> next(batch(3)).tolist()
    [0, 1, 2]
    """
    while True:
        yield np.arange(n)


def mini_batch(
    n: int, size: int, random: np.random.Generator | np.random.RandomState
) -> Iterator[Rows]:
    """Yield `size` rows at a time, in a new order each epoch.

    Parameters
    ----------
    n, size : int
        Rows in all and at a time. The last of an epoch are fewer where `size` does not divide n.
    random : Generator or RandomState
        Draws the orders.

    Yields
    ------
    int ndarray of shape (size,)
        Positions of rows. Without end: an epoch takes ceil(n / size) of them.

    Raises
    ------
    HandbookError
        A size that is not between 1 and n.

    Examples
    --------
    >>> rows = mini_batch(4, 3, np.random.default_rng(0))
    >>> [len(next(rows)) for _ in range(4)]
    [3, 1, 3, 1]
    """
    if not 1 <= size <= n:
        raise HandbookError(f"mini-batches of {size} out of {n} rows; give a size from 1 to {n}")
    while True:
        order = random.permutation(n)
        for start in range(0, n, size):
            yield order[start : start + size]


def stochastic(n: int, random: np.random.Generator | np.random.RandomState) -> Iterator[Rows]:
    """Yield one row at a time, in a new order each epoch.

    Examples
    --------
    >>> rows = stochastic(3, np.random.default_rng(0))
    >>> sorted(int(next(rows)[0]) for _ in range(3))
    [0, 1, 2]
    """
    return mini_batch(n, 1, random)
