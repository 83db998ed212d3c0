"""Pooling: the largest or the mean value under a window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.nn.units import Array
from handbook.nn.windows import Size, framed, output_sizes, pair, shifted, unframed

__all__ = ["average_pool2d", "average_pool2d_backward", "max_pool2d", "max_pool2d_backward"]


def max_pool2d(
    X: npt.ArrayLike, kernel: Size, *, stride: Size | None = None, padding: Size = 0
) -> Array:
    """Return the largest value under the window at each position.

    Parameters
    ----------
    X : array-like of shape (..., H, W)
        Leading axes, of batch and channels, are kept: each channel is pooled by itself.
    kernel : int or tuple of int
        Height and width of the window.
    stride : int or tuple of int, optional
        Steps down and across; the window's own size if None.
    padding : int or tuple of int
        Rows and columns added at each edge, which are never the largest; half the window at most.

    Returns
    -------
    ndarray of shape (..., H', W')
        Of sizes :func:`handbook.nn.output_size`.

    Raises
    ------
    HandbookError
        Where a window does not fit, or could see padding alone.

    References
    ----------
    Handbook, 4.6.

    Examples
    --------
    >>> max_pool2d(np.arange(9).reshape(3, 3), 2, stride=1).tolist()
    [[4.0, 5.0], [7.0, 8.0]]
    """
    window, step, sizes = _checked(X, kernel, stride, padding)
    cells = shifted(framed(X, padding, -np.inf), window, step, sizes)
    _, _, first = next(cells)
    largest = first.copy()
    for _, _, view in cells:
        np.maximum(largest, view, out=largest)
    return largest


def max_pool2d_backward(
    grad: npt.ArrayLike,
    X: npt.ArrayLike,
    kernel: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
) -> Array:
    """Return the gradient of a loss with respect to X through :func:`max_pool2d`.

    It goes to the largest cell of each window; of equal cells, to the first, row by row.

    Parameters
    ----------
    grad : array-like of shape (..., H', W')
        Gradient with respect to the output.
    X, kernel, stride, padding
        Arguments of :func:`max_pool2d`.

    Examples
    --------
    >>> max_pool2d_backward([[1.0]], [[1.0, 3.0], [3.0, 2.0]], 2).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    window, step, sizes = _checked(X, kernel, stride, padding)
    grad, padded = np.asarray(grad, dtype=np.float64), framed(X, padding, -np.inf)
    largest = np.full(grad.shape, -np.inf)
    winner = np.zeros(grad.shape, dtype=np.int64)
    for number, (_, _, view) in enumerate(shifted(padded, window, step, sizes)):
        better = view > largest
        largest[better], winner[better] = view[better], number
    grad_X = np.zeros(padded.shape)
    for number, (_, _, view) in enumerate(shifted(grad_X, window, step, sizes)):
        view += np.where(winner == number, grad, 0.0)
    return unframed(grad_X, padding)


def average_pool2d(
    X: npt.ArrayLike, kernel: Size, *, stride: Size | None = None, padding: Size = 0
) -> Array:
    """Return the mean value under the window at each position; zeros of the padding count.

    For parameters see :func:`max_pool2d`.

    References
    ----------
    Handbook, 4.6.

    Examples
    --------
    >>> average_pool2d(np.arange(9).reshape(3, 3), 2, stride=1).tolist()
    [[2.0, 3.0], [5.0, 6.0]]
    """
    window, step, sizes = _checked(X, kernel, stride, padding)
    total = np.zeros((*np.shape(X)[:-2], *sizes))
    for _, _, view in shifted(framed(X, padding), window, step, sizes):
        total += view
    return total / (window[0] * window[1])


def average_pool2d_backward(
    grad: npt.ArrayLike,
    X: npt.ArrayLike,
    kernel: Size,
    *,
    stride: Size | None = None,
    padding: Size = 0,
) -> Array:
    """Return the gradient of a loss with respect to X through :func:`average_pool2d`.

    For parameters see :func:`max_pool2d_backward`; of X only the shape counts.

    Examples
    --------
    >>> average_pool2d_backward([[1.0]], [[1.0, 3.0], [3.0, 2.0]], 2).tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    window, step, sizes = _checked(X, kernel, stride, padding)
    share = np.asarray(grad, dtype=np.float64) / (window[0] * window[1])
    grad_X = np.zeros(framed(X, padding).shape)
    for _, _, view in shifted(grad_X, window, step, sizes):
        view += share
    return unframed(grad_X, padding)


def _checked(
    X: npt.ArrayLike, kernel: Size, stride: Size | None, padding: Size
) -> tuple[tuple[int, int], Size, tuple[int, int]]:
    """Return window, stride and number of positions."""
    window = pair(kernel, "kernel", 1)
    frame = pair(padding, "padding", 0)
    if any(2 * added > size for added, size in zip(frame, window, strict=True)):
        raise HandbookError(
            f"padding is {padding}, expected half the window of {kernel} at most: a window could "
            "see padding alone; take less padding"
        )
    step = window if stride is None else stride
    return window, step, output_sizes(np.shape(X), window, padding, step)
