"""Tracking against a real SQLite store: what is told, what stays, who is champion."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml
from tests.records.tracking.conftest import Tracked
from tests.records.tracking.tracked_results import STARTED, STEPS

from handbook.core.errors import HandbookError
from handbook.core.files import sha256
from handbook.data import dataset
from handbook.records import reader
from handbook.records.tracking import entry, tracker
from handbook.training import saving

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


def test_the_model_says_what_it_takes_and_needs(made: Tracked) -> None:
    made.run("ant")
    made.track()
    mlflow.set_tracking_uri(made.uri)
    model = mlflow.pyfunc.load_model("models:/ant@champion")
    signature = model.metadata.signature
    assert signature.inputs.input_names() == ["job", "city", "age", "balance"]
    outputs = {column.name: column.type.name for column in signature.outputs}
    assert outputs == {"predicted": "string", "p:no": "double", "p:yes": "double"}
    assert model.model_config["classes"] == ["no", "yes"]
    assert model.model_config["columns"] == [
        {"name": "job", "categories": ["clerk", "smith"], "missing": False},
        {"name": "city", "categories": ["here"], "missing": True},
        {"name": "age", "categories": None, "missing": False},
        {"name": "balance", "categories": None, "missing": True},
    ]
    folder = Path(mlflow.artifacts.download_artifacts("models:/ant@champion"))
    requirements = (folder / "requirements.txt").read_text().split()
    assert {"numpy==2.0.0", "scikit-learn==1.9.0"} <= set(requirements)
    assert list(folder.rglob("*.pkl")) == []
    assert len(model.predict(model.input_example)) == 5


def test_the_champion_predicts_what_the_saved_model_predicts(made: Tracked) -> None:
    folder = made.run("ant")
    made.track()
    mlflow.set_tracking_uri(made.uri)
    champion = mlflow.pyfunc.load_model("models:/ant@champion")
    saved = saving.load(folder / "model.skops")
    X = dataset.read(made.results / "data" / "bank-marketing" / "test.arrow").X
    answers = champion.predict(X)
    assert list(answers.columns) == ["predicted", "p:no", "p:yes"]
    codes = {"no": 0, "yes": 1}
    np.testing.assert_array_equal(answers["predicted"].map(codes), saved.predict(X))
    np.testing.assert_array_equal(answers[["p:no", "p:yes"]], saved.predict_proba(X))
    texts = X.astype({"job": object, "city": object})
    pd.testing.assert_frame_equal(champion.predict(texts), answers)
    np.testing.assert_array_equal(
        champion.predict(X, params={"method": "predict_proba"}), saved.predict_proba(X)
    )


def test_a_champion_says_what_of_a_row_training_never_met(made: Tracked) -> None:
    made.run("ant")
    made.track()
    mlflow.set_tracking_uri(made.uri)
    champion = mlflow.pyfunc.load_model("models:/bank-marketing@champion")
    rows = champion.input_example.astype({"age": "Int64"})
    rows.loc[1, "job"] = "pilot"
    with pytest.raises(HandbookError, match="column 'job': 'pilot' in row 2; the training rows"):
        champion.predict(rows)
    flagged = champion.predict(rows, params={"policy": "flag"})
    assert flagged["unfamiliar"].tolist() == ["", "job: 'pilot' is new", "", "", ""]
    passed = champion.predict(rows, params={"policy": "pass"})
    pd.testing.assert_frame_equal(passed, flagged.drop(columns="unfamiliar"))
    with pytest.raises(HandbookError, match="rows lack 1 of 4 columns: city"):
        champion.predict(rows.drop(columns="city"))


def test_a_torch_model_of_images_does_so_too(made: Tracked) -> None:
    from handbook.models.lenet import LeNetClassifier

    images = made.data("fashion-mnist", images=True)
    fitted = LeNetClassifier(epochs=1, random_state=0).fit(images.X, images.y)
    made.run("lenet", "fashion-mnist", estimator=fitted)
    made.track()
    mlflow.set_tracking_uri(made.uri)
    champion = mlflow.pyfunc.load_model("models:/lenet@champion")
    names = np.array(["no", "yes"])[fitted.predict(images.X)]
    np.testing.assert_array_equal(champion.predict(images.X)["predicted"], names)
    np.testing.assert_array_equal(champion.predict(champion.input_example)["predicted"], names[:2])


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


@pytest.mark.parametrize("lost", ["", "MLmodel", "data/model.skops", "code/handbook.zip"])
def test_a_model_without_its_files_is_brought_back(made: Tracked, lost: str) -> None:
    made.run("ant")
    made.track()
    (version,) = made.client.search_model_versions("name = 'ant'")
    path = Path(version.source.removeprefix("file://"), lost)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    made.track()
    assert len(made.runs()) == 1
    assert len(made.versions()) == 1
    mlflow.set_tracking_uri(made.uri)
    mlflow.pyfunc.load_model("models:/ant@champion")


def test_models_of_equal_rows_have_their_own_names_and_estimators(made: Tracked) -> None:
    made.run("ant", accuracy=0.9)
    made.run("bee", accuracy=0.8)
    saved = made.results / "models/bee/bank-marketing/book/model.skops"
    saved.write_bytes(saved.read_bytes() + b"of its own")
    made.track()
    for run in made.runs():
        (output,) = run.outputs.model_outputs
        logged = made.client.get_logged_model(output.model_id)
        folder = Path(logged.artifact_location.removeprefix("file://"))
        content = yaml.safe_load((folder / "MLmodel").read_text())
        assert content["run_id"] == run.info.run_id
        assert content["model_id"] == content["model_uuid"] == logged.model_id
        assert content["artifact_path"] == logged.artifact_location
        model = run.data.tags["model"]
        own = made.results / f"models/{model}/bank-marketing/book/model.skops"
        assert sha256(folder / "data/model.skops") == sha256(own)


def test_models_share_one_file_of_code(made: Tracked) -> None:
    made.run("ant")
    made.run("bee")
    made.track()
    versions = [*map(made.client.search_model_versions, ("name = 'ant'", "name = 'bee'"))]
    folders = [Path(version.source.removeprefix("file://")) for (version,) in versions]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if path.suffix in (".py", ".pyc")] == []
    code = [path.stat() for path in files if path.suffix == ".zip"]
    assert len(code) == 2
    assert len({status.st_ino for status in code}) == 1
    with zipfile.ZipFile(folders[0] / "code/handbook.zip") as package:
        assert "handbook/training/saving.py" in package.namelist()


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


ELSEWHERE = """
import sys
from pathlib import Path

sys.path[:] = [path for path in sys.path if not Path(path, "handbook").is_dir()]
sys.meta_path[:] = [one for one in sys.meta_path if "editable" not in type(one).__module__]
import importlib.util
assert importlib.util.find_spec("handbook") is None

import mlflow.pyfunc
model = mlflow.pyfunc.load_model(sys.argv[1])
print(*model.predict(model.input_example)["predicted"], flush=True)

import handbook
print(handbook.__file__)
"""


@pytest.mark.slow
def test_a_model_brings_its_code_where_this_package_is_not_installed(made: Tracked) -> None:
    from handbook.models.lenet import LeNetClassifier

    images = made.data("fashion-mnist", images=True)
    fitted = LeNetClassifier(epochs=1, random_state=0).fit(images.X, images.y)
    made.run("lenet", "fashion-mnist", estimator=fitted)
    made.track()
    (version,) = made.client.search_model_versions("name = 'lenet'")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ELSEWHERE, version.source],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    predicted, place = done.stdout.splitlines()
    assert predicted.split() == [images.classes[code] for code in fitted.predict(images.X[:2])]
    assert place.startswith(version.source.removeprefix("file://"))


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
        for module in (reader, tracker):
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
