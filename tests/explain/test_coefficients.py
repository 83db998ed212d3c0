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
from handbook.explain.coefficients import coefficient_path, coefficients

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
    result = coefficients(fit(Ridge(alpha=3.0), X, y))
    expected = dict(zip(X.columns, by_normal_equations(X, y, 3.0), strict=True))
    assert result["features"] == sorted(expected, key=lambda name: -abs(expected[name]))
    (series,) = result["series"]
    assert series["values"] == pytest.approx([expected[name] for name in result["features"]])
    assert series["intercept"] == pytest.approx(y.mean())
    assert (result["of"], result["scaling"], result["total"]) == ("y", "standard", 3)


def test_at_most_twenty_are_listed() -> None:
    X = numbers(80, 8)
    result = coefficients(fit(LinearRegression(), X, np.arange(80.0), degree=2))
    assert (len(result["features"]), result["total"]) == (20, 44)


def test_two_classes_have_one_series_of_the_second() -> None:
    X, y = line()
    result = coefficients(fit(LogisticRegression(), X, y > y.mean(), classes=("low", "high")))
    assert [entry["name"] for entry in result["series"]] == ["high"]
    assert result["of"] == "log odds"
    assert result["series"][0]["values"][result["features"].index("a")] > 0


@pytest.mark.parametrize("model", [LogisticRegression(max_iter=1000), LinearDiscriminantAnalysis()])
def test_more_classes_have_a_series_each(model: Any) -> None:
    X, y, classes = flowers()
    result = coefficients(fit(model, X, y, classes=classes))
    assert [entry["name"] for entry in result["series"]] == list(classes)
    assert result["of"] == "score"
    petal = result["features"].index("petal length (cm)")
    by_class = [entry["values"][petal] for entry in result["series"]]
    assert by_class == sorted(by_class)  # setosa's petals are the shortest


def test_a_linear_machine_of_three_classes_has_a_line_for_each_pair() -> None:
    X = pd.DataFrame({"size": [1.0, 2.0, 5.0, 6.0, 9.0, 10.0]})
    fitted = fit(SVC(kernel="linear"), X, [0, 0, 1, 1, 2, 2], classes=("s", "m", "l"))
    result = coefficients(fitted)
    assert [entry["name"] for entry in result["series"]] == [
        "s against m",
        "s against l",
        "m against l",
    ]
    # the larger, the less it is the first of the pair
    assert all(entry["values"][0] < 0 for entry in result["series"])


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
    result = coefficient_path(fit(Lasso(alpha=0.2), X, y))
    alphas = np.array(result["alphas"])
    # the closed form of the least penalty that leaves nothing
    most = np.abs(standardised(X).T @ (y - y.mean())).max() / len(y)
    assert alphas[-1] == pytest.approx(most)
    assert result["kept"][-1] == 0
    assert result["kept"][-2] == 1
    assert alphas[0] == pytest.approx(most / 1000)


def test_the_lasso_is_scikit_learns_path() -> None:
    X, y = line()
    result = coefficient_path(fit(Lasso(alpha=0.2), X, y))
    alphas, expected, _ = lasso_path(standardised(X), y - y.mean(), alphas=result["alphas"])
    assert alphas[::-1] == pytest.approx(result["alphas"])
    for entry in result["lines"]:
        assert entry["values"] == pytest.approx(
            expected["abc".index(entry["name"])][::-1], abs=1e-3
        )


def test_ridge_solves_the_normal_equations_at_every_penalty() -> None:
    X, y = line()
    result = coefficient_path(fit(Ridge(alpha=0.5), X, y))
    for index in (0, 30, -1):
        expected = by_normal_equations(X, y, result["alphas"][index])
        values = [
            entry["values"][index] for entry in sorted(result["lines"], key=lambda o: o["name"])
        ]
        assert values == pytest.approx(expected)
        assert result["size"][index] == pytest.approx(np.linalg.norm(expected))
    # at the strongest penalty nearly nothing is left
    assert result["size"][-1] < 0.02 * result["size"][0]


@pytest.mark.parametrize("model", [Lasso(alpha=0.05), Ridge(alpha=20), Lasso(alpha=1e4)])
def test_the_runs_own_penalty_is_on_the_path(model: Any) -> None:
    X, y = line()
    fitted = fit(model, X, y)
    result = coefficient_path(fitted)
    index = result["alphas"].index(result["own"])
    assert 0 < index < len(result["alphas"]) - 1
    for entry in result["lines"]:
        own = fitted.model.coef_["abc".index(entry["name"])]
        assert entry["values"][index] == pytest.approx(own, abs=5e-3)
    assert result["own_kept"] == np.count_nonzero(fitted.model.coef_)


def test_no_penalty_at_all_lies_outside_a_log_scale() -> None:
    X, y = line()
    result = coefficient_path(fit(Ridge(alpha=0), X, y))
    assert result["own"] == 0
    assert min(result["alphas"]) > 0


def test_a_line_through_the_origin_is_shrunk_from_its_own_largest_penalty() -> None:
    X, y = line()
    result = coefficient_path(fit(Lasso(alpha=0.1, fit_intercept=False), X, y, numeric="none"))
    assert result["alphas"][-1] == pytest.approx(np.abs(X.to_numpy().T @ y).max() / len(y))
    assert result["kept"][-2:] == [1, 0]


def test_at_most_fifteen_lines_are_drawn_the_largest_at_the_own_penalty() -> None:
    X = numbers(80, 6)
    fitted = fit(Lasso(alpha=2.0), X, X["a"] * 4 + np.arange(80.0), degree=2)
    result = coefficient_path(fitted)
    assert (len(result["lines"]), result["total"]) == (15, 27)
    index = result["alphas"].index(2.0)
    sizes = [abs(entry["values"][index]) for entry in result["lines"]]
    assert sizes == sorted(sizes, reverse=True)


def test_other_models_have_no_path() -> None:
    X, y = line(50)
    with pytest.raises(HandbookError, match="it is for Lasso and Ridge"):
        coefficient_path(fit(LinearRegression(), X, y))
