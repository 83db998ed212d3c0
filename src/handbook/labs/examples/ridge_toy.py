"""Ridge regression on five points of a line (section 2.6.5)."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error

from handbook.core.numbers import listed
from handbook.labs.result import Result, against

__all__ = ["closed_form", "compute"]


def closed_form(x: list[float], y: list[float], alpha: float) -> tuple[float, float]:
    """Return slope and intercept of ridge regression on one feature, by plain sums.

    It minimises ``sum (y - w x - b)^2 + alpha w^2``; the intercept b is not penalised.

    References
    ----------
    Hoerl and Kennard (1970), "Ridge regression".

    Examples
    --------
    >>> closed_form([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], alpha=2.0)
    (0.5, 1.0)
    """
    middle, level = sum(x) / len(x), sum(y) / len(y)
    together = sum((a - middle) * (b - level) for a, b in zip(x, y, strict=True))
    slope = together / (sum((a - middle) ** 2 for a in x) + alpha)
    return slope, level - slope * middle


def compute(x: list[float], y: list[float], at: list[float], alpha: float) -> list[Result]:
    """Fit ridge regression to the points (x, y) of a line, and predict at other positions."""
    column = np.array(x)[:, None]  # (n, 1)
    ridge = Ridge(alpha=alpha).fit(column, y)
    slope, intercept = closed_form(x, y, alpha)
    # Ridge is least squares with one row more: sqrt(alpha), which should give 0.
    centred = np.array(x) - np.mean(x)
    rows = np.append(centred, alpha**0.5)[:, None]
    augmented, *_ = np.linalg.lstsq(rows, np.append(np.array(y) - np.mean(y), 0.0), rcond=None)
    return [
        against("numpy.linalg.lstsq with a row for the penalty")(
            f"coefficient with alpha {alpha:g}", ridge.coef_[0], augmented[0]
        ),
        against("closed form: sum xy / (sum x² + alpha), through the means")(
            "coefficient and intercept", [ridge.coef_[0], ridge.intercept_], [slope, intercept]
        ),
        against("plain arithmetic")(
            "mean squared error",
            mean_squared_error(y, ridge.predict(column)),
            sum((b - slope * a - intercept) ** 2 for a, b in zip(x, y, strict=True)) / len(x),
        ),
        against("the closed form's line")(
            f"predictions at {listed(at)}",
            ridge.predict(np.array(at)[:, None]),
            [slope * position + intercept for position in at],
        ),
    ]
