from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from tests.explain.made_runs import fit, flowers, mixed, numbers

from handbook.core.errors import HandbookError
from handbook.explain import importances
from handbook.explain.fitted import Fitted, spaced
from handbook.explain.importances import impurity, permutation

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
    found = permutation(fit(LinearRegression(), X, y), rows=rows)
    before = found["score"]
    assert before == pytest.approx(noise, rel=0.02)
    rises = {one["name"]: (before + one["mean"]) ** 2 - before**2 for one in found["columns"]}
    expected = 2 * slope**2 * X.var().to_numpy()
    assert [rises[name] for name in "abc"] == pytest.approx(expected, rel=0.03, abs=0.01)
    assert [one["name"] for one in found["columns"]] == ["b", "a", "c"]
    assert all(one["low"] <= one["mean"] <= one["high"] for one in found["columns"])


@pytest.mark.parametrize(
    ("model", "scorer"),
    [(LogisticRegression(), "roc_auc"), (SVC(), "roc_auc"), (LinearRegression(), None)],
)
def test_predicting_each_row_once_changes_nothing(model: Any, scorer: str | None) -> None:
    fitted = (
        binary(model) if scorer else fit(model, mixed(300), mixed(300)["age"] + np.arange(300.0))
    )
    found = permutation(fitted)
    same = permutation_importance(
        fitted.estimator, fitted.test.X, fitted.test.y, n_repeats=10, random_state=7,
        scoring=scorer or "neg_root_mean_squared_error",
    )  # fmt: skip
    means = dict(zip(fitted.test.X.columns, same.importances_mean, strict=True))
    highs = dict(zip(fitted.test.X.columns, same.importances.max(axis=1), strict=True))
    for one in found["columns"]:
        assert one["mean"] == pytest.approx(means[one["name"]], abs=1e-12)
        assert one["high"] == pytest.approx(highs[one["name"]], abs=1e-12)


def test_each_row_is_predicted_once() -> None:
    fitted = binary(LogisticRegression(), 200)
    seen: list[pd.DataFrame] = []
    real = fitted.estimator.predict_proba

    def watched(X: pd.DataFrame) -> Any:
        seen.append(X)
        return real(X)

    fitted.estimator.predict_proba = watched
    permutation(fitted)
    rows = pd.concat(seen)
    assert not rows.duplicated().any()
    assert len(rows) < 200 * (1 + 4 * 10) / 2


def test_the_rows_are_a_fixed_share_of_each_class_and_recorded() -> None:
    found = permutation(binary(LogisticRegression()), rows=100)
    assert (found["rows"], found["of_rows"], found["repeats"], found["seed"]) == (100, 300, 10, 7)
    assert "not of samples of rows" in found["interval"]
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
    assert permutation(binary(KNeighborsClassifier()))["rows"] == 300
    monkeypatch.setattr(importances, "_STORED", 100)
    assert permutation(binary(KNeighborsClassifier()))["rows"] == 50
    assert permutation(binary(SVC()))["rows"] == 50
    assert permutation(binary(LogisticRegression()))["rows"] == 300


def test_more_than_two_classes_are_measured_by_accuracy() -> None:
    X, y, classes = flowers()
    found = permutation(fit(LogisticRegression(max_iter=1000), X, y, classes=classes))
    assert found["metric"] == "accuracy"
    assert found["score"] > 0.95
    assert found["columns"][0]["name"].startswith("petal")


def test_one_class_in_the_test_rows_is_undefined() -> None:
    fitted = binary(LogisticRegression())
    only = replace(fitted, test=fitted.test.rows(fitted.test.y == 1))
    assert permutation(only) == {"undefined": "the test rows hold only one class"}


# --- by impurity --------------------------------------------------------------------------------


def test_columns_sum_what_was_made_of_them() -> None:
    found = impurity(binary(DecisionTreeClassifier(max_depth=5, random_state=0)))
    columns = {one["name"]: one["share"] for one in found["columns"]}
    features = {one["name"]: one["share"] for one in found["features"]}
    assert sum(columns.values()) == pytest.approx(1)
    assert columns["job"] == pytest.approx(
        sum(share for name, share in features.items() if name.startswith("job="))
    )
    assert columns["pdays"] == pytest.approx(features["pdays"] + features["pdays missing"])
    assert next(iter(columns)) == "age"
    assert found["trees"] is None


def test_a_forest_has_a_spread_over_its_trees() -> None:
    fitted = binary(RandomForestClassifier(20, random_state=0))
    found = impurity(fitted)
    assert (found["trees"], found["percentiles"]) == (20, [10, 90])
    ages = [tree.feature_importances_[0] for tree in fitted.model.estimators_]
    age = found["columns"][0]
    assert age["name"] == "age"
    assert age["share"] == pytest.approx(np.mean(ages))
    assert (age["low"], age["high"]) == pytest.approx(tuple(np.percentile(ages, [10, 90])))


def test_boosting_has_no_spread() -> None:
    found = impurity(fit(GradientBoostingRegressor(n_estimators=5), numbers(50), np.arange(50.0)))
    assert found["trees"] is None
    assert found["columns"][0]["low"] is None


def test_a_product_of_columns_stands_for_itself() -> None:
    X = numbers(80)
    fitted = fit(
        GradientBoostingRegressor(n_estimators=5), X, (X["a"] - 5) * (X["b"] - 50), degree=2
    )
    found = impurity(fitted)
    assert found["columns"][0]["name"] == "a × b"
    assert "a² × b" not in {one["name"] for one in found["columns"]}


def test_a_model_without_trees_is_an_error() -> None:
    with pytest.raises(HandbookError, match=r"'impurity-importance', which KNeighbors.*take it"):
        impurity(binary(KNeighborsClassifier()))
