"""R² of a linear regression: on its own rows, adjusted for its columns, and on other rows."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression

from handbook.claims.rows import Array, Halves

__all__ = ["NAMES", "adjusted", "three"]

#: What :func:`three` returns, in its order.
NAMES = ("R²", "adjusted R²", "R² on other rows")


def adjusted(r_squared: float, rows: int, columns: int) -> float:
    """Return adjusted R² of a model with so many columns on so many rows.

    References
    ----------
    Handbook, 2.17.3.

    Examples
    --------
    >>> round(adjusted(0.5, rows=21, columns=10), 12)
    0.0
    """
    return 1 - (1 - r_squared) * (rows - 1) / (rows - columns - 1)


def three(rows: Halves) -> Array:
    """Fit a linear regression, and return its R² in the three ways of :data:`NAMES`."""
    model = LinearRegression().fit(rows.X, rows.y)
    plain = float(model.score(rows.X, rows.y))
    other = float(model.score(rows.X_check, rows.y_check))
    return np.array([plain, adjusted(plain, *rows.X.shape), other])
