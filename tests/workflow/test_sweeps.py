"""Sweeps as the rules see them: their jobs, and which sweeps have results."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from tests.project import ROOT
from tests.sweeps.made import SPEC, spec_with

from handbook.catalogue import reading
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.sweeps.results import sweep_key
from handbook.workflow.sweeps import PlannedSweep, alone, imports, sweeps_with_results


def test_a_round_waits_for_all_rounds_before_it() -> None:
    spec = spec_with(strategy="tpe", budget=6, batch=2, chunk=1)
    sweep, folder = PlannedSweep(spec), "results/sweeps/near/chunks"
    assert sweep.chunks(before=0) == []
    assert sweep.chunks(before=2) == [f"{folder}/{n}-{m}.json" for n in (0, 1) for m in (0, 1)]
    assert len(sweep.chunks()) == 6


def test_what_made_a_trial_is_its_code_and_its_estimators_library() -> None:
    sweep = PlannedSweep(SPEC)
    assert {"handbook.sweeps.evaluate", "handbook.training.build"} <= json.loads(sweep.code).keys()
    assert "scikit-learn" in json.loads(sweep.versions)
    # what plans, stores and ranks trials may change without a trial being computed again
    assert "handbook.sweeps.explore" not in sweep.code
    other = spec_with(estimator="handbook.models.rbf.RBFNetworkClassifier")
    assert PlannedSweep(other).made_by != sweep.made_by
    assert PlannedSweep(spec_with(sweep="other", rows=50)).made_by == sweep.made_by


WHOLE = reading.read(ROOT / "params.yaml")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("-- results/sweeps/knn/index.html results/sweeps/knn/chunks/0-0.json", ["knn"]),
        (
            "--cores 2 -- results/sweeps/rbf/sweep.json results/sweeps/knn/sweep.json",
            ["knn", "rbf"],
        ),
        ("-- results/sweeps/knn/index.html results/report/index.html", []),
        ("-- results/sweeps/mine/index.html", []),
        ("-- results/sweeps/list.json", []),
        ("-- all", []),
        ("--cores 2", []),
        ("--cores 2 --", []),
    ],
)
def test_a_call_for_files_of_sweeps_is_for_them_alone(arguments: str, names: list[str]) -> None:
    assert [spec.sweep for spec in alone(WHOLE, arguments.split())] == names


def test_modules_of_ones_own_are_not_kept_in_memory() -> None:
    own, tree = spec_with(estimator="mine.Tree"), spec_with(estimator="sklearn.tree.Tree")
    assert {"mine", "sklearn.tree"} & {*imports([own, tree])} == {"sklearn.tree"}
    assert all(importlib.util.find_spec(name) for name in imports([tree]))


def test_only_sweeps_that_are_whole_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("near", "half"):
        record = {"spec": SPEC.model_dump(), "key": sweep_key(SPEC, "code")}
        (tmp_path / name).mkdir()
        (tmp_path / name / "sweep.json").write_text(json.dumps(record))
    (tmp_path / "near" / "index.html").write_text("")

    def why(spec: SweepSpec, made_by: str) -> str:
        monkeypatch.setattr(PlannedSweep, "made_by", made_by)
        return sweeps_with_results(tmp_path, {"near": PlannedSweep(spec)})["near"]["why"]

    assert set(sweeps_with_results(tmp_path, {})) == {"near"}
    assert why(SPEC, "code") == ""
    assert "code" in why(SPEC, "other")
    assert "params.yaml" in why(spec_with(space={"k": [1, 2]}), "code")
