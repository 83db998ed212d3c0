"""Two clones at one MLflow server at once, a server that goes away, and how long many runs take."""

from __future__ import annotations

import threading
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import pytest

from handbook.core.errors import HandbookError
from handbook.records.tracking import patience
from tests.records.tracking.conftest import Tracked
from tests.services import mlflow_races
from tests.services.figures import Row, record
from tests.services.mlflow_server import Server
from tests.services.mlflow_team import Clone, Team
from tests.services.postgres import Database
from tests.services.server import wait

RACES = 20
RUNS = 150


def test_two_clones_at_once_lose_and_double_nothing(mlflow_server: Server, tmp_path: Path) -> None:
    total: Counter[str] = Counter()
    for number in range(RACES):
        total.update(mlflow_races.race(mlflow_server, f"race-{number}", tmp_path / str(number)))
    print("\n\n".join(mlflow_races.failures))  # whole, where an assertion's message is cut
    assert +total == Counter(races=RACES)


def test_a_server_that_is_down_is_waited_for_and_named(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 3.0)
    clone = Clone(tmp_path)
    clone.run("ant")
    team.server.stop()
    with pytest.raises(HandbookError) as caught:
        clone.track(team.server)
    message = str(caught.value)
    assert message.startswith(f"{team.server.uri}: MLflow's server does not answer (")
    assert "Connection refused" in message
    assert "nothing is lost" in message
    assert "run the same command again once it answers" in message
    assert "delete" not in message
    assert not (clone.results / "tracked.json").exists()
    monkeypatch.setattr(patience, "PATIENCE_S", 300.0)
    starting = threading.Timer(3.0, team.server.start)
    starting.start()
    lines = clone.track(team.server)
    starting.join()
    assert lines[0] == f"{team.server.uri}: no answer; tried again for 300 s"
    assert Counter(run.info.status for run in team.runs()) == {"FINISHED": 1}


def test_a_server_that_is_restarted_meanwhile_gets_every_run_once(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 300.0)
    clone = Clone(tmp_path)
    models = [f"m{number}" for number in range(40)]
    for model in models:
        clone.run(model, cv=0.5 + len(model) / 100)
    failed: list[BaseException] = []
    lines: list[str] = []

    def bring() -> None:
        try:
            lines.extend(clone.track(team.server))
        except BaseException as error:
            failed.append(error)

    tracking = threading.Thread(target=bring)
    tracking.start()
    wait("runs are there", lambda: bool(team.experiments()) and len(team.runs()) >= 8, 300)
    team.server.stop()
    team.server.start()
    tracking.join(600)
    assert not tracking.is_alive()
    assert failed == []
    assert f"{team.server.uri}: the connection was lost; tracking begins again" in lines
    assert Counter(run.data.tags["model"] for run in team.runs()) == Counter(models)
    assert {run.info.status for run in team.runs()} == {"FINISHED"}
    assert mlflow_races.leftovers(team.client, team.prefix) == Counter()


def test_many_runs_are_logged_in_little_time(
    team: Team, tmp_path: Path, database: Database
) -> None:
    clone = Clone(tmp_path / "clone")
    steps = "".join(f"{step},{1 / step!r},{step / 30!r}\n" for step in range(1, 3))
    params = {f"parameter_{number}": number for number in range(20)}
    for number in range(RUNS):
        folder = clone.run(
            f"m{number // 5}",
            ("bank-marketing", "iris", "credit", "titanic", "wine")[number % 5],
            params=params,
            history=f"epoch,loss,accuracy\n{steps}",
        )
        for figure in ("calibration", "confusion", "importance", "precision-recall"):
            (folder / f"figures/{figure}.svg").write_text(f"<svg>{'x' * 40000}</svg>")
    clock = time.perf_counter()
    clone.track(team.server)
    seconds = time.perf_counter() - clock
    assert Counter(run.info.status for run in team.runs()) == {"FINISHED": RUNS}
    own = Tracked(tmp_path / "own", clone.catalogue)
    own.root.mkdir()
    clone.results.rename(own.results)
    clock = time.perf_counter()
    own.track()
    local_seconds = time.perf_counter() - clock
    record(
        "mlflow",
        Row(
            engine=f"MLflow {version('mlflow')} on PostgreSQL {database.version}",
            ran=f"{RUNS} runs with their models and figures tracked into an empty server",
            seconds=seconds,
            local_seconds=local_seconds,
            faults=(
                "two clones at once, 20 times",
                "server down at the start",
                "server restarted in the middle",
                "other people's experiments, runs and models",
            ),
            result="every run once, the same as in SQLite; nothing of others touched",
        ),
    )
