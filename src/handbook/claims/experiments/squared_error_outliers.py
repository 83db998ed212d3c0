"""Claim of section 2.17.3: outliers move the squared error more than the absolute one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error

from handbook.claims.finding import Finding, paired
from handbook.claims.rows import Array, halves, overlap
from handbook.data.dataset import Dataset

__all__ = ["compute", "growth"]


def growth(y: Array, predicted: Array, row: int, by: float) -> tuple[float, float]:
    """Return by what share MSE and MAE grow when one target moves away from its prediction.

    Examples
    --------
    >>> growth(np.array([1.0, -1.0]), np.zeros(2), row=0, by=1.0)  # 1 to 2.5, and 1 to 1.5
    (1.5, 0.5)
    """
    changed = y.copy()
    changed[row] += by if y[row] >= predicted[row] else -by
    squared, absolute = (
        metric(changed, predicted) / metric(y, predicted) - 1
        for metric in (mean_squared_error, mean_absolute_error)
    )
    return float(squared), float(absolute)


def compute(data: Dataset, seeds: Sequence[int], check: float, by: list[float]) -> Finding:
    """Move one target of a linear regression's other rows away, and look how far the metrics grow.

    The step is in standard deviations of the target; each of the rows moves in turn.
    """
    grown = np.empty((2, len(by), len(seeds)))
    for s, seed in enumerate(seeds):
        rows = halves(data, seed, check)
        predicted = LinearRegression().fit(rows.X, rows.y).predict(rows.X_check)
        spread = float(rows.y.std())
        for b, step in enumerate(by):
            grown[:, b, s] = np.mean(
                [
                    growth(rows.y_check, predicted, row, step * spread)
                    for row in range(len(predicted))
                ],
                axis=0,
            )
    return Finding(
        measured={
            f"growth of {name}, moved by {step:g}": grown[m, b].tolist()
            for m, name in enumerate(("MSE", "MAE"))
            for b, step in enumerate(by)
        },
        parts=[
            paired(
                f"moved-{step:g}",
                f"a target moves by {step:g} deviation{'s' * (step != 1)}",
                "share by which MSE grows less that of MAE",
                grown[0, b].tolist(),
                grown[1, b].tolist(),
                overlap(check),
            )
            for b, step in enumerate(by)
        ],
        plot={"by": by, "grown": grown},
    )
