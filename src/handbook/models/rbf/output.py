"""Output weights by least squares or by logistic regression."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.linalg
from sklearn.linear_model import LogisticRegression

from handbook.models.rbf.units import Array

__all__ = ["Output", "least_squares", "logistic", "solve_output_weights"]

Output = Literal["least-squares", "logistic", "gradient-descent"]

# A ridge of this share of the design's squared norm makes the normal equations safe: they are
# then off by rounding, eps ||design||^2, which moves the outputs by at most
# eps ||design||^2 / (4 ridge) of the targets' norm, here 6e-7.
_SAFE_RIDGE = 1e-10


def solve_output_weights(design: Array, targets: Array, ridge: float = 0.0) -> Array:
    """Return W, (M, K), that minimises ||design W - targets||^2 + ridge ||W||^2.

    Neighbouring Gaussian units are nearly equal columns, and the normal equations square their
    condition number; so the problem is solved by orthogonal factorisation of the design itself,
    with sqrt(ridge) I below it. Without a ridge, a rank-deficient design gives the W of least
    norm. Only where the ridge is large enough to bound that condition number are the normal
    equations solved, by Cholesky's factorisation: 7 to 9 times as fast on 36,168 rows and 200 or
    400 units, with outputs the same to 2e-13 (``benchmarks/rbf_design.py``).

    References
    ----------
    Björck, *Numerical Methods for Least Squares Problems* (1996), sections 2.2 and 2.7.

    Examples
    --------
    >>> design = np.array([[1.0, 1.0], [1.0, 1.0]])
    >>> solve_output_weights(design, np.array([[2.0], [2.0]])).round(9).tolist()
    [[1.0], [1.0]]
    """
    units = design.shape[1]
    if ridge > 0:
        if ridge >= _SAFE_RIDGE * np.vdot(design, design):
            gram = design.T @ design  # (M, M)
            gram.flat[:: units + 1] += ridge
            factor = scipy.linalg.cho_factor(gram, lower=True, overwrite_a=True)
            return np.asarray(scipy.linalg.cho_solve(factor, design.T @ targets))
        design = np.vstack([design, np.sqrt(ridge) * np.eye(units)])
        targets = np.vstack([targets, np.zeros((units, targets.shape[1]))])
    return np.asarray(scipy.linalg.lstsq(design, targets, lapack_driver="gelsd")[0])


def least_squares(
    design: Array,
    targets: Array,
    *,
    weight: Array | None = None,
    ridge: float = 0.0,
    bias: bool = False,
) -> tuple[Array, Array]:
    """Return weights, (M, K), and intercept, (K,), that minimise the weighted squared error.

    Parameters
    ----------
    design : ndarray of shape (n, M)
    targets : ndarray of shape (n, K)
    weight : ndarray of shape (n,) or None
        Weight of each row's squared error.
    ridge : float
        Penalty on the squared weights, not on the intercept.
    bias : bool
        Whether there is an intercept; else it is 0.

    Examples
    --------
    >>> coef, intercept = least_squares(np.eye(2), np.array([[1.0], [3.0]]), bias=True)
    >>> (np.eye(2) @ coef + intercept).round(9).tolist()
    [[1.0], [3.0]]
    """
    mean_design, mean_target = np.zeros(design.shape[1]), np.zeros(targets.shape[1])
    if bias:
        # an intercept that the ridge leaves alone is what centring both sides gives
        mean_design = np.average(design, axis=0, weights=weight)
        mean_target = np.average(targets, axis=0, weights=weight)
        design, targets = design - mean_design, targets - mean_target
    if weight is not None:
        root = np.sqrt(weight)[:, np.newaxis]
        design, targets = design * root, targets * root
    coef = solve_output_weights(design, targets, ridge)
    return coef, mean_target - mean_design @ coef


def logistic(
    design: Array,
    codes: npt.NDArray[np.intp],
    *,
    weight: Array | None = None,
    ridge: float,
    bias: bool = False,
) -> tuple[Array, Array]:
    """Return weights and intercept that minimise the logistic loss plus ridge / 2 ||W||^2.

    Newton's method takes some ten steps where those of first order, slowed by units that are
    nearly equal, take thousands.

    Parameters
    ----------
    design : ndarray of shape (n, M)
    codes : int ndarray of shape (n,)
        Class of each row, 0 to K - 1.
    weight : ndarray of shape (n,) or None
        Weight of each row's loss.
    ridge : float
        Above 0: classes that the units separate have no finite weights without it.

    Returns
    -------
    coef : ndarray of shape (M, 1) for two classes, else (M, K)
        Of the log-odds of the second class, or of each class's logit.
    intercept : ndarray of shape (1,) or (K,)

    Examples
    --------
    >>> coef, _ = logistic(np.array([[-1.0], [1.0]]), np.array([0, 1]), ridge=1.0)
    >>> coef.round(3).tolist()  # w = 2 / (1 + exp(w))
    [[0.675]]
    """
    model = LogisticRegression(
        C=1 / ridge, fit_intercept=bias, solver="newton-cholesky", tol=1e-6, max_iter=100
    )
    model.fit(design, codes, sample_weight=weight)
    coef: Array = np.ascontiguousarray(model.coef_.T)
    intercept: Array = np.broadcast_to(model.intercept_, coef.shape[1:]).astype(np.float64)
    return coef, intercept
