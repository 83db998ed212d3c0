"""What is wrong with a sweep is said before anything runs."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from handbook.catalogue import estimators, reading
from handbook.catalogue.sweep_checks import estimator_faults
from handbook.core.errors import HandbookError
from handbook.sweeps.run import request

CATALOGUE = yaml.safe_load((Path(__file__).parents[2] / "params.yaml").read_text())
KNN = {"model": "knn-classifier", "space": {"n_neighbors": [1, 3]}}


def whole(sweep: Any) -> dict[str, Any]:
    return copy.deepcopy(CATALOGUE) | {"sweeps": {"one": sweep}}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"space": {}}, r"sweeps.one.space: empty"),
        ({"space": {"n_neighbors": []}}, "no values; give at least one"),
        ({"space": {"n_neighbors": [3, 3]}}, "a value stands there twice"),
        ({"model": "knn-clasifier"}, "did you mean 'knn-classifier'"),
        ({"model": "gan"}, "is judged on test rows alone"),
        ({"data": "iris"}, "sweeps.one.data: 'iris'"),
        ({"variant": "tunned"}, "did you mean 'tuned'"),
        ({"budget": 0}, "budget: 0; at least one trial"),
        ({"budget": 1}, "the grid has 2 settings and the budget is 1 trials"),
        ({"budget": "many"}, "budget"),
        ({"strategy": "random"}, "budget: missing"),
        ({"strategy": "bayes"}, "known: grid, random, tpe"),
        ({"score": {"metric": "acuracy"}}, "did you mean 'accuracy'"),
        ({"score": {"folds": 1}}, "folds"),
        ({"score": {"folds": 3, "validation": 0.2}}, "exclude each other"),
        ({"space": {"x": {"low": 1, "high": 1}}}, "low 1 is not below high 1"),
        ({"space": {"x": {"low": 0, "high": 1, "log": True}}}, "begins above 0"),
        ({"space": {"x": {"low": 0.5, "high": 1}}}, "needs points"),
        ({"space": {"x": {"low": 0.5}}}, "low and high go together"),
        ({"space": {"x": {}}}, "give either values, or low and high"),
        ({"space": {"x": {"values": [1], "low": 1, "high": 2}}}, "give either values"),
        ({"space": {"x": {"values": [1], "log": True}}}, "log and points are of ranges"),
        ({"space": {"x": {"values": [1], "when": {"y": 2}}}}, "no parameter that stands before"),
        ({"space": {"y": [1], "x": {"values": [1], "when": {"y": 2}}}}, "2 is none of its values"),
        ({"space": {"x": ["1e-3"]}}, "YAML reads 1e-3 as text"),
        ({"space": {name: list(range(100)) for name in "abcd"}}, "100,000,000 settings"),
        ({"spaces": {}}, "did you mean 'space'"),
        (
            {"space": {"x": {"low": 1, "hihg": 2}}},
            r"space.x.hihg: unknown key; did you mean 'high'",
        ),
        ({"space": {"x": {"low": "a", "high": 2}}}, "^params.yaml: 2 to mend"),
    ],
)
def test_what_is_wrong_with_a_declared_sweep(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(HandbookError, match=says):
        reading.load(whole(KNN | changed))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"space": {"n_neighbours": [3]}}, "did you mean 'n_neighbors'"),
        ({"space": {"n_neighbors": ["three"]}}, "'n_neighbors' parameter"),
        ({"space": {"n_neighbors": {"low": -3, "high": 3}}}, "'n_neighbors' parameter"),
        ({"space": {"metric": ["manhatten"]}}, "'metric' parameter"),
        ({"params": {"weight": "uniform"}}, "did you mean 'weights'"),
        ({"space": {"preprocess.numeric": ["sandard"]}}, "'standard', 'minmax' or 'none'"),
        ({"score": {"metric": "rmse"}}, "'rmse' is not of the task 'classification'"),
    ],
)
def test_what_the_estimator_says_of_its_values(changed: dict[str, Any], says: str) -> None:
    faults = list(estimator_faults(reading.load(whole(KNN | changed))))
    assert any(says in fault for fault in faults), faults


def test_metrics_of_every_task_are_known() -> None:
    for name, metric in [
        ("char-lstm", "bits_per_character"), ("som", "average_precision"), ("ridge", "rmse"),
    ]:  # fmt: skip
        sweep = {"model": name, "space": {}, "score": {"metric": metric}}
        params = reading.load(copy.deepcopy(CATALOGUE) | {"sweeps": {}})
        typed = type(CATALOGUE_TYPED.sweeps["knn"]).model_validate(sweep)
        params = params.model_copy(update={"sweeps": {"one": typed}})
        assert list(estimator_faults(params)) == []


CATALOGUE_TYPED = reading.load(CATALOGUE)


def test_the_sweeps_that_are_shipped_are_sound() -> None:
    assert set(CATALOGUE_TYPED.sweeps) == {"rbf", "knn", "forest", "lenet", "som", "char-lstm"}
    estimators.check(CATALOGUE_TYPED)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sweep_of_the_command_line_is_declared_beside_the_catalogue(here: Path) -> None:
    sets = ["lr=0.01,0.03,0.1", "schedule=step,plateau"]
    sweep = request(CATALOGUE_TYPED, "lenet", {}, sets)
    assert sweep.spec.space == {
        "learning_rate": [0.01, 0.03, 0.1], "schedule": ["step", "plateau"],
    }  # fmt: skip
    assert "6 trials of lenet on fashion-mnist" in sweep.plan
    assert sweep.declaration is not None
    assert sweep.declaration.is_file()
    assert request(CATALOGUE_TYPED, "lenet", {}, sets).name == sweep.name
    assert request(CATALOGUE_TYPED, "lenet", {"seed": 1}, sets).name != sweep.name


@pytest.mark.parametrize(
    ("name", "given", "sets", "says"),
    [
        ("knm", {}, [], "did you mean 'knn'"),
        ("ridge", {}, [], "give --set"),
        ("knn", {"budget": 3}, [], "only be given beside --set"),
        ("knn", {}, ["k=1"], "no such model"),
        ("ridge", {"budget": 0}, ["alpha=1,2"], "budget: 0"),
        ("ridge", {"budget": 1}, ["alpha=1,2"], "the grid has 2 settings"),
        ("ridge", {"score": {"metric": "f1"}}, ["alpha=1"], "not of the task 'regression'"),
        ("ridge", {"name": "knn"}, ["alpha=1"], "declares a sweep of that name"),
        ("ridge", {"variant": "tunned"}, ["alpha=1"], "did you mean 'tuned'"),
        ("ridge", {}, ["alpha=one"], "'alpha' parameter"),
        ("ridge", {}, ["beta=1"], "no such parameter"),
    ],
)
def test_what_is_wrong_with_a_command_line(
    here: Path, name: str, given: dict[str, Any], sets: list[str], says: str
) -> None:
    with pytest.raises(HandbookError, match=says):
        request(CATALOGUE_TYPED, name, given, sets)
    assert not (here / "build").exists()
