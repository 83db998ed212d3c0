"""Least squares, lasso and ridge on toy data, held against minima found numerically."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar

from handbook.labs.examples import lasso_snippet, linear_regression_toy, ridge_toy

X, Y = [1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 4.0, 6.0, 8.0, 10.0]


def test_the_books_predictions_are_right() -> None:
    _, predicted, _ = linear_regression_toy.compute(X, Y, at=[6, 7, 8], penalty=1.0)
    assert predicted.computed == pytest.approx([12, 14, 16])
    assert predicted.verdict == "agrees"


def test_a_penalty_of_four_leaves_the_lasso_no_slope() -> None:
    # The covariance of the points is 4.
    *_, slopes = linear_regression_toy.compute(X, Y, at=[6], penalty=4.0)
    assert slopes.computed == pytest.approx([2, 0, 20 / 14], abs=1e-6)
    assert slopes.holds


def test_the_plotted_slopes_fall_with_the_penalty() -> None:
    plot = linear_regression_toy.plot(X, Y, at=[6], penalty=1.0)
    least, lasso, ridge = plot["slopes"]
    assert np.ptp(least) == pytest.approx(0)
    for slopes in (lasso, ridge):
        assert all(np.diff(slopes) <= 1e-12)
    assert lasso[-1] == 0 < ridge[-1]


def test_the_listing_of_the_lasso_shrinks_nothing() -> None:
    plain, slope, error, *_ = lasso_snippet.compute(X, Y, alpha=0.1)
    assert plain.computed == pytest.approx(2)
    assert slope.computed == pytest.approx(1.95)
    assert (slope.book.value, slope.verdict) == (pytest.approx(2), "book differs")
    assert error.computed == pytest.approx(0.005)


def test_without_the_bars_the_penalty_rewards_a_negative_coefficient() -> None:
    *_, slope, penalty = lasso_snippet.compute(X, Y, alpha=0.1)
    printed = minimize_scalar(
        lambda w: np.mean((-np.array(Y) + 6 - w * (np.array(X) - 3)) ** 2) / 2 + 0.1 * w
    )
    assert slope.book.value == pytest.approx(printed.x)
    assert abs(slope.book.value) > 2 > abs(slope.computed)
    assert penalty.computed == pytest.approx(0.195)


@given(
    st.floats(-5, 5), st.floats(0.1, 5), st.floats(0, 4, allow_subnormal=False)
)  # fmt: skip
def test_the_soft_threshold_is_where_the_cost_is_least(
    covariance: float, variance: float, alpha: float
) -> None:
    def cost(w: float) -> float:
        return 0.5 * variance * w * w - covariance * w + alpha * abs(w)

    found = lasso_snippet.soft_threshold(covariance, variance, alpha)
    assert all(cost(found) <= cost(found + step) + 1e-12 for step in (-1, -1e-3, 1e-3, 1))


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=8),
    st.floats(0.01, 10),
)
def test_ridges_closed_form_is_where_the_cost_is_least(
    points: list[tuple[float, float]], alpha: float
) -> None:
    x, y = map(list, zip(*points, strict=True))

    def gradient(slope: float, level: float) -> tuple[float, float]:
        left = np.array(y) - slope * np.array(x) - level
        return float(-(left * x).sum() + alpha * slope), float(-left.sum())

    assert gradient(*ridge_toy.closed_form(x, y, alpha)) == pytest.approx((0, 0), abs=1e-8)


def test_ridge_with_the_books_alpha() -> None:
    coefficient, both, error, _ = ridge_toy.compute(X, Y, at=[6, 7, 8], alpha=0.1)
    found = minimize(
        lambda p: np.sum((np.array(Y) - p[0] * np.array(X) - p[1]) ** 2) + 0.1 * p[0] ** 2, [0, 0]
    )
    assert coefficient.computed == pytest.approx(20 / 10.1)
    assert both.computed == pytest.approx(found.x, abs=1e-5)
    assert error.computed == pytest.approx(2 * (2 - 20 / 10.1) ** 2)
