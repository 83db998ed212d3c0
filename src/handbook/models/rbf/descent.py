"""The network learnt by gradient descent on the squared error (section 7.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from handbook.models.rbf.units import Array, Form, activation, squared_distances, squared_scale

__all__ = ["descend", "output_gradient", "unit_gradient"]


class Learned(NamedTuple):
    """What :func:`descend` returns."""

    coef: Array  # (M, K)
    intercept: Array  # (K,)
    centers: Array  # (M, d)
    width: float | Array  # (M,) where the units were trained
    losses: Array  # (epochs,)


def output_gradient(
    design: Array, residual: Array, coef: Array, penalty: float = 0.0
) -> tuple[Array, Array]:
    """Return the slope of the error in the output weights, (M, K), and in the intercept, (K,).

    The error is the weighted mean over rows of ||f(x) - t||^2 / 2, plus penalty ||W||^2 / 2.
    `residual`, (n, K), is f(x) - t of each row, times the row's share of all weight.
    """
    return design.T @ residual + penalty * coef, residual.sum(axis=0)


def unit_gradient(
    X: Array,
    squared: Array,
    design: Array,
    residual: Array,
    coef: Array,
    centers: Array,
    squared_scale: Array,
) -> tuple[Array, Array]:
    """Return the slope of the error in the centres, (M, d), and in the logarithms of the widths.

    Parameters
    ----------
    squared, design : ndarray of shape (n, M)
        Squared distances to the centres, and the units' answers.
    residual : ndarray of shape (n, K)
        See :func:`output_gradient`.
    squared_scale : ndarray of shape (M,)
        See :func:`handbook.models.rbf.units.squared_scale`.

    References
    ----------
    Poggio and Girosi, "Networks for approximation and learning", Proceedings of the IEEE 78
    (1990), section on moving centres.
    """
    pull = (residual @ coef.T) * design  # (n, M): slope in each exponent
    twice = 2 / squared_scale
    toward = pull.T @ X - pull.sum(axis=0)[:, np.newaxis] * centers  # (M, d)
    return twice[:, np.newaxis] * toward, twice * np.einsum("nm,nm->m", pull, squared)


def descend(
    X: Array,
    targets: Array,
    centers: Array,
    width: float | Array,
    form: Form,
    *,
    weight: Array | None = None,
    ridge: float = 0.0,
    bias: bool = False,
    learning_rate: float = 0.1,
    epochs: int = 1000,
    train_units: bool = False,
    progress: Callable[[dict[str, float]], None] | None = None,
) -> Learned:
    """Learn output weights, and the units on request, by batch gradient descent.

    Weights start at 0 and units where they are given. With fixed units the error is convex and
    its minimum the one of least squares.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    targets : ndarray of shape (n, K)
    centers, width, form
        See :func:`handbook.models.rbf.units.design_matrix`.
    weight : ndarray of shape (n,) or None
        Weight of each row's squared error.
    ridge : float
        Penalty on the squared weights, on the scale of
        :func:`handbook.models.rbf.output.least_squares`.
    bias : bool
        Whether there is an intercept; else it is 0.
    learning_rate : float
        Below 2 / (M + 1), fixed units cannot diverge (but for a large ridge): no answer exceeds 1.
    epochs : int
        Steps, each with all rows.
    train_units : bool
        Whether centres and widths move too. Then each unit has its own width, which descends in
        its logarithm and so stays above 0.
    progress : callable or None
        Takes ``{"loss": error}`` of each epoch, before its step.

    Raises
    ------
    ValueError
        If the error has grown: the learning rate is too large.

    References
    ----------
    Handbook, 7.1.2.

    Examples
    --------
    >>> X, targets = np.array([[0.0], [1.0]]), np.array([[1.0], [0.0]])
    >>> learned = descend(X, targets, centers=X, width=0.5, form="text", learning_rate=0.5)
    >>> bool(learned.losses[-1] < 1e-9)
    True
    """
    units, total = len(centers), float(len(X) if weight is None else weight.sum())
    share = np.full((len(X), 1), 1 / total) if weight is None else weight[:, np.newaxis] / total
    penalty = ridge / total
    coef, intercept = np.zeros((units, targets.shape[1])), np.zeros(targets.shape[1])
    if train_units:
        width = np.broadcast_to(width, units).astype(np.float64)  # a copy for each unit
    losses = np.empty(epochs)
    squared = squared_distances(X, centers)  # (n, M)
    design = activation(squared, width, form)  # (n, M)
    with np.errstate(all="ignore"):  # what diverges is refused below
        for epoch in range(epochs):
            error = design @ coef + intercept - targets  # (n, K)
            residual = share * error
            losses[epoch] = (np.vdot(residual, error) + penalty * np.vdot(coef, coef)) / 2
            if progress is not None:
                progress({"loss": float(losses[epoch])})
            coef_slope, intercept_slope = output_gradient(design, residual, coef, penalty)
            if train_units:
                scale = np.broadcast_to(squared_scale(width, form), units)
                center_slope, width_slope = unit_gradient(
                    X, squared, design, residual, coef, centers, scale
                )
                centers = centers - learning_rate * center_slope
                width = width * np.exp(-learning_rate * width_slope)
                squared = squared_distances(X, centers)
                design = activation(squared, width, form)
            coef = coef - learning_rate * coef_slope
            if bias:
                intercept = intercept - learning_rate * intercept_slope
    if not losses[-1] <= losses[0]:
        raise ValueError(
            f"learning_rate={learning_rate!r} makes the error grow, from {losses[0]:.3g} to "
            f"{losses[-1]:.3g} in {epochs} epochs; take a smaller one (below 2 / (units + 1) = "
            f"{2 / (units + 1):.3g}, fixed units are safe)"
        )
    return Learned(coef, intercept, centers, width, losses)
