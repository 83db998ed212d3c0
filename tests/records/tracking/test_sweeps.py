"""Sweeps in MLflow: a parent, a child a trial, none of them twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from tests.sweeps.made import SPEC

from handbook.records.tracking.sweeps import track_sweeps

pytestmark = pytest.mark.services


class Store:
    """A store of its own and a sweep beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.uri = folder, f"sqlite:///{folder / 'mlflow.db'}"
        self.record: dict[str, Any] = {
            "sweep": "near", "key": "k", "spec": SPEC.model_dump(), "metric": "roc_auc", "best": 1,
            "states": {"finished": 2, "pruned": 0, "failed": 1},
            "trials": [trial(0, 0.7), trial(1, 0.9), trial(2, None)],
        }  # fmt: skip

    def track(self) -> str:
        path, said = self.folder / "sweep.json", []
        path.write_text(json.dumps(self.record))
        track_sweeps(
            [path], store_uri=self.uri, artifacts=self.folder / "files", say=said.append
        )  # fmt: skip
        return said[-1]

    def runs(self) -> tuple[list[Any], list[Any]]:
        client = MlflowClient(self.uri)
        (place,) = [e for e in client.search_experiments() if e.name == "blobs"]
        runs = client.search_runs([place.experiment_id])
        parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
        return parents, [run for run in runs if "mlflow.parentRunId" in run.data.tags]


def trial(number: int, score: float | None) -> dict[str, Any]:
    return {
        "number": number, "setting": {"n_neighbors": number + 1}, "trial": f"t{number}",
        "state": "finished" if score else "failed", "score": score, "standard_error": None,
        "interval": None, "behind": None, "error": None if score else "ValueError: no",
        "folds": [{"roc_auc": score}] * 2 if score else [],
        "history": [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}] if score else [],
    }  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_child_for_each_trial_with_its_history(store: Store) -> None:
    assert store.track() == "near: 3 trials, 3 of them new"
    (parent,), children = store.runs()
    assert parent.info.status == "FINISHED"
    assert parent.data.metrics["score/roc_auc"] == 0.9
    assert parent.data.params["best.n_neighbors"] == "2"
    assert {run.data.tags["mlflow.parentRunId"] for run in children} == {parent.info.run_id}
    by_setting = {run.data.params["n_neighbors"]: run for run in children}
    assert {n: run.info.status for n, run in by_setting.items()} == {
        "1": "FINISHED", "2": "FINISHED", "3": "FAILED",
    }  # fmt: skip
    assert by_setting["3"].data.tags["error"] == "ValueError: no"
    history = MlflowClient(store.uri).get_metric_history(
        by_setting["1"].info.run_id, "history/loss"
    )
    assert [(one.step, one.value) for one in history] == [(1, 2.0), (2, 1.0)]


def test_tracking_again_adds_nothing(store: Store) -> None:
    store.track()
    before = {run.info.run_id for part in store.runs() for run in part}
    assert store.track() == "near: unchanged"
    assert {run.info.run_id for part in store.runs() for run in part} == before


def test_widening_keeps_the_children_that_were(store: Store) -> None:
    store.track()
    before = {run.info.run_id for run in store.runs()[1]}
    store.record["trials"].append(trial(3, 0.95))
    store.record["best"] = 3
    assert store.track() == "near: 4 trials, 1 of them new"
    (parent,), children = store.runs()
    assert len({run.info.run_id for run in children} - before) == 1
    assert {run.data.tags["mlflow.parentRunId"] for run in children} == {parent.info.run_id}


def test_what_was_cut_short_is_brought_in_anew(store: Store) -> None:
    store.track()
    client = MlflowClient(store.uri)
    (parent,), children = store.runs()
    for run in (parent, children[0]):
        client.update_run(run.info.run_id, status="RUNNING")
    store.track()
    (parent,), children = store.runs()
    assert [parent.info.status, len(children)] == ["FINISHED", 3]
    assert "RUNNING" not in {run.info.status for run in children}


def test_trials_that_are_asked_for_no_more_go(store: Store) -> None:
    store.track()
    del store.record["trials"][2]
    store.track()
    assert len(store.runs()[1]) == 2
