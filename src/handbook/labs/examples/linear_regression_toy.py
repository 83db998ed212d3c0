"""Least squares on five points of a line, with lasso and ridge beside it (section 2.6)."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import Lasso, LinearRegression, Ridge

from handbook.core.numbers import listed
from handbook.labs.result import Result, against, prints

__all__ = ["compute", "plot"]


def compute(x: list[float], y: list[float], at: list[float], penalty: float) -> list[Result]:
    """Fit a line to the points (x, y) and predict at other positions.

    `penalty` is the strength of lasso and ridge, which are fitted for comparison.
    """
    column = np.array(x)[:, None]  # (n, 1)
    line = LinearRegression().fit(column, y)
    (slope, intercept), *_ = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)
    return [
        against("closed form: slope = covariance / variance, through the means")(
            "slope and intercept",
            [line.coef_[0], line.intercept_],
            [_least_squares(x, y), _mean(y) - _least_squares(x, y) * _mean(x)],
        ),
        against("numpy.linalg.lstsq")(
            f"predictions at {listed(at)}",
            line.predict(np.array(at)[:, None]),
            [slope * position + intercept for position in at],
            book=prints([12.0, 14.0, 16.0], 1303),
        ),
        against("closed forms for one feature", 1e-6)(
            f"slopes of least squares, lasso and ridge with penalty {penalty:g}",
            [slope for _, slope, _ in _lines(x, y, penalty)],
            [
                _least_squares(x, y),
                max(_covariance(x, y) - penalty, 0.0) / _covariance(x, x),
                _covariance(x, y) / (_covariance(x, x) + penalty / len(x)),
            ],
        ),
    ]


def plot(x: list[float], y: list[float], at: list[float], penalty: float) -> dict[str, Any]:
    """Return the points, the three lines, and each slope over a range of penalties."""
    penalties = np.geomspace(0.01, 100, 61).tolist()
    slopes = [[slope for _, slope, _ in _lines(x, y, each)] for each in penalties]
    return {
        "x": x,
        "y": y,
        "at": at,
        "penalty": penalty,
        "lines": [
            {"name": name, "slope": slope, "intercept": intercept}
            for name, slope, intercept in _lines(x, y, penalty)
        ],
        "penalties": penalties,
        "slopes": np.transpose(slopes),
    }


def _lines(x: list[float], y: list[float], penalty: float) -> list[tuple[str, float, float]]:
    """Return name, slope and intercept of the three estimators."""
    column = np.array(x)[:, None]
    models = {"least squares": LinearRegression(), "lasso": Lasso(penalty), "ridge": Ridge(penalty)}
    fitted = {name: model.fit(column, y) for name, model in models.items()}
    return [(name, model.coef_[0], model.intercept_) for name, model in fitted.items()]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _covariance(x: list[float], y: list[float]) -> float:
    return _mean([(a - _mean(x)) * (b - _mean(y)) for a, b in zip(x, y, strict=True)])


def _least_squares(x: list[float], y: list[float]) -> float:
    return _covariance(x, y) / _covariance(x, x)
