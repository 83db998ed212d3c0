"""Estimators, labs and their arguments are checked before any job runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.catalogue.catalogues import GOOD, JUDGE, generating, with_change

from handbook.catalogue import estimators, reading
from handbook.catalogue.params import Params
from handbook.core.errors import HandbookError
from handbook.training.build import faults
from handbook.workflow import check

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("models.tree.estimator", "sklearn.tree.DecisionTreClassifier", "DecisionTreeClassifier"),
        ("models.tree.estimator", "sklearn.trees.Tree", "does not import"),
        (
            "models.tree.variants.book.params",
            {"max_deph": 2},
            "models.tree.variants.book.params: max_deph: "
            "sklearn.tree.DecisionTreeClassifier takes no such parameter; "
            "did you mean 'max_depth'?",
        ),
        (
            "models.tree.variants.book.tiers",
            {"demo": {"params": {"depth": 1}}},
            "models.tree.variants.book.tiers.demo.params: depth: sklearn.tree.Decision",
        ),
        ("models.tree.estimator", "sklearn.tree.DecisionTreeRegressor", "needs a classifier"),
        ("models.tree.estimator", "handbook.models.lenet.LeNetClassifier", "no such parameter"),
        ("models.tree.variants.book.params", {"max_depth": "deep"}, "'max_depth' parameter"),
        ("labs", {"corr-2d": {"title": "", "section": ""}}, "no such lab; did you mean 'corr2d'?"),
        (
            "labs",
            {"corr2d": {"title": "", "section": "", "params": {"sise": 3, "kernel": 2}}},
            "labs.corr2d.params.sise: unknown; did you mean 'size'?",
        ),
        (
            "labs",
            {"corr2d": {"title": "", "section": "", "params": {"size": 3}}},
            "labs.corr2d.params.kernel: missing",
        ),
    ],
)
def test_estimators_are_checked_before_any_job(path: str, value: Any, message: str) -> None:
    params = reading.load(with_change(path, value))
    with pytest.raises(HandbookError) as caught:
        estimators.check(params)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("path", "task", "kind", "message"),
    [
        ("tests.catalogue.catalogues.Mute", "classification", "table", "ranks no rows"),
        ("handbook.models.lenet.LeNetClassifier", "classification", "table", "take table"),
        ("sklearn.linear_model.LogisticRegression", "classification", "images", "take images"),
        ("sklearn.linear_model.Ridge", "classification", "table", "is a regressor"),
        ("sklearn.ensemble.StackingClassifier", "classification", "table", "cannot be made"),
        ("sklearn.base.BaseEstimator", "classification", "table", "is no estimator"),
    ],
)
def test_an_estimator_must_fit_its_task_and_its_data(
    path: str, task: str, kind: str, message: str
) -> None:
    assert message in " ".join(faults(path, task, kind, {}, ["tests"]))


def test_arguments_of_an_inner_estimator_are_checked_too() -> None:
    path = "sklearn.ensemble.AdaBoostClassifier"
    tree: dict[str, Any] = {"class": "sklearn.tree.DecisionTreeClassifier"}
    good = {"estimator": tree, "estimator__max_depth": 2}
    assert list(faults(path, "classification", "table", good)) == []
    for bad, message in (
        ({"estimator": tree | {"params": {"depth": 2}}}, "unexpected keyword argument 'depth'"),
        ({"estimator": tree, "estimator__depth": 2}, "Invalid parameter 'depth'"),
        ({"estimator": {"class": "sklearn.tree.Tree"}}, "has no class 'Tree'"),
    ):
        assert message in " ".join(faults(path, "classification", "table", bad))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "models.tree.variants.book.search",
            {"space": {"max_depth": [2, "deep"]}},
            "models.tree.variants.book.search.space.max_depth: The 'max_depth' parameter",
        ),
        (
            "models.tree.variants.book.search",
            {"space": {"depth": [2]}},
            "search.space.depth: depth: sklearn.tree.DecisionTreeClassifier takes no such",
        ),
        (
            "models.tree.variants.book.search",
            {"space": {"preprocess.degree": [1]}},
            "search.space.preprocess.degree: [1]; use 1 to 3",
        ),
        (
            "models.tree.diagnose",
            {"parameter": "max_depth", "values": [0]},
            "models.tree.diagnose.max_depth: The 'max_depth' parameter",
        ),
        (
            "models.tree.seeds",
            {"params": {"max_depth": 0}},
            "models.tree.seeds.params: The 'max_depth' parameter",
        ),
        (
            "models.tree.seeds",
            {"tiers": {"demo": {"params": {"depth": 1}}}},
            "models.tree.seeds.tiers.demo.params: depth: sklearn.tree.DecisionTreeClassifier takes",
        ),
    ],
)
def test_every_value_that_will_be_tried_is_checked_before(
    path: str, value: Any, message: str
) -> None:
    with pytest.raises(HandbookError) as caught:
        estimators.check(reading.load(with_change(path, value)))
    assert message in str(caught.value)


def test_a_state_that_passed_is_not_checked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = tmp_path / "memo"
    check.check_once(reading.load(GOOD), memo)
    calls: list[Params] = []
    monkeypatch.setattr(check, "check", calls.append)
    check.check_once(reading.load(GOOD), memo)
    assert calls == []
    check.check_once(
        reading.load(with_change("models.tree.variants.book.params", {"max_depth": 1})), memo
    )
    assert len(calls) == 1


def test_the_shipped_catalogue_is_valid() -> None:
    estimators.check(reading.read(ROOT / "params.yaml"))


def test_a_judges_parameters_are_checked_like_a_models() -> None:
    judge = JUDGE | {"params": {"epoch": 3}}
    with pytest.raises(HandbookError, match=r"judges\.pokemon\.params: epoch: .* 'epochs'"):
        estimators.check(reading.load(generating(pokemon=judge)))
