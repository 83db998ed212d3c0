"""Models of other libraries: made with a seed, kept in files that run no code, refused by name."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from handbook.tasks import classification
from handbook.training import saving
from handbook.training.build import build, faults
from handbook.training.spec import Preprocess, RunSpec

# Import path, constructor arguments, and the types in a saved model that skops does not know.
LIGHTGBM = (
    "lightgbm.LGBMClassifier",
    {"n_estimators": 5, "n_jobs": 1, "verbose": -1},
    ("lightgbm.basic.Booster", "lightgbm.sklearn.LGBMClassifier"),
)
XGBOOST = (
    "xgboost.XGBClassifier",
    {"n_estimators": 5, "n_jobs": 1},
    ("xgboost.core.Booster", "xgboost.sklearn.XGBClassifier"),
)
CATBOOST = (
    "catboost.CatBoostClassifier",
    {"iterations": 5, "thread_count": 1, "allow_writing_files": False, "verbose": False},
    ("catboost.core.CatBoostClassifier",),
)
EACH = pytest.mark.parametrize(
    ("path", "params", "types"), [LIGHTGBM, XGBOOST, CATBOOST], ids=["lightgbm", "xgboost", "cat"]
)


def table() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    age, job = rng.normal(size=80), rng.choice(["clerk", "smith"], size=80)
    X = pd.DataFrame({"age": age, "job": pd.Categorical(job)})
    return X, (age + (job == "smith") > 0.5).astype(np.int64)


def fitted(path: str, params: dict[str, Any], seed: int = 1) -> Any:
    X, y = table()
    package = path.split(".")[0]
    spec = RunSpec(
        model="m", data="d", variant="v", task="classification", seed=seed,
        estimator=path, trusted=(package,), preprocess=Preprocess(), params=params,
    )  # fmt: skip
    return build(spec, X).fit(X, y)


@EACH
def test_it_comes_back_and_predicts_the_same(path, params, types, tmp_path: Path) -> None:
    model, file = fitted(path, params), tmp_path / "model.skops"
    with pytest.raises(saving.UntrustedTypesError, match=f"trusted: .{types[0]}") as refused:
        saving.save(model, file)
    assert refused.value.types == types
    assert "delete" not in str(refused.value)  # there is nothing yet
    assert not file.exists()
    for trusted in (types, [path.split(".")[0]]):
        saving.save(model, file, trusted)
        X, _ = table()
        loaded = saving.load(file, trusted)
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    with pytest.raises(saving.UntrustedTypesError, match="a file that is not your own, delete"):
        saving.load(file)


@pytest.mark.parametrize(("path", "params", "types"), [LIGHTGBM, XGBOOST], ids=["lightgbm", "xgb"])
def test_two_equal_fits_have_equal_bytes(path, params, types, tmp_path: Path) -> None:
    for name in "ab":
        saving.save(fitted(path, params), tmp_path / name, types)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_catboost_puts_a_number_of_its_own_into_each_model() -> None:
    """Its files of equal fits differ by no more than that; docs/own-models.md says so."""
    path, params, _ = CATBOOST
    first, second = (fitted(path, params)[-1] for _ in range(2))
    assert first.get_metadata()["model_guid"] != second.get_metadata()["model_guid"]
    assert first._serialize_model() != second._serialize_model()
    for model in (first, second):
        model.get_metadata()["model_guid"] = "the same"
        model.get_metadata()["train_finish_time"] = "the same"
    assert first._serialize_model() == second._serialize_model()


@EACH
def test_its_seed_is_the_catalogues_unless_its_parameters_have_one(path, params, types) -> None:
    assert fitted(path, params, seed=7)[-1].get_params()["random_state"] == 7
    assert fitted(path, params | {"random_state": 3})[-1].get_params()["random_state"] == 3


@EACH
def test_its_own_parameters_are_known(path, params, types) -> None:
    package = [path.split(".")[0]]
    assert list(faults(path, "classification", "table", params, package)) == []
    needs = list(faults(path, "regression", "table", params, package))
    assert needs == [f"{path} is a classifier; the task 'regression' needs a regressor"]


def test_a_misspelt_parameter_is_named_where_a_class_lists_its_own() -> None:
    (fault,) = faults(
        CATBOOST[0], "classification", "table", {"iteration": 5}, trusted=["catboost"]
    )
    assert fault.startswith("iteration: catboost.CatBoostClassifier takes no such parameter; did")


@EACH
def test_three_classes_are_predicted_with_probabilities_that_sum_to_one(
    path, params, types
) -> None:
    X = np.random.default_rng(0).normal(size=(90, 2))
    y = np.digitize(X[:, 0], [-0.4, 0.4])
    name, _, kind = path.rpartition(".")
    model = getattr(importlib.import_module(name), kind)(**params).fit(X, y)
    predictions = classification.predict(model, X, 3)
    metrics, _ = classification.score(y, predictions)
    assert metrics["accuracy"] == np.mean(np.ravel(model.predict(X)) == y) > 0.8
    p = predictions.table[["p:0", "p:1", "p:2"]].to_numpy()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(p, model.predict_proba(X), atol=1e-6)
