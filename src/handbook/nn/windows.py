"""Windows on images: output sizes, padding, and shifted views."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.nn.units import Array

__all__ = [
    "Size",
    "framed",
    "output_size",
    "output_sizes",
    "pair",
    "shifted",
    "transposed_output_size",
    "unframed",
]

#: Of height and width, or one number for both.
Size = int | tuple[int, int]


def output_size(n: int, kernel: int, *, padding: int = 0, stride: int = 1) -> int:
    """Return the number of positions of a window along one axis.

    With p = 2 padding in total this is the handbook's rule, floor((n - k + p + s) / s).

    Parameters
    ----------
    n, kernel : int
        Cells of the image and of the window.
    padding : int
        Cells added at each end.
    stride : int
        Cells from one position to the next.

    Raises
    ------
    HandbookError
        Where the window does not fit at all.

    References
    ----------
    Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning". Handbook,
    4.4.

    Examples
    --------
    >>> output_size(8, 3, padding=1), output_size(8, 3, stride=2), output_size(16, 4, padding=1,
    ...     stride=2)
    (8, 3, 8)
    """
    if n + 2 * padding < kernel:
        raise HandbookError(
            f"a window of {kernel} does not fit on {n} cells with {padding} added at each end; "
            "take a smaller window or more padding"
        )
    return (n + 2 * padding - kernel) // stride + 1


def transposed_output_size(
    n: int, kernel: int, *, padding: int = 0, stride: int = 1, output_padding: int = 0
) -> int:
    """Return the output size of a transposed convolution of `n` cells.

    Parameters
    ----------
    n, kernel : int
        Cells of the image and of the window.
    padding : int
        Cells taken off at each end.
    stride : int
        Cells from one position to the next, in the output.
    output_padding : int
        Cells added at the far end: a convolution with a stride gives images of several sizes the
        same size, and this says which of them to go back to.

    References
    ----------
    Dumoulin and Visin (2016), chapter 4. Handbook, 6.8.2.

    Examples
    --------
    >>> transposed_output_size(16, 4, padding=1, stride=2), transposed_output_size(1, 4)
    (32, 4)
    """
    return (n - 1) * stride - 2 * padding + kernel + output_padding


def pair(size: Size, name: str, least: int) -> tuple[int, int]:
    """Return a size of height and width.

    Raises
    ------
    HandbookError
        Below `least`.

    Examples
    --------
    >>> pair(2, "stride", 1), pair((1, 3), "stride", 1)
    ((2, 2), (1, 3))
    """
    high, wide = (size, size) if isinstance(size, int) else size
    if min(high, wide) < least:
        raise HandbookError(
            f"{name} is {size}, expected {least} or more; give an integer, or two for height and "
            "width"
        )
    return high, wide


def output_sizes(
    shape: tuple[int, ...], kernel: tuple[int, int], padding: Size, stride: Size
) -> tuple[int, int]:
    """Return the number of positions, down and across, of a window on images (..., H, W).

    Examples
    --------
    >>> output_sizes((7, 1, 6, 8), (1, 2), 0, 1)
    (6, 7)
    """
    down, across = (
        output_size(n, k, padding=p, stride=s)
        for n, k, p, s in zip(
            shape[-2:],
            kernel,
            pair(padding, "padding", 0),
            pair(stride, "stride", 1),
            strict=True,
        )
    )
    return down, across


def framed(X: npt.ArrayLike, padding: Size, fill: float = 0.0) -> Array:
    """Return images, (..., H, W), with a frame of `fill` around each, (..., H + 2p, W + 2q).

    Examples
    --------
    >>> framed([[1.0]], (0, 1)).tolist()
    [[0.0, 1.0, 0.0]]
    """
    X = np.asarray(X, dtype=np.float64)
    high, wide = pair(padding, "padding", 0)
    if not high and not wide:
        return X
    around = [(0, 0)] * (X.ndim - 2) + [(high, high), (wide, wide)]
    return np.pad(X, around, constant_values=fill)


def unframed(X: Array, padding: Size) -> Array:
    """Return images without their frame.

    Examples
    --------
    >>> unframed(np.array([[0.0, 1.0, 0.0]]), (0, 1)).tolist()
    [[1.0]]
    """
    high, wide = pair(padding, "padding", 0)
    return X[..., high : X.shape[-2] - high, wide : X.shape[-1] - wide]


def shifted(
    framed: Array, kernel: tuple[int, int], stride: Size, sizes: tuple[int, int]
) -> Iterator[tuple[int, int, Array]]:
    """Yield, for each cell of the window, its view of the image over all positions.

    Parameters
    ----------
    framed : ndarray of shape (..., H, W)
    kernel : tuple of int
        Height and width of the window.
    stride : int or tuple of int
    sizes : tuple of int
        Positions down and across, see :func:`output_sizes`.

    Yields
    ------
    row, column : int
        Of the window's cell.
    view : ndarray of shape (..., H', W')
        Writes to it reach `framed`.

    Examples
    --------
    >>> [view.tolist() for _, _, view in shifted(np.arange(5.0)[None], (1, 2), 2, (1, 2))]
    [[[0.0, 2.0]], [[1.0, 3.0]]]
    """
    down, across = pair(stride, "stride", 1)
    for row, column in np.ndindex(kernel):
        yield (
            row,
            column,
            framed[
                ...,
                row : row + down * (sizes[0] - 1) + 1 : down,
                column : column + across * (sizes[1] - 1) + 1 : across,
            ],
        )
