"""Experiments on linear models and on metrics, against closed forms and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f
from sklearn.linear_model import LinearRegression, QuantileRegressor
from sklearn.model_selection import KFold, cross_val_score

from handbook.claims.experiments.cross_validation_steadier import estimates
from handbook.claims.experiments.least_squares_outliers import moved
from handbook.claims.experiments.ridge_collinear import twins
from handbook.claims.experiments.squared_error_outliers import growth
from handbook.claims.r_squared import adjusted, three
from handbook.claims.rows import Halves


def made(rows: int, columns: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rows, columns))
    return X, X[:, 0] + rng.standard_normal(rows)


def test_adjusted_r_squared_is_one_less_the_ratio_of_unbiased_variances() -> None:
    X, y = made(30, 4)
    model = LinearRegression().fit(X, y)
    left = ((y - model.predict(X)) ** 2).sum() / (30 - 4 - 1)
    assert adjusted(model.score(X, y), 30, 4) == pytest.approx(1 - left / y.var(ddof=1))
    plain, fair, other = three(Halves(X, y, *made(50, 4, seed=1)))
    assert fair == pytest.approx(1 - left / y.var(ddof=1))
    assert plain > fair
    assert other < 1


def test_adjusted_r_squared_rises_where_a_columns_t_is_above_one() -> None:
    # Theil (1961): the residual variance falls exactly where the new column's |t| exceeds 1.
    rng, rises = np.random.default_rng(2), []
    for _ in range(300):
        X, y = rng.standard_normal((25, 3)), rng.standard_normal(25)
        few = adjusted(LinearRegression().fit(X[:, :2], y).score(X[:, :2], y), 25, 2)
        more = adjusted(LinearRegression().fit(X, y).score(X, y), 25, 3)
        design = np.column_stack([np.ones(25), X])
        weights, squares, *_ = np.linalg.lstsq(design, y, rcond=None)
        variance = squares[0] / 21 * np.linalg.inv(design.T @ design)[3, 3]
        assert (more > few) == (abs(weights[3]) / np.sqrt(variance) > 1)
        rises.append(more > few)
    expected = f.sf(1, 1, 21)  # about a third: one useless column in three looks useful
    assert np.mean(rises) == pytest.approx(
        expected, abs=4 * np.sqrt(expected * (1 - expected) / 300)
    )


def test_a_squared_error_grows_with_the_square_of_the_step() -> None:
    y, predicted, step, n = np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.5, -1.0, 0.0, 3.5]), 2.0, 4
    off = np.abs(y - predicted)
    squared, absolute = growth(y, predicted, row=1, by=step)
    assert squared == pytest.approx((2 * off[1] * step + step**2) / n / np.mean(off**2))
    assert absolute == pytest.approx(step / n / np.mean(off))


def test_least_squares_moves_as_the_hat_matrix_says() -> None:
    X, y = made(12, 1)
    new = np.array([[0.0], [2.0], [-1.0]])
    design, fresh = (np.column_stack([np.ones(len(part)), part]) for part in (X, new))
    hat = fresh @ np.linalg.inv(design.T @ design) @ design.T
    expected = [np.mean([5 * np.sqrt(np.mean(hat[:, row] ** 2)) for row in (3, 7)])]
    assert moved(LinearRegression(), X, y, new, [3, 7], [5.0]) == pytest.approx(expected)


def test_the_median_does_not_move_with_its_largest_value_and_the_mean_does() -> None:
    X, y = np.zeros((5, 1)), np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    flat = QuantileRegressor(alpha=0.0, solver="highs")
    assert moved(flat, X, y, X, [4], [100.0]) == pytest.approx([0], abs=1e-9)
    assert moved(LinearRegression(), X, y, X, [4], [100.0]) == pytest.approx([20])


def test_twins_coefficients_spread_as_an_inverse_wishart_says() -> None:
    # E (X'X)^-1 = Sigma^-1 / (n - p - 2) with an intercept; a twin's entry in Sigma^-1 is 1/blur².
    rng, n, blur, noise = np.random.default_rng(3), 40, 0.2, 1.5
    fits = [
        LinearRegression().fit(*twins(n, [1.0, 0.5], blur, noise, rng)).coef_[-1]
        for _ in range(1500)
    ]
    expected = noise / (blur * np.sqrt(n - 3 - 2))
    assert np.std(fits) == pytest.approx(expected, rel=0.1)  # five standard errors
    assert np.mean(fits) == pytest.approx(0, abs=5 * expected / np.sqrt(1500))


def test_estimates_are_those_of_cross_val_score() -> None:
    X, y = made(40, 2)
    split = KFold(5, shuffle=True, random_state=9)
    expected = cross_val_score(LinearRegression(), X, y, cv=split)
    assert estimates(X, y, 5, 9) == pytest.approx(expected)
