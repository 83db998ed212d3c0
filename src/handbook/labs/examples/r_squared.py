"""How far R² and its adjusted form fall below 0 (section 2.17.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.metrics import r2_score

from handbook.core.numbers import listed
from handbook.labs.result import Array, Result, against, implies

__all__ = ["adjusted", "compute", "explained", "plot"]


def explained(y: Array, predicted: Array) -> float:
    """Return R², the share of the squares about the mean that predictions take away.

    Examples
    --------
    >>> explained(np.array([1.0, 3.0]), np.array([1.0, 3.0]))
    1.0
    >>> explained(np.array([1.0, 3.0]), np.array([3.0, 1.0]))
    -3.0
    """
    return float(1 - np.sum((y - predicted) ** 2) / np.sum((y - y.mean()) ** 2))


def adjusted(r2: float, rows: int, columns: int) -> float:
    """Return R² adjusted for the number of columns.

    Examples
    --------
    >>> adjusted(0.5, rows=11, columns=5)
    0.0
    """
    return 1 - (1 - r2) * (rows - 1) / (rows - columns - 1)


def compute(
    train: list[float], test: list[float], r2: list[float], rows: int, columns: int
) -> list[Result]:
    """Score a constant answer by R², and adjust R² for the number of columns."""
    y = np.array(test)
    dummy = DummyRegressor().fit(np.zeros((len(train), 1)), train)
    answered = dummy.predict(np.zeros((len(y), 1)))
    gap = np.mean(train) - y.mean()
    values = [adjusted(each, rows, columns) for each in r2]
    return [
        against("sklearn.metrics.r2_score")(
            "R² of the training rows' mean, on the test rows",
            explained(y, answered),
            r2_score(y, answered),
            book=implies("from 0 to 1", 2296),
            reason="R² compares with the mean of the rows that it is computed on; whoever predicts "
            "worse than that is below 0, without a bound, and on rows that were not learnt from "
            "even the training rows' mean does. From 0 to 1 is right of least squares with an "
            "intercept on the rows that it has learnt",
            instead="shows R² as it comes, beside the dummy's",
            fault="wrong claim",
        ),
        against("closed form: minus the squared distance of both means by the variance")(
            "the same", explained(y, answered), -(gap**2) / np.var(y)
        ),
        against("closed form: R² less what each column is allowed, (1 − R²) k / (n − k − 1)")(
            f"adjusted R² of {rows} rows and {columns} columns where R² is {listed(r2)}",
            values,
            [each - (1 - each) * columns / (rows - columns - 1) for each in r2],
            book=implies("between 0 and 1", 2309),
            reason="the adjustment takes off more than there is wherever R² is below k / (n − 1)",
            instead="shows adjusted R² as it comes",
            fault="wrong claim",
        ),
    ]


def plot(
    train: list[float], test: list[float], r2: list[float], rows: int, columns: int
) -> dict[str, Any]:
    """Return the adjusted R² by the number of columns, for each R²."""
    many = list(range(1, rows - 2))
    return {
        "columns": many,
        "rows": rows,
        "adjusted": {f"R² {each:g}": [adjusted(each, rows, k) for k in many] for each in r2},
    }
