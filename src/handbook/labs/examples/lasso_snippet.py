"""The lasso, and what stands in the place of its listing (section 2.6.4)."""

from __future__ import annotations

import math

import numpy as np
from sklearn.linear_model import Lasso, LinearRegression
from sklearn.metrics import mean_squared_error

from handbook.labs.result import Result, against, implies, listing

__all__ = ["compute", "soft_threshold"]


def soft_threshold(covariance: float, variance: float, alpha: float) -> float:
    """Return the lasso's slope on one feature.

    It minimises ``(1/2n) sum (y - w x)^2 + alpha |w|``, x and y taken from their means.

    The covariance of x with y and the variance of x are divided by n; `alpha`, the strength of the
    penalty, is in the unit of the covariance.

    References
    ----------
    Tibshirani (1996), "Regression shrinkage and selection via the lasso".

    Examples
    --------
    >>> soft_threshold(4.0, 2.0, 1.0), soft_threshold(-4.0, 2.0, 1.0), soft_threshold(1.0, 2.0, 1.5)
    (1.5, -1.5, 0.0)
    """
    shrunk = math.copysign(max(abs(covariance) - alpha, 0.0), covariance) / variance
    return shrunk or 0.0  # no -0.0


def compute(x: list[float], y: list[float], alpha: float) -> list[Result]:
    """Run the book's lasso code as printed and corrected, on rising and on falling data."""
    a, b = np.array(x), np.array(y)
    variance = float(np.mean((a - a.mean()) ** 2))
    covariance = float(np.mean((a - a.mean()) * (b - b.mean())))
    lasso = Lasso(alpha=alpha).fit(a[:, None], b)
    falling = Lasso(alpha=alpha).fit(a[:, None], -b)
    slope = soft_threshold(covariance, variance, alpha)
    fallen = soft_threshold(-covariance, variance, alpha)
    return [
        against("least squares: covariance / variance, not shrunk")(
            "slope of the listing's LinearRegression, x as a column",
            LinearRegression().fit(a[:, None], b).coef_[0],
            covariance / variance,
        ),
        against("closed form: soft threshold", 1e-6)(
            f"slope of Lasso({alpha:g}), x as a column",
            lasso.coef_[0],
            slope,
            book=listing(LinearRegression().fit(a[:, None], b).coef_[0], (1361, 1365, 1372, 1389)),
            fault="announced and missing",
            reason="the text announces the class Lasso and explains its fit, its penalty and its "
            "error; the listing between is that of section 2.6.1 again and fits LinearRegression, "
            "which shrinks nothing",
            instead="fits Lasso, on real data too (model lasso)",
        ),
        against("closed form: var(y) - 2 w cov(x, y) + w² var(x)", 1e-6)(
            "its mean squared error",
            mean_squared_error(b, lasso.predict(a[:, None])),
            float(np.mean((b - b.mean()) ** 2)) - 2 * slope * covariance + slope**2 * variance,
        ),
        against("closed form: soft threshold", 1e-6)(
            "slope of least cost on falling data (every y turned negative)",
            falling.coef_[0],
            fallen,
            # Without the bars the cost is (1/2n) sum (y - w x)^2 + alpha w.
            book=implies((-covariance - alpha) / variance, (1355, 1357)),
            fault="contradicts itself",
            reason="the text adds up absolute values, the formula below it the coefficients as "
            "they are; its minimum drives a negative one further from 0 instead of towards it",
            instead="penalises |w|, as scikit-learn does",
        ),
        against("alpha |w|", 1e-6)(
            "penalty of that slope",
            alpha * np.linalg.norm(falling.coef_, ord=1),
            alpha * abs(fallen),
        ),
    ]
