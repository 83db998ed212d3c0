"""Tracking against a real SQLite store: everything once, whatever happened before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlflow
import pytest
from tests.records.tracking.conftest import Tracked

from handbook.core.errors import HandbookError
from handbook.records.tracking import database

pytestmark = pytest.mark.services


@pytest.mark.parametrize("where", ["finalize_logged_model", "create_model_version"])
def test_an_interrupt_leaves_nothing_running(
    made: Tracked, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.run("ant")
    made.run("bee")
    made.failure("cat")

    def interrupt(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, where, interrupt)
        with pytest.raises(KeyboardInterrupt):
            made.track()
    assert made.runs() == []
    made.track()
    assert sorted(run.info.status for run in made.runs()) == ["FAILED", "FINISHED", "FINISHED"]


KILLED = """
import json, os, sys
from pathlib import Path
from mlflow import MlflowClient
from handbook.records.tracking.tracker import track

root, catalogue, method, calls = Path(sys.argv[1]), json.loads(sys.argv[2]), *sys.argv[3:]
whole, left = getattr(MlflowClient, method), [int(calls)]

def deadly(*arguments, **options):
    left[0] -= 1
    if left[0] < 0:
        os._exit(9)
    return whole(*arguments, **options)

setattr(MlflowClient, method, deadly)
track(
    root / "results", catalogue, logs=root / "logs", store_uri=f"sqlite:///{root}/mlflow.db",
    artifacts=root / "mlartifacts", output=root / "results/tracked.json",
)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "calls"),
    [
        ("log_batch", 0),
        ("log_batch", 1),  # in the middle of the second run
        ("finalize_logged_model", 0),
        ("create_model_version", 0),
        ("set_terminated", 0),
        ("set_registered_model_alias", 1),
    ],
)
def test_a_kill_at_any_point_leaves_no_orphan_and_no_double(
    made: Tracked, method: str, calls: int
) -> None:
    made.run("ant", cv=0.8)
    made.run("bee")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, made.root, json.dumps(made.catalogue), method, str(calls)],
        env=os.environ,
        check=False,
    )
    assert killed.returncode == 9
    assert not (made.results / "tracked.json").exists()
    made.track()
    assert [run.info.status for run in made.runs()] == ["FINISHED", "FINISHED"]
    assert made.versions() == [
        ("ant", "ant-bank-marketing-book"),
        ("bee", "bee-bank-marketing-book"),
    ]
    assert set(made.aliases()["ant"]) == {"champion", "champion-bank-marketing"}
    mlflow.set_tracking_uri(made.uri)
    mlflow.pyfunc.load_model("models:/ant@champion")


def test_a_run_deleted_by_hand_is_told_again_without_a_second_version(made: Tracked) -> None:
    made.run("ant")
    made.track()
    made.client.delete_run(made.runs()[0].info.run_id)
    made.track()
    assert len(made.runs()) == 1
    assert len(made.versions()) == 1


def test_a_version_deleted_by_hand_comes_back(made: Tracked) -> None:
    made.run("ant")
    made.track()
    made.client.delete_model_version("ant", "1")
    made.track()
    assert len(made.versions()) == 1
    assert "champion" in made.aliases()["ant"]


def test_an_experiment_deleted_by_hand_comes_back(made: Tracked) -> None:
    made.run("ant")
    made.track()
    made.client.delete_experiment(made.runs()[0].info.experiment_id)
    made.track()
    assert [run.info.status for run in made.runs()] == ["FINISHED"]
    assert len(made.versions()) == 1


def test_a_moved_folder_says_what_to_do(made: Tracked) -> None:
    made.run("ant")
    made.track()
    moved = Tracked(made.root / "moved", made.catalogue)
    shutil.copytree(made.results, moved.results)
    shutil.copy(made.database, moved.database)
    with pytest.raises(HandbookError) as caught:
        moved.track()
    said = str(caught.value)
    assert f"the folder was moved; delete the MLflow database {moved.database}" in said
    assert "run the same command again" in said
    assert "\n" not in said


def test_a_store_of_another_version_says_what_to_do(made: Tracked) -> None:
    import sqlite3

    connection = sqlite3.connect(made.database)
    connection.execute("UPDATE alembic_version SET version_num = 'elder'")
    connection.commit()
    connection.close()
    with pytest.raises(HandbookError, match=r"cannot use this store .* delete it and track again"):
        made.track()


def test_nothing_to_track_is_an_empty_table(made: Tracked) -> None:
    assert made.track() == []
    assert (made.results / "tracked.json").read_text() == "[]\n"


def test_nothing_is_written_beside_the_store_and_its_files(made: Tracked) -> None:
    made.run("ant")
    made.track()
    assert {path.name for path in made.root.iterdir()} == {"results", "mlflow.db", "mlartifacts"}


def test_half_a_new_store_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        Path(arguments[0].removeprefix("sqlite:///")).write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(database, "SqlAlchemyStore", fail)
    with pytest.raises(KeyboardInterrupt):
        database.create(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path)
    assert not (tmp_path / "mlflow.db").exists()


@pytest.mark.slow
def test_two_processes_may_track_into_a_store_that_does_not_exist_yet(made: Tracked) -> None:
    made.run("ant", cv=0.8)
    made.run("bee")
    made.database.unlink()
    command = [sys.executable, "-c", KILLED, made.root, json.dumps(made.catalogue), "log_batch"]
    both = [subprocess.Popen([*command, "999"]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert [run.info.status for run in made.runs()] == ["FINISHED", "FINISHED"]
    assert len(made.versions()) == 2


def test_nothing_is_sent_home() -> None:
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
