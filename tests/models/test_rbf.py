"""The RBF network against closed forms, numpy and scikit-learn's own checks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.utils.estimator_checks import parametrize_with_checks

from handbook.models.rbf import (
    RBFClassifier,
    _project_onto_simplex,
    activation,
    dmax_width,
    solve_output_weights,
)

SQUARE = np.array([[0.0, 0.0], [0.0, 3.0], [4.0, 0.0], [4.0, 3.0]])


def rows(n: int = 60, classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 3)), np.arange(n) % classes


@parametrize_with_checks(
    [
        RBFClassifier(random_state=0),
        RBFClassifier(width=2.0, activation="text", ridge=1e-3, bias=True, random_state=0),
    ]
)
def test_scikit_learns_checks_pass_without_exception(estimator, check) -> None:
    check(estimator)


def test_the_width_is_the_largest_distance_over_the_root_of_twice_the_centres() -> None:
    assert dmax_width(SQUARE) == pytest.approx(5 / np.sqrt(8))


@pytest.mark.parametrize("centers", [[[1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]]])
def test_centres_without_a_distance_have_width_one(centers) -> None:
    assert dmax_width(centers) == 1.0


def test_the_two_gaussians_are_the_ones_of_text_and_code() -> None:
    # d = 3, sigma = 1.5: (3 / 1.5)^2 = 4 and (3 / 3)^2 = 1
    assert activation(9.0, 1.5, "text") == pytest.approx(np.exp(-4))
    assert activation(9.0, 1.5, "code") == pytest.approx(np.exp(-1))


def test_the_codes_gaussian_is_the_texts_at_twice_the_width() -> None:
    squared = np.linspace(0, 20, 50)
    np.testing.assert_array_equal(activation(squared, 1.5, "code"), activation(squared, 3, "text"))


def test_a_unit_answers_one_at_its_centre() -> None:
    model = RBFClassifier(n_centers=4, random_state=0).fit(SQUARE, [0, 1, 1, 0])
    np.testing.assert_allclose(np.diag(model._design(model.centers_)), 1.0)


def test_as_many_centres_as_points_interpolate_them_exactly() -> None:
    y = np.array([0, 1, 2, 1])
    model = RBFClassifier(n_centers=4, random_state=0).fit(SQUARE, y)
    np.testing.assert_allclose(model.decision_function(SQUARE), np.eye(3)[y], atol=1e-10)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_output_weights_are_numpys_least_squares(bias, classes) -> None:
    X, y = rows(classes=classes)
    model = RBFClassifier(n_centers=8, bias=bias, random_state=0).fit(X, y)
    design = model._design(X)
    targets = np.eye(classes)[y] if classes > 2 else y[:, np.newaxis].astype(float)
    columns = np.column_stack([design, np.ones(len(X))]) if bias else design
    expected, *_ = np.linalg.lstsq(columns, targets, rcond=None)
    np.testing.assert_allclose(model.coef_, expected[:8], atol=1e-8)
    np.testing.assert_allclose(model.intercept_, expected[8] if bias else 0.0, atol=1e-8)


def test_the_ridge_solves_the_regularised_normal_equations() -> None:
    rng = np.random.default_rng(1)
    design, targets = rng.normal(size=(30, 5)), rng.normal(size=(30, 2))
    normal = design.T @ design + 0.7 * np.eye(5)
    np.testing.assert_allclose(
        solve_output_weights(design, targets, 0.7), np.linalg.solve(normal, design.T @ targets)
    )


def test_equal_columns_give_the_weights_of_least_norm() -> None:
    column = np.arange(1.0, 5.0)[:, np.newaxis]
    weights = solve_output_weights(np.hstack([column, column]), 2 * column)
    np.testing.assert_allclose(weights, [[1.0], [1.0]])


def test_nearly_equal_units_do_not_spoil_the_fit() -> None:
    # the normal equations of this design are singular in floating point
    design = np.vander(np.linspace(1, 1.01, 40), 8)
    targets = design @ np.ones((8, 1))
    weights = solve_output_weights(design, targets)
    np.testing.assert_allclose(design @ weights, targets, rtol=1e-9)


def test_there_are_never_more_centres_than_distinct_rows() -> None:
    X = np.repeat(SQUARE, 10, axis=0)
    model = RBFClassifier(n_centers=8, random_state=0).fit(X, np.tile([0, 1], 20))
    assert len(model.centers_) == 4


def test_two_classes_are_told_apart_by_the_threshold() -> None:
    X, y = rows()
    cautious = RBFClassifier(threshold=0.5, random_state=0).fit(X, y)
    bold = RBFClassifier(threshold=0.4, random_state=0).fit(X, y)
    output = cautious.decision_function(X) + 0.5
    np.testing.assert_array_equal(cautious.predict(X), output > 0.5)
    np.testing.assert_array_equal(bold.predict(X), output > 0.4)
    np.testing.assert_allclose(bold.predict_proba(X), cautious.predict_proba(X))


def test_two_classes_have_clipped_outputs_as_probabilities() -> None:
    X, y = rows()
    model = RBFClassifier(n_centers=8, width=0.3, random_state=0).fit(X, y)
    output = model.decision_function(X) + model.threshold
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], np.clip(output, 0, 1))


@given(arrays(np.float64, (3, 4), elements=st.floats(-50, 50)))
def test_probabilities_are_a_distribution_that_keeps_the_order(scores) -> None:
    probabilities = _project_onto_simplex(scores)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    for given_row, row in zip(scores, probabilities, strict=True):
        assert (np.diff(row[np.argsort(given_row)]) >= 0).all()


def test_a_proper_distribution_is_left_as_it_is() -> None:
    proper = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(_project_onto_simplex(proper), proper)


def test_a_hand_worked_projection() -> None:
    # (1, 1/2, -1) - 1/4 = (3/4, 1/4, below 0)
    np.testing.assert_allclose(
        _project_onto_simplex(np.array([[1.0, 0.5, -1.0]])), [[0.75, 0.25, 0]]
    )


def test_equal_seeds_give_equal_networks() -> None:
    X, y = rows()
    first, second = (RBFClassifier(random_state=7).fit(X, y) for _ in range(2))
    assert first.coef_.tobytes() == second.coef_.tobytes()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"n_centers": 0}, "n_centers must be at least 1"),
        ({"max_iter": 0}, "max_iter must be at least 1"),
        ({"activation": "book"}, "'text' or 'code'"),
        ({"width": "max"}, "'dmax' or a number"),
        ({"width": -1.0}, "'dmax' or a number"),
        ({"ridge": -0.1}, "0 or more"),
        ({"ridge": float("nan")}, "0 or more"),
    ],
)
def test_a_setting_out_of_range_is_named(settings, told) -> None:
    with pytest.raises(ValueError, match=told):
        RBFClassifier(**settings).fit(*rows())


def test_one_class_only_is_refused() -> None:
    with pytest.raises(ValueError, match="one class only"):
        RBFClassifier().fit(SQUARE, [1, 1, 1, 1])
