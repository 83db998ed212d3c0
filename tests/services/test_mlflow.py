"""Runs in a team's MLflow: its server on PostgreSQL, which keeps their files too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook.commands.tracking import bring_in
from handbook.core.errors import HandbookError
from handbook.data import dataset
from handbook.records.tracking import owner
from handbook.records.tracking.lookup import look_up
from handbook.records.tracking.namespace import VARIABLE
from handbook.training import saving
from tests.records.tracking.conftest import Tracked
from tests.services.mlflow_team import Clone, Team, entries

ELSEWHERE = """
import sys
import mlflow.pyfunc, pandas as pd
rows = pd.read_json(sys.argv[2], orient="split")
mlflow.pyfunc.load_model(sys.argv[1]).predict(rows).to_json(sys.argv[3], orient="split")
"""


@pytest.mark.quick
def test_a_champion_is_loaded_elsewhere_by_the_servers_address_alone(
    team: Team, tmp_path: Path
) -> None:
    clone = Clone(tmp_path / "clone")
    folder = clone.run("ant", cv=0.8)
    clone.run("bee", cv=0.7)
    clone.track(team.server)
    assert team.experiments().keys() == {"bank-marketing"}
    assert Counter(run.info.status for run in team.runs()) == {"FINISHED": 2}
    key = "ant-bank-marketing-book"
    assert team.aliases() == {
        "ant": {"champion": key, "champion-bank-marketing": key},
        "bank-marketing": {"champion": key},
        "bee": {},
    }
    (run,) = [run for run in team.runs() if run.data.tags["model"] == "ant"]
    assert run.info.artifact_uri.startswith("mlflow-artifacts:/")
    assert {file.path for file in team.client.list_artifacts(run.info.run_id)} == {
        "figures", "metrics.json", "run.json",
    }  # fmt: skip
    # of the files, the clone keeps none but the code that its models share
    assert [path.suffix for path in (tmp_path / "clone/mlartifacts").iterdir()] == [".zip"]

    third = tmp_path / "third"
    third.mkdir()
    X = dataset.read(clone.results / "data/bank-marketing/test.arrow").X
    X.astype({"job": object, "city": object}).to_json(third / "rows.json", orient="split")
    address = f"models:/{team.prefix}.bank-marketing@champion"
    command = [sys.executable, "-W", "ignore", "-c", ELSEWHERE, address, "rows.json", "out.json"]
    subprocess.run(
        command,
        cwd=third,
        env={"PATH": os.environ["PATH"], "MLFLOW_TRACKING_URI": team.server.uri},
        check=True,
    )
    answers = pd.read_json(third / "out.json", orient="split")
    saved = saving.load(folder / "model.skops")
    np.testing.assert_array_equal(answers["predicted"].map({"no": 0, "yes": 1}), saved.predict(X))
    np.testing.assert_allclose(answers[["p:no", "p:yes"]], saved.predict_proba(X), rtol=1e-9)


@pytest.mark.quick
def test_runs_are_the_same_on_postgresql_and_sqlite(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = Clone(tmp_path / "clone")
    clone.run("ant", params={"C": 1.0, "kernel": "x" * 7000, "ünï": "Ä_%'\"\\"})
    clone.run("Ant", "Iris")  # a name that differs by its case alone
    clone.run("ant", "iris", history="epoch,loss\n1,nan\n2,inf\n")
    clone.run("bee", "diabetes", task="regression", accuracy=-1e-300)
    clone.failure("cat", error="ValueError: " + "y" * 9000)
    steps = "".join(f"{step},{1 / step!r}\n" for step in range(1, 2001))
    folder = clone.run("eel", "iris", history="epoch\n")
    (folder / "history.csv").write_text(f"epoch,loss\n{steps}")
    context = json.loads((folder / "context.json").read_text())
    times = [f"2026-01-02T03:04:{n // 100 % 60:02}.{n % 100:02}0000+00:00" for n in range(2000)]
    (folder / "context.json").write_text(json.dumps(context | {"step_times": times}))
    clone.track(team.server)
    monkeypatch.delenv(VARIABLE)
    own = Tracked(tmp_path / "own", clone.catalogue)
    own.root.mkdir()
    clone.results.rename(own.results)
    clone.logs.rename(own.logs)
    own.track()
    experiments = [each.experiment_id for each in own.client.search_experiments()]
    ours = entries(own.client, experiments)
    assert len(ours) == 6
    theirs = entries(team.client, [*team.experiments().values()])
    assert theirs.keys() == ours.keys()
    for key, entry in ours.items():
        for there, here in zip(theirs[key], entry, strict=True):
            assert there == here, key
    aliases = {**own.aliases(), **own.champions()}
    assert team.aliases() == aliases


@pytest.mark.quick
def test_what_others_have_is_neither_touched_nor_listed(team: Team, tmp_path: Path) -> None:
    client = team.client
    theirs = client.create_experiment(f"bank-marketing-{team.prefix}")
    tags = {"job_key": "ant-bank-marketing-book", "sweep": "near"}
    foreign = [client.create_run(theirs, tags=tags).info.run_id]
    model = f"bank-marketing-{team.prefix}"
    client.create_registered_model(model)
    client.create_model_version(model, "s3://somewhere/model", tags=tags)
    client.set_registered_model_alias(model, "champion", "1")
    clone = Clone(tmp_path)
    clone.run("ant")
    clone.track(team.server)
    # in the midst of ours too
    (ours,) = team.experiments().values()
    foreign.append(client.create_run(ours, tags=tags).info.run_id)
    clone.run("ant", cv=0.9)
    clone.track(team.server)
    for run_id in foreign:
        run = client.get_run(run_id)
        assert (run.info.status, run.info.lifecycle_stage) == ("RUNNING", "active")
    aliases = client.get_registered_model(model).aliases
    assert {alias: str(version) for alias, version in aliases.items()} == {"champion": "1"}
    assert look_up(team.server.uri, foreign[0]) is None
    assert client.get_experiment("0").lifecycle_stage == "active"


@pytest.mark.quick
def test_names_that_others_took_are_refused(team: Team, tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    clone.run("ant")
    team.client.create_registered_model(f"{team.prefix}.ant")
    with pytest.raises(HandbookError, match=rf"{team.prefix}\.ant' is somebody else's.*{VARIABLE}"):
        clone.track(team.server)
    assert team.runs() == []
    team.client.delete_registered_model(f"{team.prefix}.ant")
    clone.track(team.server)
    other = Clone(tmp_path / "other")
    other.run("ant", "iris")
    team.client.create_experiment(f"{team.prefix}/iris")
    with pytest.raises(HandbookError, match=rf"{team.prefix}/iris' is somebody else's"):
        other.track(team.server)


@pytest.mark.quick
def test_files_of_a_run_that_is_replaced_go_from_the_server(team: Team, tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    clone.run("ant", cv=0.7)
    clone.track(team.server)
    (experiment,) = team.experiments().values()
    (before,) = team.runs()
    (model,) = before.outputs.model_outputs
    folder = team.server.artifacts / experiment
    assert (folder / before.info.run_id / "artifacts/run.json").exists()
    assert (folder / "models" / model.model_id / "artifacts/MLmodel").exists()
    clone.run("ant", cv=0.8)
    clone.track(team.server)
    (after,) = team.runs()
    assert after.info.run_id != before.info.run_id
    assert team.aliases()["ant"].keys() == {"champion", "champion-bank-marketing"}
    files = {path.parts[len(folder.parts)] for path in folder.rglob("*") if path.is_file()}
    assert files == {after.info.run_id, "models"}
    assert {path.name for path in (folder / "models").iterdir()} == {
        output.model_id for output in after.outputs.model_outputs
    }


@pytest.mark.quick
def test_who_is_logging_is_left_alone_until_the_lease_is_over(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = Clone(tmp_path / "here"), Clone(tmp_path / "there")
    here.run("ant")
    here.track(team.server)
    (run,) = team.runs()
    team.client.update_run(run.info.run_id, status="RUNNING")  # as if it had not been completed
    there.run("bee")
    there.track(team.server)
    assert Counter(run.info.status for run in team.runs()) == {"RUNNING": 1, "FINISHED": 1}
    with monkeypatch.context() as later:
        passed = time.time() + owner.LEASE_S + 1
        later.setattr(owner.time, "time", lambda: passed)
        assert "ant/book: was interrupted, is logged again" in there.track(team.server)
    assert [run.data.tags["model"] for run in team.runs()] == ["bee"]
    here.track(team.server)
    (run,) = [run for run in team.runs() if run.data.tags["model"] == "ant"]
    team.client.update_run(run.info.run_id, status="RUNNING")
    assert "ant/book: was interrupted, is logged again" in here.track(team.server)
    assert Counter(run.info.status for run in team.runs()) == {"FINISHED": 2}


@pytest.mark.quick
def test_a_demo_never_leaves_its_folder(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", team.server.uri)
    monkeypatch.delenv(VARIABLE)
    demo = Clone(tmp_path)
    demo.run("ant")
    store = bring_in(
        lambda line: None,
        demo.catalogue,  # type: ignore[arg-type]
        results=demo.results,
        logs=demo.logs,
        output=tmp_path / "tracked.json",
    )
    assert store == "sqlite:///mlflow.db"
    assert (tmp_path / "mlflow.db").exists()
    assert (tmp_path / "mlartifacts/bank-marketing").is_dir()
    names = {each.name for each in team.client.search_experiments()}
    assert names.isdisjoint({"bank-marketing", "handbook/bank-marketing"})
