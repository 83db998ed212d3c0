"""The output weights: least squares, logistic loss and gradient descent, against other means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import approx_fprime, minimize
from scipy.special import log_softmax
from sklearn.linear_model import Ridge

from handbook.models.rbf import activation, design_matrix
from handbook.models.rbf.descent import descend, output_gradient, unit_gradient
from handbook.models.rbf.output import least_squares, logistic, solve_output_weights
from handbook.models.rbf.simplex import project_onto_simplex
from handbook.models.rbf.units import squared_distances, squared_scale

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 2))
CENTERS = RNG.normal(size=(6, 2))
WEIGHT = RNG.uniform(0.1, 3, size=80)
DESIGN = design_matrix(X, CENTERS, 0.5)
CODES = RNG.integers(0, 3, size=80)
TARGETS = np.eye(3)[CODES]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("ridge", [0.0, 0.7])
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_the_weights_are_scikit_learns_ridge_regression(bias, ridge, weight) -> None:
    theirs = Ridge(ridge, fit_intercept=bias, solver="cholesky").fit(DESIGN, TARGETS, weight)
    coef, intercept = least_squares(DESIGN, TARGETS, weight=weight, ridge=ridge, bias=bias)
    np.testing.assert_allclose(coef, theirs.coef_.T, atol=1e-9)
    np.testing.assert_allclose(intercept, theirs.intercept_, atol=1e-9)


@pytest.mark.parametrize("ridge", [1e-14, 1e-11, 1e-8, 1.0])
def test_small_and_large_ridges_solve_the_same_problem(ridge) -> None:
    # units so wide that their answers are nearly one column: condition number 1e9
    design = design_matrix(X, CENTERS, 60.0)
    stacked = np.vstack([design, np.sqrt(ridge) * np.eye(6)])
    expected, *_ = np.linalg.lstsq(stacked, np.vstack([TARGETS, np.zeros((6, 3))]), rcond=0)
    weights = solve_output_weights(design, TARGETS, ridge)
    np.testing.assert_allclose(design @ weights, design @ expected, atol=1e-6)


def test_a_ridge_too_small_for_the_normal_equations_does_not_use_them() -> None:
    # on the normal equations this outcome is wrong from the second digit on
    design = np.vander(np.linspace(1, 1.01, 40), 8)
    targets = design @ np.ones((8, 1))
    weights = solve_output_weights(design, targets, 1e-15)
    np.testing.assert_allclose(design @ weights, targets, rtol=1e-9)


def test_equal_columns_give_the_weights_of_least_norm() -> None:
    column = np.arange(1.0, 5.0)[:, np.newaxis]
    weights = solve_output_weights(np.hstack([column, column]), 2 * column)
    np.testing.assert_allclose(weights, [[1.0], [1.0]])


def test_nearly_equal_units_do_not_spoil_the_fit() -> None:
    # the normal equations of this design are singular in floating point
    design = np.vander(np.linspace(1, 1.01, 40), 8)
    targets = design @ np.ones((8, 1))
    np.testing.assert_allclose(design @ solve_output_weights(design, targets), targets, rtol=1e-9)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_two_classes_minimise_the_logistic_loss(bias, weight) -> None:
    second = (CODES > 0).astype(np.intp)
    rows = np.ones(80) if weight is None else weight

    def loss(w: np.ndarray) -> float:
        z = DESIGN @ w[:6] + w[6] * bias
        return float(rows @ (np.logaddexp(0, z) - second * z) + 0.3 / 2 * w[:6] @ w[:6])

    best = minimize(loss, np.zeros(7), tol=1e-9).x
    coef, intercept = logistic(DESIGN, second, weight=weight, ridge=0.3, bias=bias)
    assert coef.shape == (6, 1)
    np.testing.assert_allclose(coef[:, 0], best[:6], atol=1e-4)
    np.testing.assert_allclose(intercept, best[6:] * bias, atol=1e-4)


def test_three_classes_minimise_the_logistic_loss() -> None:
    def loss(w: np.ndarray) -> float:
        w = w.reshape(6, 3)
        likelihood = log_softmax(DESIGN @ w, axis=1)[np.arange(80), CODES].sum()
        return float(0.3 / 2 * (w**2).sum() - likelihood)

    best = minimize(loss, np.zeros(18), tol=1e-9).x.reshape(6, 3)
    coef, intercept = logistic(DESIGN, CODES, ridge=0.3)
    np.testing.assert_allclose(coef, best, atol=1e-4)
    np.testing.assert_array_equal(intercept, np.zeros(3))


@pytest.mark.parametrize("form", ["text", "code"])
def test_the_gradient_is_that_of_finite_differences(form) -> None:
    share = WEIGHT[:, np.newaxis] / WEIGHT.sum()
    sizes = [18, 3, 12, 6]
    start = np.concatenate([RNG.normal(size=21), CENTERS.ravel(), RNG.normal(-0.5, 0.2, size=6)])

    def unpack(p: np.ndarray) -> tuple[np.ndarray, ...]:
        coef, intercept, centers, log_width = np.split(p, np.cumsum(sizes)[:-1])
        return coef.reshape(6, 3), intercept, centers.reshape(6, 2), np.exp(log_width)

    def error(p: np.ndarray) -> float:
        coef, intercept, centers, width = unpack(p)
        residual = design_matrix(X, centers, width, form) @ coef + intercept - TARGETS
        return float(((share * residual**2).sum() + 0.2 * (coef**2).sum()) / 2)

    coef, intercept, centers, width = unpack(start)
    squared = squared_distances(X, centers)
    design = activation(squared, width, form)
    residual = share * (design @ coef + intercept - TARGETS)
    scale = squared_scale(width, form)
    slopes = [
        *output_gradient(design, residual, coef, 0.2),
        *unit_gradient(X, squared, design, residual, coef, centers, scale),
    ]
    found = np.concatenate([slope.ravel() for slope in slopes])
    np.testing.assert_allclose(found, approx_fprime(start, error, 1e-7), atol=1e-6)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("ridge", [0.0, 0.5])
def test_descent_arrives_at_least_squares(bias, ridge) -> None:
    learned = descend(
        X,
        TARGETS,
        CENTERS,
        0.3,
        "code",
        weight=WEIGHT,
        ridge=ridge,
        bias=bias,
        learning_rate=1.5,
        epochs=4000,
    )
    design = design_matrix(X, CENTERS, 0.3)
    coef, intercept = least_squares(design, TARGETS, weight=WEIGHT, ridge=ridge, bias=bias)
    np.testing.assert_allclose(learned.coef, coef, atol=1e-6)
    np.testing.assert_allclose(learned.intercept, intercept, atol=1e-6)


def test_the_error_falls_with_every_epoch_at_the_safe_rate() -> None:
    learned = descend(X, TARGETS, CENTERS, 5.0, "code", bias=True, learning_rate=2 / 7, epochs=200)
    assert (np.diff(learned.losses) < 0).all()
    assert learned.losses[0] == pytest.approx(0.5)  # outputs 0: half of one, for the class's 1


def test_trained_units_find_the_bump_that_made_the_targets() -> None:
    targets = activation(squared_distances(X, [[0.4, -0.3]]), 0.8)
    learned = descend(
        X,
        targets,
        np.array([[0.0, 0.0]]),
        0.5,
        "code",
        learning_rate=0.5,
        epochs=4000,
        train_units=True,
    )
    np.testing.assert_allclose(learned.centers, [[0.4, -0.3]], atol=1e-3)
    np.testing.assert_allclose(learned.width, [0.8], atol=1e-3)
    np.testing.assert_allclose(learned.coef, [[1.0]], atol=1e-3)


@pytest.mark.parametrize("epochs", [3, 2000])  # the error has grown, or left all numbers behind
def test_a_diverging_descent_is_refused(epochs) -> None:
    with pytest.raises(ValueError, match=r"learning_rate=50 makes the error grow.*0\.286"):
        descend(X, TARGETS, CENTERS, 2.0, "code", learning_rate=50, epochs=epochs)


@given(arrays(np.float64, (3, 4), elements=st.floats(-50, 50)))
def test_probabilities_are_a_distribution_that_keeps_the_order(scores) -> None:
    probabilities = project_onto_simplex(scores)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    for given_row, row in zip(scores, probabilities, strict=True):
        assert (np.diff(row[np.argsort(given_row)]) >= 0).all()


def test_a_proper_distribution_is_left_as_it_is() -> None:
    proper = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(project_onto_simplex(proper), proper)


def test_a_hand_worked_projection() -> None:
    # (1, 1/2, -1) - 1/4 = (3/4, 1/4, below 0)
    np.testing.assert_allclose(
        project_onto_simplex(np.array([[1.0, 0.5, -1.0]])), [[0.75, 0.25, 0]]
    )
