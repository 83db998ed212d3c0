"""Support vectors: the dual against libsvm, separability against known cases."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.svm import SVC, SVR

from handbook.labs.examples import svc_three_points

POINTS = [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]
GIVEN = {"points": POINTS, "labels": [0, 1, 0], "targets": [1, 2, 3], "C": 1.0, "epsilon": 0.1}


def test_no_line_separates_the_points_and_the_rbf_kernel_does() -> None:
    line, linear, _, curved, *_ = svc_three_points.compute(**GIVEN)
    assert line.computed == 0
    assert linear.computed == [0, 0, 0]
    assert linear.book is None  # its snippet claims nothing
    assert curved.computed == [0, 1, 0]


@pytest.mark.parametrize(
    ("points", "labels", "apart"),
    [
        ([[0, 0], [1, 1], [0, 1], [1, 0]], [0, 0, 1, 1], False),  # exclusive or
        ([[0, 0], [1, 1], [0, 1], [1, 0]], [0, 1, 1, 1], True),
        ([[0], [1], [5]], [0, 1, 1], True),
        ([[0], [0]], [0, 1], False),
    ],
)
def test_separability_of_known_cases(
    points: list[list[int]], labels: list[int], apart: bool
) -> None:
    assert svc_three_points.separable(np.array(points, dtype=float), labels) is apart


@pytest.mark.parametrize("seed", range(4))
def test_the_dual_solved_by_a_general_solver_is_libsvms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(14, 2))
    labels = (X[:, 0] + rng.normal(0, 0.6, 14) > 0).astype(int)
    model = SVC(kernel="linear", C=0.7, tol=1e-6).fit(X, labels)
    values = svc_three_points.dual(X @ X.T, labels.tolist(), C=0.7)
    assert values == pytest.approx(model.decision_function(X), abs=2e-3)


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 0.8])
def test_the_tube_of_the_flattest_line(epsilon: float) -> None:
    *_, tube = svc_three_points.compute(**GIVEN | {"epsilon": epsilon})
    exact = SVR(kernel="linear", C=1.0, epsilon=epsilon, tol=1e-7).fit(POINTS, [1, 2, 3])
    assert tube.expected == pytest.approx(exact.predict(POINTS), abs=1e-3)


def test_the_grid_shows_what_the_models_decide() -> None:
    points = [[0.0, 0.0], [2.0, 1.0], [5.0, 0.0]]
    plot = svc_three_points.plot(**GIVEN | {"points": points})
    for panel, kernel in zip(plot["panels"], ("linear", "rbf"), strict=True):
        model = SVC(kernel=kernel).fit(points, GIVEN["labels"])
        at = [plot["across"][40], plot["up"][7]]
        shown = panel["values"][7][40]  # row by row, from below
        assert shown == pytest.approx(model.decision_function([at])[0], abs=1e-3)
        assert panel["predicted"] == model.predict(points).tolist()
