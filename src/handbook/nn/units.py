"""Activation functions and their derivatives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = [
    "Array",
    "leaky_relu",
    "leaky_relu_derivative",
    "linear",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_derivative",
]

Array = npt.NDArray[np.float64]


def linear(x: npt.ArrayLike, weight: float = 1.0, bias: float = 0.0) -> Array:
    """Return ``weight x + bias``; its derivative is `weight` everywhere.

    References
    ----------
    Handbook, 3.2.1.

    Examples
    --------
    >>> linear([-1.0, 0.0, 2.0], weight=2.0, bias=1.0).tolist()
    [-1.0, 1.0, 5.0]
    """
    return weight * _floats(x) + bias


def sigmoid(x: npt.ArrayLike) -> Array:
    """Return ``1 / (1 + exp(-x))``, from 0 to 1.

    Only negative numbers are exponentiated, so that nothing overflows.

    Parameters
    ----------
    x : array-like of any shape

    References
    ----------
    Handbook, 3.2.2.

    Examples
    --------
    >>> sigmoid([-1000.0, 0.0, 1000.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    x = _floats(x)
    small = np.exp(-np.abs(x))  # in (0, 1]
    return np.asarray(np.where(x >= 0, 1.0, small) / (1.0 + small))


def sigmoid_derivative(x: npt.ArrayLike) -> Array:
    """Return the slope of the sigmoid, ``s (1 - s)``: 1/4 at most.

    Examples
    --------
    >>> float(sigmoid_derivative(0.0))
    0.25
    """
    # s(-x) = 1 - s(x), without the difference in which the small numbers of large x get lost
    return sigmoid(x) * sigmoid(-_floats(x))


def tanh(x: npt.ArrayLike) -> Array:
    """Return the hyperbolic tangent, ``2 s(2 x) - 1`` of the sigmoid s, from -1 to 1.

    Examples
    --------
    >>> tanh([-1000.0, 0.0, 1000.0]).tolist()
    [-1.0, 0.0, 1.0]
    """
    return np.tanh(_floats(x))


def tanh_derivative(x: npt.ArrayLike) -> Array:
    """Return the slope of the hyperbolic tangent, ``1 - tanh(x)^2``: 1 at most.

    References
    ----------
    Handbook, 3.3.2.3, on how fast it vanishes.

    Examples
    --------
    >>> float(tanh_derivative(0.0)), bool(0 < tanh_derivative(20.0) < 1e-16)
    (1.0, True)
    """
    # 4 s'(2 x), which does not round to 0 where tanh has rounded to 1
    return 4.0 * sigmoid_derivative(2.0 * _floats(x))


def relu(x: npt.ArrayLike) -> Array:
    """Return x where it is positive, else 0.

    References
    ----------
    Handbook, 3.2.3.

    Examples
    --------
    >>> relu([-2.0, 0.0, 3.0]).tolist()
    [0.0, 0.0, 3.0]
    """
    return np.maximum(_floats(x), 0.0)


def relu_derivative(x: npt.ArrayLike) -> Array:
    """Return 1 where x is positive, else 0; at the kink 0, as PyTorch has it.

    Examples
    --------
    >>> relu_derivative([-2.0, 0.0, 3.0]).tolist()
    [0.0, 0.0, 1.0]
    """
    return leaky_relu_derivative(x, 0.0)


def leaky_relu(x: npt.ArrayLike, slope: float = 0.01) -> Array:
    """Return x where it is positive, else ``slope x``.

    Parameters
    ----------
    x : array-like of any shape
    slope : float
        On the negative side.

    References
    ----------
    Maas, Hannun and Ng (2013), "Rectifier nonlinearities improve neural network acoustic models".
    Handbook, 3.2.4 and 6.8.3.

    Examples
    --------
    >>> leaky_relu([-2.0, 0.0, 3.0], slope=0.25).tolist()
    [-0.5, 0.0, 3.0]
    """
    x = _floats(x)
    return np.where(x > 0, x, slope * x + 0.0)  # no -0.0 for slope 0


def leaky_relu_derivative(x: npt.ArrayLike, slope: float = 0.01) -> Array:
    """Return 1 where x is positive, else `slope`.

    Examples
    --------
    >>> leaky_relu_derivative([-2.0, 3.0], slope=0.25).tolist()
    [0.25, 1.0]
    """
    return np.where(_floats(x) > 0, 1.0, slope)


def softmax(x: npt.ArrayLike, axis: int = -1) -> Array:
    """Return ``exp(x) / sum(exp(x))``: positive shares that sum to 1.

    The maximum is taken off first. That changes no share, and without it `exp` overflows for
    numbers above 709.

    Parameters
    ----------
    x : array-like of shape (..., classes, ...)
    axis : int
        Axis of the classes.

    References
    ----------
    Bridle (1990), "Probabilistic interpretation of feedforward classification network outputs".
    Handbook, 3.2.5.

    Examples
    --------
    >>> softmax([1000.0, 1000.0]).tolist()
    [0.5, 0.5]
    """
    x = _floats(x)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def softmax_backward(grad: npt.ArrayLike, x: npt.ArrayLike, axis: int = -1) -> Array:
    """Return the gradient with respect to the argument of softmax.

    Its Jacobian is ``diag(y) - y y^T``; it is never formed.

    Parameters
    ----------
    grad : array-like of the shape of `x`
        Gradient with respect to the shares.
    x : array-like
    axis : int

    Examples
    --------
    >>> softmax_backward([1.0, 0.0], [0.0, 0.0]).tolist()
    [0.25, -0.25]
    """
    grad, shares = _floats(grad), softmax(x, axis)
    return np.asarray(shares * (grad - (grad * shares).sum(axis=axis, keepdims=True)))


def _floats(x: npt.ArrayLike) -> Array:
    return np.asarray(x, dtype=np.float64)
