"""Choices are made on the rows given, by the libraries' own rules, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_predict,
)
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from handbook.training import saving
from handbook.training.build import last_step, whole
from handbook.training.spec import RunSpec
from handbook.training.tuning import fit

RECIPE = {"numeric": "standard", "categorical": "onehot", "missing": "indicator", "degree": 1}
SEARCH: dict[str, Any] = {"space": {}, "draws": None, "splits": 3, "rows": None}


def spec(**changes: Any) -> RunSpec:
    """What a fit depends on."""
    run: dict[str, Any] = {
        "model": "ridge",
        "data": "made",
        "variant": "book",
        "task": "regression",
        "estimator": "sklearn.linear_model.Ridge",
        "params": {},
        "preprocess": RECIPE,
        "seed": 3,
    }
    return RunSpec(**run | changes)


@pytest.fixture
def numbers() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(90, 4)), columns=list("abcd"))
    return X, (2 * X["a"] - X["b"] + rng.normal(size=90)).to_numpy()


@pytest.fixture
def classes() -> tuple[pd.DataFrame, np.ndarray]:
    """One row in six is positive, as far as `a` can tell."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(600, 2)), columns=["a", "b"])
    return X, (X["a"] + rng.normal(size=600) > 1.4).to_numpy().astype(np.int64)


def test_without_choices_it_is_the_plain_fit(numbers: Any) -> None:
    X, y = numbers
    fitted, chosen = fit(spec(params={"alpha": 2.0}), X, y, 0)
    plain = Ridge(alpha=2.0).fit(StandardScaler().fit_transform(X), y)
    assert chosen is None
    assert fitted.predict(X) == pytest.approx(plain.predict(StandardScaler().fit_transform(X)))


def test_a_search_finds_what_scikit_learns_does(numbers: Any) -> None:
    X, y = numbers
    values = [0.01, 1.0, 30.0, 1000.0]
    fitted, chosen = fit(spec(search=SEARCH | {"space": {"alpha": values}}), X, y, 0)
    # Scaling inside or outside of the folds differs a little, so ask the same pipeline's search.
    theirs = GridSearchCV(
        fitted,
        {"model__alpha": values},
        scoring="neg_root_mean_squared_error",
        cv=KFold(3, shuffle=True, random_state=3),
    ).fit(X, y)
    assert chosen is not None
    assert chosen["params"] == {"alpha": theirs.best_params_["model__alpha"]}
    assert chosen["score"] == pytest.approx(-theirs.best_score_)
    assert [trial["score"] for trial in chosen["trials"]] == pytest.approx(
        list(-theirs.cv_results_["mean_test_score"])
    )
    assert last_step(fitted).alpha == chosen["params"]["alpha"]


def test_draws_are_settings_of_the_space_without_repetition(numbers: Any) -> None:
    X, y = numbers
    space = {"alpha": [0.1, 1.0, 10.0], "fit_intercept": [True, False]}
    _, chosen = fit(spec(search=SEARCH | {"space": space, "draws": 4}), X, y, 0)
    assert chosen is not None
    tried = [tuple(trial["params"][name] for name in space) for trial in chosen["trials"]]
    assert len(set(tried)) == len(tried) == 4
    assert all(alpha in space["alpha"] and cut in (True, False) for alpha, cut in tried)
    again = fit(spec(search=SEARCH | {"space": space, "draws": 4}), X, y, 0)[1]
    assert again == chosen


def test_a_searched_degree_adds_products_of_scaled_columns(numbers: Any) -> None:
    X, y = numbers
    y = y + 3 * (X["a"] * X["c"]).to_numpy()
    settings = spec(search=SEARCH | {"space": {"preprocess.degree": [1, 2]}})
    fitted, chosen = fit(settings, X, y, 0)
    assert chosen is not None
    assert chosen["params"] == {"preprocess.degree": 2}
    scaled = StandardScaler().fit_transform(X)
    products = PolynomialFeatures(2, include_bias=False).fit_transform(scaled)
    assert fitted.predict(X) == pytest.approx(Ridge().fit(products, y).predict(products))


def test_large_sets_are_searched_on_few_rows(numbers: Any, monkeypatch: Any) -> None:
    X, y = pd.concat([numbers[0]] * 2, ignore_index=True), np.tile(numbers[1], 2)
    seen: list[int] = []
    plain = Ridge.fit

    def spy(self: Any, X: Any, y: Any, *args: Any) -> Any:
        seen.append(len(y))
        return plain(self, X, y, *args)

    monkeypatch.setattr(Ridge, "fit", spy)
    fit(spec(search=SEARCH | {"space": {"alpha": [1.0, 2.0]}, "rows": 50}), X, y, 0)
    assert seen == [50] * 6 + [180]  # two values on three splits, then all rows
    seen.clear()
    fit(spec(search=SEARCH | {"space": {"alpha": [1.0, 2.0]}, "rows": 100}), X, y, 0)
    assert seen == [120] * 6 + [180]  # folds of 180 rows in three


def test_large_sets_are_fitted_on_few_rows_with_the_shares_of_all(classes: Any) -> None:
    X, y = classes
    tree = {"task": "classification", "estimator": "sklearn.tree.DecisionTreeClassifier"}
    fitted, _ = fit(spec(**tree, fit_rows=120), X, y, 2)
    seen = last_step(fitted).tree_
    assert seen.n_node_samples[0] == 120
    assert seen.value[0, 0, 1] == pytest.approx(y.mean(), abs=1 / 120)
    again, _ = fit(spec(**tree, fit_rows=120), X, y, 2)
    assert (again.predict(X) == fitted.predict(X)).all()
    all_rows, _ = fit(spec(**tree, fit_rows=600), X, y, 2)
    assert last_step(all_rows).tree_.n_node_samples[0] == 600


def test_the_threshold_is_the_best_of_the_splits_and_ranks_stay(classes: Any) -> None:
    X, y = classes
    settings = spec(
        task="classification",
        estimator="sklearn.linear_model.LogisticRegression",
        threshold="f1",
    )
    fitted, chosen = fit(settings, X, y, 2)
    assert chosen is not None
    assert isinstance(fitted, FixedThresholdClassifier)
    plain = whole(fitted)
    assert isinstance(last_step(fitted), LogisticRegression)
    assert fitted.predict_proba(X) == pytest.approx(plain.predict_proba(X))
    predicted = fitted.predict_proba(X)[:, 1] >= chosen["threshold"]
    assert (fitted.predict(X) == predicted).all()
    # Out of fold, no other of a hundred thresholds is better by more than a step of the search.
    p = cross_val_predict(
        plain, X, y, cv=StratifiedKFold(3, shuffle=True, random_state=3), method="predict_proba"
    )[:, 1]
    best = max(f1_score(y, p >= cut) for cut in np.linspace(0.01, 0.99, 99))
    ours = f1_score(y, p >= chosen["threshold"])
    assert ours > best - 0.02
    assert ours > f1_score(y, p >= 0.5) + 0.05


def test_a_threshold_is_of_two_classes_only(classes: Any) -> None:
    X, y = classes
    three = y + (X["b"] > 0).to_numpy().astype(np.int64)
    settings = spec(
        task="classification",
        estimator="sklearn.linear_model.LogisticRegression",
        threshold="f1",
    )
    fitted, chosen = fit(settings, X, three, 3)
    assert chosen is None
    assert not isinstance(fitted, FixedThresholdClassifier)


@pytest.mark.parametrize(
    "estimator", ["sklearn.svm.SVC", "sklearn.linear_model.LogisticRegression"]
)
def test_what_was_chosen_is_saved_and_read_back(
    estimator: str, classes: Any, tmp_path: Path
) -> None:
    X, y = classes
    settings = spec(
        task="classification",
        estimator=estimator,
        threshold="balanced_accuracy",
        search=SEARCH | {"space": {"C": [0.1, 1.0]}, "rows": 100},
    )
    fitted, _ = fit(settings, X, y, 2)
    saving.save(fitted, tmp_path / "model.skops")
    again = saving.load(tmp_path / "model.skops")
    assert (again.predict(X) == fitted.predict(X)).all()
    assert again.threshold == fitted.threshold


def test_an_inner_estimator_is_made_and_searched(classes: Any) -> None:
    X, y = classes
    settings = spec(
        task="classification",
        estimator="sklearn.ensemble.AdaBoostClassifier",
        params={
            "n_estimators": 3,
            "estimator": {"class": "sklearn.tree.DecisionTreeClassifier", "params": {}},
        },
        search=SEARCH | {"space": {"estimator__max_depth": [1, 2]}},
    )
    fitted, chosen = fit(settings, X, y, 2)
    assert chosen is not None
    model = last_step(fitted)
    assert isinstance(model, AdaBoostClassifier)
    assert model.estimators_[0].max_depth == chosen["params"]["estimator__max_depth"]
