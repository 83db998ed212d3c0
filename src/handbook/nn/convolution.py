"""Cross-correlation, convolution and transposed cross-correlation, forward and backward."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from handbook.core.errors import HandbookError
from handbook.nn.units import Array
from handbook.nn.windows import (
    Size,
    framed,
    output_sizes,
    pair,
    shifted,
    transposed_output_size,
    unframed,
)

__all__ = [
    "ConvolutionGradients",
    "conv2d",
    "corr2d",
    "corr2d_backward",
    "transposed_corr2d",
]


class ConvolutionGradients(NamedTuple):
    """Gradients of a loss with respect to the arguments of a cross-correlation.

    Parameters
    ----------
    X : ndarray of the shape of the images
    K : ndarray of the shape of the kernels
    bias : ndarray of shape (D,), or () for matrices
    """

    X: Array
    K: Array
    bias: Array


def corr2d(
    X: npt.ArrayLike,
    K: npt.ArrayLike,
    bias: npt.ArrayLike = 0.0,
    *,
    padding: Size = 0,
    stride: Size = 1,
) -> Array:
    """Cross-correlate images with kernels: at each position, sum the products under the kernel.

    Parameters
    ----------
    X : array-like of shape (B, C, H, W), or (H, W)
        A batch of images with C channels, or one matrix.
    K : array-like of shape (D, C, h, w), or (h, w)
        A kernel for each pair of D output and C input channels, or one matrix.
    bias : array-like of shape (D,), or a number
        Added to each output channel.
    padding : int or tuple of int
        Rows and columns of zeros, at each edge.
    stride : int or tuple of int
        Steps down and across.

    Returns
    -------
    ndarray of shape (B, D, H', W'), or (H', W')
        Of sizes :func:`handbook.nn.output_size`.

    Raises
    ------
    HandbookError
        Where the kernels do not fit the images.

    References
    ----------
    Handbook, 4.3 to 4.5.

    Examples
    --------
    >>> corr2d(np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2)).tolist()
    [[19.0, 25.0], [37.0, 43.0]]
    >>> corr2d(np.ones((7, 3, 8, 8)), np.ones((5, 3, 3, 3)), padding=1, stride=2).shape
    (7, 5, 4, 4)
    """
    X, K = _images_and_kernels(X, K)
    if X.ndim == 2:
        output = corr2d(X[None, None], K[None, None], bias, padding=padding, stride=stride)
        return np.asarray(output[0, 0])
    windows = _windows(X, K, padding, stride)  # (B, C, H', W', h, w)
    # tensordot copies the windows into one matrix, and leaves the sums to the BLAS; given the
    # kernels first, it copies along the rows of the images, which is twice as fast
    sums = np.tensordot(K, windows, axes=((1, 2, 3), (1, 4, 5)))  # (D, B, H', W')
    return np.swapaxes(sums + np.asarray(bias, dtype=np.float64).reshape(-1, 1, 1, 1), 0, 1)


def conv2d(
    X: npt.ArrayLike,
    K: npt.ArrayLike,
    bias: npt.ArrayLike = 0.0,
    *,
    padding: Size = 0,
    stride: Size = 1,
) -> Array:
    """Convolve images with kernels: cross-correlate with the kernels turned by half a circle.

    For parameters see :func:`corr2d`.

    References
    ----------
    Handbook, 4.3.5.

    Examples
    --------
    >>> conv2d([[0.0, 0.0, 1.0, 0.0, 0.0]], [[1.0, 2.0, 3.0]]).tolist()  # an impulse shows K
    [[1.0, 2.0, 3.0]]
    """
    turned = np.asarray(K, dtype=np.float64)[..., ::-1, ::-1]
    return corr2d(X, turned, bias, padding=padding, stride=stride)


def corr2d_backward(
    grad: npt.ArrayLike,
    X: npt.ArrayLike,
    K: npt.ArrayLike,
    *,
    padding: Size = 0,
    stride: Size = 1,
) -> ConvolutionGradients:
    """Return the gradients of a loss through a cross-correlation.

    Parameters
    ----------
    grad : array-like of the shape of the output of :func:`corr2d`
        Gradient with respect to that output.
    X, K, padding, stride
        Arguments of :func:`corr2d`.

    Examples
    --------
    >>> corr2d_backward([[1.0, 0.0]], [[1.0, 2.0, 3.0]], [[5.0, 7.0]]).K.tolist()
    [[1.0, 2.0]]
    """
    grad = np.asarray(grad, dtype=np.float64)
    X, K = _images_and_kernels(X, K)
    if X.ndim == 2:
        gradients = corr2d_backward(
            grad[None, None], X[None, None], K[None, None], padding=padding, stride=stride
        )
        return ConvolutionGradients(gradients.X[0, 0], gradients.K[0, 0], gradients.bias[0])
    windows = _windows(X, K, padding, stride)  # (B, C, H', W', h, w)
    high, wide = pair(padding, "padding", 0)
    whole = (X.shape[2] + 2 * high, X.shape[3] + 2 * wide)
    return ConvolutionGradients(
        X=unframed(_spread(grad, K, stride, whole), padding),
        # (C, h, w, D), and D to the front: in this order for the same reason as above
        K=np.moveaxis(np.tensordot(windows, grad, axes=((0, 2, 3), (0, 2, 3))), -1, 0),
        bias=grad.sum(axis=(0, 2, 3)),
    )


def transposed_corr2d(
    X: npt.ArrayLike,
    K: npt.ArrayLike,
    bias: npt.ArrayLike = 0.0,
    *,
    padding: Size = 0,
    stride: Size = 1,
    output_padding: Size = 0,
) -> Array:
    """Enlarge images: add up kernels laid at each position, times the value of the image there.

    It is the transpose of :func:`corr2d` as a linear map, not its inverse.

    Parameters
    ----------
    X : array-like of shape (B, C, H, W)
    K : array-like of shape (C, D, h, w)
        The input channels come first, as in the cross-correlation that leads back.
    bias : array-like of shape (D,), or a number
    padding, stride, output_padding : int or tuple of int
        See :func:`handbook.nn.transposed_output_size`.

    Returns
    -------
    ndarray of shape (B, D, H', W')

    References
    ----------
    Dumoulin and Visin (2016), chapter 4. Handbook, 6.8.2.

    Examples
    --------
    >>> transposed_corr2d([[[[1.0, 10.0]]]], [[[[1.0, 2.0]]]], stride=2).tolist()
    [[[[1.0, 2.0, 10.0, 20.0]]]]
    """
    X, K = np.asarray(X, dtype=np.float64), np.asarray(K, dtype=np.float64)
    if X.ndim != 4 or K.ndim != 4 or X.shape[1] != K.shape[0]:
        raise HandbookError(
            f"transposed_corr2d: X is {X.shape} and K {K.shape}, expected (B, C, H, W) and "
            "(C, D, h, w) with the same C; swap the first two axes of K if they are (D, C)"
        )
    more = pair(output_padding, "output_padding", 0)
    steps = pair(stride, "stride", 1)
    high, wide = (
        transposed_output_size(n, k, stride=step, output_padding=extra)
        for n, k, step, extra in zip(X.shape[2:], K.shape[2:], steps, more, strict=True)
    )
    image = unframed(_spread(X, K, stride, (high, wide)), padding)
    return image + np.asarray(bias, dtype=np.float64).reshape(-1, 1, 1)


def _images_and_kernels(X: npt.ArrayLike, K: npt.ArrayLike) -> tuple[Array, Array]:
    X, K = np.asarray(X, dtype=np.float64), np.asarray(K, dtype=np.float64)
    if (X.ndim, K.ndim) == (2, 2) or (X.ndim == K.ndim == 4 and X.shape[1] == K.shape[1]):
        return X, K
    raise HandbookError(
        f"corr2d: X is {X.shape} and K {K.shape}, expected (B, C, H, W) and (D, C, h, w) with the "
        "same C, or two matrices; give a single image or kernel a leading axis by X[None]"
    )


def _windows(X: Array, K: Array, padding: Size, stride: Size) -> Array:
    """Return the window under the kernel at each position: a view, (B, C, H', W', h, w)."""
    kernel = (K.shape[2], K.shape[3])
    output_sizes(X.shape, kernel, padding, stride)  # raises where the kernel does not fit
    down, across = pair(stride, "stride", 1)
    windows = sliding_window_view(framed(X, padding), kernel, axis=(2, 3))
    return windows[:, :, ::down, ::across]


def _spread(grad: Array, K: Array, stride: Size, whole: tuple[int, int]) -> Array:
    """Add up the kernels, (D, C, h, w), times `grad`, (B, D, ...), on zeros, (B, C, *whole)."""
    image = np.zeros((len(grad), K.shape[1], *whole))
    sizes = (grad.shape[2], grad.shape[3])
    for row, column, view in shifted(image, (K.shape[2], K.shape[3]), stride, sizes):
        view += np.einsum("bdij,dc->bcij", grad, K[:, :, row, column], optimize=True)
    return image
