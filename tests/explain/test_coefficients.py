from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge, lasso_path
from sklearn.neighbors import KNeighborsRegressor
from sklearn.svm import SVC, SVR
from tests.explain.made_runs import fit, flowers, numbers

from handbook.core.errors import HandbookError
from handbook.explain.coefficients import coefficients, path

Array = Any


def line(rows: int = 200) -> tuple[pd.DataFrame, Array]:
    X = numbers(rows)
    noise = np.random.default_rng(5).normal(size=rows)
    return X, 3 * X["a"].to_numpy() - 0.5 * X["b"].to_numpy() + noise


def standardised(X: pd.DataFrame) -> Array:
    values = X.to_numpy()
    return (values - values.mean(axis=0)) / values.std(axis=0)


def by_normal_equations(X: pd.DataFrame, y: Array, alpha: float) -> Array:
    Z = standardised(X)
    return np.linalg.solve(Z.T @ Z + alpha * np.eye(Z.shape[1]), Z.T @ (y - y.mean()))


# --- coefficients -------------------------------------------------------------------------------


def test_ridge_has_those_of_the_normal_equations_largest_first() -> None:
    X, y = line()
    found = coefficients(fit(Ridge(alpha=3.0), X, y))
    expected = dict(zip(X.columns, by_normal_equations(X, y, 3.0), strict=True))
    assert found["features"] == sorted(expected, key=lambda name: -abs(expected[name]))
    (series,) = found["series"]
    assert series["values"] == pytest.approx([expected[name] for name in found["features"]])
    assert series["intercept"] == pytest.approx(y.mean())
    assert (found["of"], found["scaling"], found["total"]) == ("y", "standard", 3)


def test_at_most_twenty_are_listed() -> None:
    X = numbers(80, 8)
    found = coefficients(fit(LinearRegression(), X, np.arange(80.0), degree=2))
    assert (len(found["features"]), found["total"]) == (20, 44)


def test_two_classes_have_one_series_of_the_second() -> None:
    X, y = line()
    found = coefficients(fit(LogisticRegression(), X, y > y.mean(), classes=("low", "high")))
    assert [one["name"] for one in found["series"]] == ["high"]
    assert found["of"] == "log odds"
    assert found["series"][0]["values"][found["features"].index("a")] > 0


@pytest.mark.parametrize("model", [LogisticRegression(max_iter=1000), LinearDiscriminantAnalysis()])
def test_more_classes_have_a_series_each(model: Any) -> None:
    X, y, classes = flowers()
    found = coefficients(fit(model, X, y, classes=classes))
    assert [one["name"] for one in found["series"]] == list(classes)
    assert found["of"] == "score"
    petal = found["features"].index("petal length (cm)")
    by_class = [one["values"][petal] for one in found["series"]]
    assert by_class == sorted(by_class)  # setosa's petals are the shortest


def test_a_linear_machine_of_three_classes_has_a_line_for_each_pair() -> None:
    X = pd.DataFrame({"size": [1.0, 2.0, 5.0, 6.0, 9.0, 10.0]})
    fitted = fit(SVC(kernel="linear"), X, [0, 0, 1, 1, 2, 2], classes=("s", "m", "l"))
    found = coefficients(fitted)
    assert [one["name"] for one in found["series"]] == ["s against m", "s against l", "m against l"]
    # the larger, the less it is the first of the pair
    assert all(one["values"][0] < 0 for one in found["series"])


def test_a_linear_regression_machine_has_coefficients_and_another_kernel_has_none() -> None:
    X, y = line(50)
    assert len(coefficients(fit(SVR(kernel="linear"), X, y))["series"]) == 1
    assert "kernel rbf" in coefficients(fit(SVR(), X, y))["undefined"]


def test_a_model_that_is_not_linear_is_an_error() -> None:
    X, y = line(50)
    with pytest.raises(HandbookError, match="KNeighborsRegressor does not have; it is for linear"):
        coefficients(fit(KNeighborsRegressor(), X, y))


# --- by penalty ---------------------------------------------------------------------------------


def test_the_lasso_keeps_nothing_from_the_largest_correlation_on() -> None:
    X, y = line()
    found = path(fit(Lasso(alpha=0.2), X, y))
    alphas = np.array(found["alphas"])
    # the closed form of the least penalty that leaves nothing
    most = np.abs(standardised(X).T @ (y - y.mean())).max() / len(y)
    assert alphas[-1] == pytest.approx(most)
    assert found["kept"][-1] == 0
    assert found["kept"][-2] == 1
    assert alphas[0] == pytest.approx(most / 1000)


def test_the_lasso_is_scikit_learns_path() -> None:
    X, y = line()
    found = path(fit(Lasso(alpha=0.2), X, y))
    alphas, expected, _ = lasso_path(standardised(X), y - y.mean(), alphas=found["alphas"])
    assert alphas[::-1] == pytest.approx(found["alphas"])
    for one in found["lines"]:
        assert one["values"] == pytest.approx(expected["abc".index(one["name"])][::-1], abs=1e-3)


def test_ridge_solves_the_normal_equations_at_every_penalty() -> None:
    X, y = line()
    found = path(fit(Ridge(alpha=0.5), X, y))
    for place in (0, 30, -1):
        expected = by_normal_equations(X, y, found["alphas"][place])
        values = [one["values"][place] for one in sorted(found["lines"], key=lambda o: o["name"])]
        assert values == pytest.approx(expected)
        assert found["size"][place] == pytest.approx(np.linalg.norm(expected))
    # at the strongest penalty nearly nothing is left
    assert found["size"][-1] < 0.02 * found["size"][0]


@pytest.mark.parametrize("model", [Lasso(alpha=0.05), Ridge(alpha=20), Lasso(alpha=1e4)])
def test_the_runs_own_penalty_is_on_the_path(model: Any) -> None:
    X, y = line()
    fitted = fit(model, X, y)
    found = path(fitted)
    place = found["alphas"].index(found["own"])
    assert 0 < place < len(found["alphas"]) - 1
    for one in found["lines"]:
        own = fitted.model.coef_["abc".index(one["name"])]
        assert one["values"][place] == pytest.approx(own, abs=5e-3)
    assert found["own_kept"] == np.count_nonzero(fitted.model.coef_)


def test_no_penalty_at_all_lies_outside_a_log_scale() -> None:
    X, y = line()
    found = path(fit(Ridge(alpha=0), X, y))
    assert found["own"] == 0
    assert min(found["alphas"]) > 0


def test_a_line_through_the_origin_is_shrunk_from_its_own_largest_penalty() -> None:
    X, y = line()
    found = path(fit(Lasso(alpha=0.1, fit_intercept=False), X, y, numeric="none"))
    assert found["alphas"][-1] == pytest.approx(np.abs(X.to_numpy().T @ y).max() / len(y))
    assert found["kept"][-2:] == [1, 0]


def test_at_most_fifteen_lines_are_drawn_the_largest_at_the_own_penalty() -> None:
    X = numbers(80, 6)
    fitted = fit(Lasso(alpha=2.0), X, X["a"] * 4 + np.arange(80.0), degree=2)
    found = path(fitted)
    assert (len(found["lines"]), found["total"]) == (15, 27)
    place = found["alphas"].index(2.0)
    sizes = [abs(one["values"][place]) for one in found["lines"]]
    assert sizes == sorted(sizes, reverse=True)


def test_other_models_have_no_path() -> None:
    X, y = line(50)
    with pytest.raises(HandbookError, match="it is for Lasso and Ridge"):
        path(fit(LinearRegression(), X, y))
