from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import inspection
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from tests.explain.made_runs import fit, flowers, mixed, numbers

from handbook.core.errors import HandbookError
from handbook.explain import importances
from handbook.explain.importances import impurity_importance, permutation_importance
from handbook.explain.run import Fitted, spaced

NO_YES = ("no", "yes")


def binary(model: Any, rows: int = 300) -> Fitted:
    table = mixed(rows)
    logit = (table["age"] - 54) / 10 + 2 * (table["job"] == "student")
    y = (logit + np.random.default_rng(1).logistic(size=rows) > 0).astype(int)
    return fit(model, table, y, classes=NO_YES)


# --- by shuffling -------------------------------------------------------------------------------


def test_shuffling_a_column_of_a_linear_model_adds_twice_its_variance() -> None:
    # y = b.x + noise with independent columns: the mean squared error rises by 2 b^2 var(x).
    rows, noise = 20_000, 0.5
    X = numbers(rows)
    slope = np.array([1.0, -0.2, 0.0])
    y = X.to_numpy() @ slope + np.random.default_rng(2).normal(0, noise, rows)
    result = permutation_importance(fit(LinearRegression(), X, y), rows=rows)
    before = result["score"]
    assert before == pytest.approx(noise, rel=0.02)
    rises = {
        entry["name"]: (before + entry["mean"]) ** 2 - before**2 for entry in result["columns"]
    }
    expected = 2 * slope**2 * X.var().to_numpy()
    assert [rises[name] for name in "abc"] == pytest.approx(expected, rel=0.03, abs=0.01)
    assert [entry["name"] for entry in result["columns"]] == ["b", "a", "c"]
    assert all(entry["low"] <= entry["mean"] <= entry["high"] for entry in result["columns"])


@pytest.mark.parametrize(
    ("model", "scorer"),
    [(LogisticRegression(), "roc_auc"), (SVC(), "roc_auc"), (LinearRegression(), None)],
)
def test_predicting_each_row_once_changes_nothing(model: Any, scorer: str | None) -> None:
    fitted = (
        binary(model) if scorer else fit(model, mixed(300), mixed(300)["age"] + np.arange(300.0))
    )
    result = permutation_importance(fitted)
    same = inspection.permutation_importance(
        fitted.estimator, fitted.test.X, fitted.test.y, n_repeats=10, random_state=7,
        scoring=scorer or "neg_root_mean_squared_error",
    )  # fmt: skip
    means = dict(zip(fitted.test.X.columns, same.importances_mean, strict=True))
    highs = dict(zip(fitted.test.X.columns, same.importances.max(axis=1), strict=True))
    for entry in result["columns"]:
        assert entry["mean"] == pytest.approx(means[entry["name"]], abs=1e-12)
        assert entry["high"] == pytest.approx(highs[entry["name"]], abs=1e-12)


def test_each_row_is_predicted_once() -> None:
    fitted = binary(LogisticRegression(), 200)
    seen: list[pd.DataFrame] = []
    real = fitted.estimator.predict_proba

    def watched(X: pd.DataFrame) -> Any:
        seen.append(X)
        return real(X)

    fitted.estimator.predict_proba = watched
    permutation_importance(fitted)
    rows = pd.concat(seen)
    assert not rows.duplicated().any()
    assert len(rows) < 200 * (1 + 4 * 10) / 2


def test_the_rows_are_a_fixed_share_of_each_class_and_recorded() -> None:
    result = permutation_importance(binary(LogisticRegression()), rows=100)
    assert (result["rows"], result["of_rows"], result["repeats"], result["seed"]) == (
        100,
        300,
        10,
        7,
    )
    assert "not of samples of rows" in result["interval"]
    y = np.repeat([0, 1], [900, 100])
    picked = spaced(y, 100, seed=3)
    assert np.bincount(y[picked]).tolist() == [90, 10]
    assert len(set(picked.tolist())) == 100
    assert picked.tolist() != spaced(y, 100, seed=4).tolist()
    assert spaced(y, 5000, seed=3).tolist() == list(range(1000))


def test_a_model_that_compares_with_many_numbers_gets_fewer_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importances, "FEW_ROWS", 50)
    assert permutation_importance(binary(KNeighborsClassifier()))["rows"] == 300
    monkeypatch.setattr(importances, "_STORED", 100)
    assert permutation_importance(binary(KNeighborsClassifier()))["rows"] == 50
    assert permutation_importance(binary(SVC()))["rows"] == 50
    assert permutation_importance(binary(LogisticRegression()))["rows"] == 300


def test_more_than_two_classes_are_measured_by_accuracy() -> None:
    X, y, classes = flowers()
    result = permutation_importance(fit(LogisticRegression(max_iter=1000), X, y, classes=classes))
    assert result["metric"] == "accuracy"
    assert result["score"] > 0.95
    assert result["columns"][0]["name"].startswith("petal")


def test_one_class_in_the_test_rows_is_undefined() -> None:
    fitted = binary(LogisticRegression())
    only = replace(fitted, test=fitted.test.rows(fitted.test.y == 1))
    assert permutation_importance(only) == {"undefined": "the test rows hold only one class"}


# --- by impurity --------------------------------------------------------------------------------


def test_columns_sum_what_was_made_of_them() -> None:
    result = impurity_importance(binary(DecisionTreeClassifier(max_depth=5, random_state=0)))
    columns = {entry["name"]: entry["share"] for entry in result["columns"]}
    features = {entry["name"]: entry["share"] for entry in result["features"]}
    assert sum(columns.values()) == pytest.approx(1)
    assert columns["job"] == pytest.approx(
        sum(share for name, share in features.items() if name.startswith("job="))
    )
    assert columns["pdays"] == pytest.approx(features["pdays"] + features["pdays missing"])
    assert next(iter(columns)) == "age"
    assert result["trees"] is None


def test_a_forest_has_a_spread_over_its_trees() -> None:
    fitted = binary(RandomForestClassifier(20, random_state=0))
    result = impurity_importance(fitted)
    assert (result["trees"], result["percentiles"]) == (20, [10, 90])
    ages = [tree.feature_importances_[0] for tree in fitted.model.estimators_]
    age = result["columns"][0]
    assert age["name"] == "age"
    assert age["share"] == pytest.approx(np.mean(ages))
    assert (age["low"], age["high"]) == pytest.approx(tuple(np.percentile(ages, [10, 90])))


def test_boosting_has_no_spread() -> None:
    result = impurity_importance(
        fit(GradientBoostingRegressor(n_estimators=5), numbers(50), np.arange(50.0))
    )
    assert result["trees"] is None
    assert result["columns"][0]["low"] is None


def test_a_product_of_columns_stands_for_itself() -> None:
    X = numbers(80)
    fitted = fit(
        GradientBoostingRegressor(n_estimators=5), X, (X["a"] - 5) * (X["b"] - 50), degree=2
    )
    result = impurity_importance(fitted)
    assert result["columns"][0]["name"] == "a × b"
    assert "a² × b" not in {entry["name"] for entry in result["columns"]}


def test_a_model_without_trees_is_an_error() -> None:
    with pytest.raises(HandbookError, match=r"'impurity-importance', which KNeighbors.*take it"):
        impurity_importance(binary(KNeighborsClassifier()))
