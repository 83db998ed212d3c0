"""Tracking against a real SQLite store: what is told, what stays, who is champion."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from tests.records.tracking.conftest import Tracked
from tests.records.tracking.tracked_results import STARTED, STEPS

from handbook.core.files import sha256
from handbook.records import reader
from handbook.records.tracking import entry, tidying

pytestmark = pytest.mark.services


def milliseconds(time: str) -> int:
    return round(pd.Timestamp(time).timestamp() * 1000)


def test_a_run_is_told_in_full(made: Tracked) -> None:
    made.run("ant", accuracy=0.9, cv=0.7)
    made.track()
    (run,) = made.runs()
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "ant/book"
    assert made.client.get_experiment(run.info.experiment_id).name == "bank-marketing"
    assert run.info.start_time == milliseconds(STARTED)
    assert run.data.metrics["test/accuracy"] == 0.9
    assert run.data.metrics["dummy/accuracy"] == 0.5
    assert run.data.metrics["cv/accuracy"] == 0.7
    assert not [name for name in run.data.metrics if "precision" in name]
    assert run.data.params["C"] == "1.0"
    assert run.data.params["run.preprocess.numeric"] == "standard"
    expected = {
        "job_key": "ant-bank-marketing-book",
        "mlflow.source.git.commit": "c0ffee",
        "git.dirty": "True",
        "digest.test": sha256(made.results / "data/bank-marketing/test.arrow"),
        "data_variant": "sample",
        "tier": "demo",
        "task": "classification",
        "book.accuracy": "0.88",
        "mlflow.source.name": "handbook train",
        "mlflow.user": entry.user(),
    }
    assert expected.items() <= run.data.tags.items()
    assert "sample" in run.data.tags["mlflow.note.content"]
    names = {file.path for file in made.client.list_artifacts(run.info.run_id)}
    assert names == {"figures", "metrics.json", "run.json"}
    figures = made.client.list_artifacts(run.info.run_id, "figures")
    assert [file.path for file in figures] == ["figures/roc.svg"]


def test_a_run_names_the_rows_that_it_was_made_of(made: Tracked) -> None:
    made.run("ant")
    made.track()
    (run,) = made.runs()
    inputs = {item.dataset.name: item for item in run.inputs.dataset_inputs}
    assert inputs.keys() == {"bank-marketing/train", "bank-marketing/test"}
    rows = inputs["bank-marketing/test"]
    digest = sha256(made.results / "data/bank-marketing/test.arrow")
    assert rows.dataset.digest == digest[: len(rows.dataset.digest)]
    assert json.loads(rows.dataset.profile) == {"num_rows": 20}
    assert [(tag.key, tag.value) for tag in rows.tags] == [("mlflow.data.context", "testing")]


def test_an_experiment_is_described_with_its_best_run_and_its_page(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.run("bee", cv=0.8)
    made.track()
    (experiment,) = made.client.search_experiments()
    assert experiment.name == "bank-marketing"  # and the empty one of MLflow's own is gone
    note = experiment.tags["mlflow.note.content"]
    assert note.startswith("Best: Bee `book`, accuracy 0.800 over folds; test rows 0.8000, dummy")
    assert "(/report/data/bank-marketing.html)" in note
    made.catalogue["work"]["bee/bank-marketing/book"] = "other settings"
    made.track()
    (experiment,) = made.client.search_experiments()
    note = experiment.tags["mlflow.note.content"]
    assert "No best run yet: 1 of 2 runs are missing or out of date." in note


def test_histories_have_their_true_times(made: Tracked) -> None:
    made.run("ant")
    made.track()
    (run,) = made.runs()
    history = made.client.get_metric_history(run.info.run_id, "train/loss")
    told = [(point.step, point.value, point.timestamp) for point in history]
    assert told == [(1, 0.5, milliseconds(STEPS[0])), (2, 0.25, milliseconds(STEPS[1]))]


def test_a_long_history_is_told_whole(made: Tracked) -> None:
    folder = made.run("ant", history="epoch\n")
    steps = range(1, 2502)
    rows = "\n".join(f"{step},{step / 10}" for step in steps)
    (folder / "history.csv").write_text(f"epoch,loss\n{rows}\n")
    context = json.loads((folder / "context.json").read_text())
    context["step_times"] = [pd.Timestamp(STARTED).isoformat()] * len(steps)
    (folder / "context.json").write_text(json.dumps(context))
    made.track()
    (run,) = made.runs()
    history = made.client.get_metric_history(run.info.run_id, "train/loss")
    assert len(history) == len(steps)


def test_tracking_twice_changes_nothing(made: Tracked) -> None:
    made.run("ant")
    made.run("bee", "diabetes", task="regression")
    made.failure("cat")
    first = made.track()
    state = made.state()
    assert made.track() == first
    assert made.state() == state
    assert len(state[0]) == 3
    assert made.said[0] == "3 of 3 runs: unchanged"
    assert not [line for line in made.said[1:] if "unchanged" in line]


def test_the_table_is_sorted_and_holds_no_run_ids(made: Tracked) -> None:
    made.run("zebra", cv=0.6)
    made.run("ant", cv=0.7)
    made.track()
    assert json.loads((made.results / "tracked.json").read_text()) == [
        {
            "job_key": f"{model}-bank-marketing-book",
            "model": model,
            "data": "bank-marketing",
            "variant": "book",
            "champion": model == "ant",
        }
        for model in ("ant", "zebra")
    ]


def test_a_deleted_database_is_rebuilt(made: Tracked) -> None:
    made.run("ant")
    made.run("bee")
    made.failure("cat")
    first = made.track()
    versions, aliases = made.versions(), made.aliases()
    made.database.unlink()
    assert made.track() == first
    assert made.versions() == versions
    assert made.aliases() == aliases
    assert sorted(run.info.status for run in made.runs()) == ["FAILED", "FINISHED", "FINISHED"]


def test_deleted_artifacts_are_brought_back(made: Tracked) -> None:
    made.run("ant")
    made.track()
    shutil.rmtree(made.root / "mlartifacts")
    made.track()
    assert len(made.runs()) == 1
    assert len(made.versions()) == 1
    mlflow.set_tracking_uri(made.uri)
    mlflow.pyfunc.load_model("models:/ant@champion")


def test_files_of_a_run_that_is_replaced_go_with_it(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.track()
    (version,) = made.client.search_model_versions("name = 'ant'")
    (run,) = made.runs()
    made.run("ant", cv=0.8)
    made.track()
    for address in (version.source, run.info.artifact_uri):
        assert not Path(address.removeprefix("file://")).exists()
    (version,) = made.client.search_model_versions("name = 'ant'")
    assert Path(version.source.removeprefix("file://")).exists()


def test_entries_of_an_earlier_layout_are_made_anew(
    made: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.run("ant")
    with monkeypatch.context() as earlier:
        earlier.setattr(entry, "LAYOUT", 1)
        made.track()
    (before,) = made.runs()
    made.track()
    (after,) = made.runs()
    assert before.info.run_id != after.info.run_id
    assert len(made.versions()) == 1


def test_a_failed_training_is_shown_as_failed(made: Tracked) -> None:
    made.failure("ant", error="ValueError: " + "x" * 9000)
    made.track()
    (run,) = made.runs()
    assert run.info.status == "FAILED"
    assert run.data.tags["error"].startswith("ValueError: xxx")
    assert run.info.start_time == milliseconds(STARTED)
    assert made.versions() == []


@pytest.mark.parametrize(
    ("key", "left"), [("same", ["FINISHED"]), ("another", ["FAILED", "FINISHED"])]
)
def test_a_failure_stays_in_the_history_unless_its_very_job_finished_later(
    made: Tracked, key: str, left: list[str]
) -> None:
    path = made.failure("ant", job_key="same")
    made.track()
    path.unlink()
    made.run("ant", key=key)
    made.track()
    assert sorted(run.info.status for run in made.runs()) == left


@pytest.mark.parametrize("error", ["KeyboardInterrupt: ", "SystemExit: 143"])
def test_an_interruption_is_no_failure(
    made: Tracked, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.failure("ant", error=error)
    with monkeypatch.context() as earlier:  # when such runs were logged as failed
        for module in (reader, tidying):
            earlier.setattr(module, "is_interruption", lambda error: False)
        made.track()
    assert [run.info.status for run in made.runs()] == ["FAILED"]
    made.track()
    assert made.runs() == []
    assert "ant/book: is no failure but was interrupted, is removed" in made.said


def test_a_failure_of_other_settings_is_not_logged_anew(made: Tracked) -> None:
    made.failure("ant")
    made.failure("bee")
    made.catalogue["work"]["ant/bank-marketing/book"] = "other settings"
    made.track(failed_only=True)
    (run,) = made.runs()
    assert run.info.run_name == "bee/book"
    made.client.delete_run(run.info.run_id)
    made.catalogue["models"].pop("bee")
    made.track()
    assert made.runs() == []


def test_a_record_told_anew_replaces_the_run_of_its_key(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.track()
    made.run("ant", cv=0.8)
    made.track()
    (run,) = made.runs()
    assert run.data.metrics["cv/accuracy"] == 0.8
    assert made.versions() == [("ant", "ant-bank-marketing-book")]


def test_what_others_keep_in_the_store_is_left_alone(made: Tracked) -> None:
    client = made.client
    client.create_registered_model("theirs")
    client.create_model_version("theirs", str(made.root))
    client.set_registered_model_alias("theirs", "champion", "1")
    theirs = client.create_run("0")
    made.run("ant")
    made.track()
    assert client.get_registered_model("theirs").aliases.keys() == {"champion"}
    assert client.get_run(theirs.info.run_id).info.status == "RUNNING"
