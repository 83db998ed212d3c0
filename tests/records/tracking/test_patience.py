"""A server that does not answer is named with what to do, and a demo asks none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
from tests.records.tracking.tracked_results import Results
from tests.services.server import free_port

from handbook.commands.tracking import bring_in
from handbook.core.errors import HandbookError
from handbook.records.tracking import patience
from handbook.records.tracking.faults import reported
from handbook.records.tracking.namespace import VARIABLE, Namespace
from handbook.records.tracking.tracker import track


def test_where_nobody_listens_nothing_is_lost_and_nothing_is_to_be_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.2)
    made, lines = Results(tmp_path), []
    made.run("ant")
    address = f"http://ann:secret@127.0.0.1:{free_port()}"
    with pytest.raises(HandbookError) as caught:
        track(
            made.results,
            made.catalogue,
            logs=made.logs,
            store_uri=address,
            artifacts=tmp_path / "mlartifacts",
            output=made.results / "tracked.json",
            say=lines.append,
        )
    message = str(caught.value)
    without_password = address.replace("ann:secret@", "")
    assert message.startswith(
        f"{without_password}: MLflow's server does not answer ([Errno 111] Connection"
    )
    assert "nothing is lost, since MLflow is filled from the records in results/" in message
    assert "run the same command again once it answers" in message
    assert "delete" not in message
    assert lines[0].startswith(f"{without_password}: no answer; ")
    assert "secret" not in message + "".join(lines)
    assert not (made.results / "tracked.json").exists()


def test_who_is_overtaken_begins_again(tmp_path: Path) -> None:
    """What somebody else has removed is looked for anew, and not asked for again."""
    address, lines, begun = "http://ann:secret@127.0.0.1:1", [], 0
    for attempt in patience.attempts(address, lines.append):
        with attempt, reported(address, tmp_path):
            begun += 1
            if begun == 1:
                raise MlflowException("gone", RESOURCE_DOES_NOT_EXIST)
    assert begun == 2
    assert lines == ["http://127.0.0.1:1: somebody else tracks here too; tracking begins again"]


@pytest.mark.services
def test_a_demo_keeps_to_its_folder_whatever_server_the_shell_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{free_port()}")
    demo = Results(tmp_path)
    demo.run("ant")
    output = tmp_path / "tracked.json"
    store = bring_in(
        print,
        demo.catalogue,  # type: ignore[arg-type]
        results=demo.results,
        logs=demo.logs,
        output=output,
    )
    assert store == "sqlite:///mlflow.db"
    assert [row["model"] for row in json.loads(output.read_text())] == ["ant"]
    assert (tmp_path / "mlflow.db").exists()
    assert (tmp_path / "mlartifacts" / "bank-marketing").is_dir()


def test_the_namespace_is_a_setting_which_a_file_of_ones_own_needs_not() -> None:
    assert Namespace.of(shared=False, given={}).experiment("iris") == "iris"
    assert Namespace.of(shared=True, given={}).model("iris") == "handbook.iris"
    given = {VARIABLE: "handbook-trial"}
    assert Namespace.of(shared=True, given=given).experiment("iris") == "handbook-trial/iris"
    # that of another namespace that begins alike is not ours
    assert Namespace("handbook").name_of("handbook-trial.iris") is None
    with pytest.raises(HandbookError, match=f"{VARIABLE}='a/b'.*such as handbook"):
        Namespace.of(shared=True, given={VARIABLE: "a/b"})
