"""MLflow's page: for this machine alone, with few processes, and with nothing of ours that acts."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.records.tracking.conftest import Tracked
from tests.services.server import free_port

from handbook import cli
from handbook.core.errors import HandbookError
from handbook.records.tracking import server
from handbook.records.tracking.server import HOST, environment

MARKUP = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ADDRESS = r"^MLflow: http://127\.0\.0\.1:(\d+)/#/experiments\?workflowType=machine_learning "
HOSTILE = {
    "MLFLOW_HOST": "0.0.0.0",
    "MLFLOW_PORT": "1",
    "MLFLOW_WORKERS": "4",
    "MLFLOW_UVICORN_OPTS": "--host 0.0.0.0",
    "MLFLOW_GUNICORN_OPTS": "--bind 0.0.0.0:7999",
    "MLFLOW_SERVER_ALLOWED_HOSTS": "*",
    "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": "*",
    "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "true",
    "MLFLOW_BACKEND_STORE_URI": "sqlite:///elsewhere.db",
    "MLFLOW_STATIC_PREFIX": "/elsewhere",
    "GUNICORN_CMD_ARGS": "--bind 0.0.0.0:7998",
    "UVICORN_HOST": "0.0.0.0",
    "UVICORN_UDS": "socket",
    "UVICORN_WORKERS": "4",
    "WEB_CONCURRENCY": "4",
    "FORWARDED_ALLOW_IPS": "*",
}


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Have something listen at a port, if nothing does yet."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            other.bind((HOST, port))
            other.listen()
        yield


@contextmanager
def served(
    folder: Path, port: int | None, until: str = "Uvicorn running on"
) -> Iterator[tuple[psutil.Process, re.Match[str]]]:
    """Run `handbook ui` on a folder until the end of the context."""
    command = [sys.executable, "-m", "handbook", "ui", str(folder)]
    command += ["--port", str(port)] if port else []
    # Earlier tests may have told MLflow in this process of a store, which it hands on.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    with subprocess.Popen(
        command,
        env=own | HOSTILE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        lines: list[str] = []
        for line in process.stderr:
            lines.append(line)
            if match := re.search(until, line):
                break
        else:
            pytest.fail("".join(lines))
        try:
            yield psutil.Process(process.pid), match
        finally:
            process.terminate()
            process.stderr.read()


def ask(port: int, address: str, **headers: str) -> Any:
    request = urllib.request.Request(f"http://{HOST}:{port}{address}", headers=headers)
    return urllib.request.urlopen(request)


@pytest.fixture
def full(made: Tracked) -> Tracked:
    """Results with names that are full of markup."""
    folder = made.run("ant", params={"C": MARKUP, "kernel": MARKUP})
    made.catalogue["models"]["ant"]["title"] = f"{MARKUP} [a](javascript:0) ![b](http://c.d/e)"
    (folder / "figures" / "roc.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="ran"</script></svg>'
    )
    made.failure("bee", error=f"ValueError: {MARKUP}")
    (made.results / "catalogue.json").write_text(json.dumps(made.catalogue))
    (made.results / "report" / "models").mkdir(parents=True)
    (made.results / "report" / "models" / "ant.html").write_text("<title>Ant</title>")
    return made


@pytest.mark.slow
@pytest.mark.services
def test_it_listens_for_this_machine_alone_and_nothing_of_ours_acts(full: Tracked) -> None:
    with taken(server.USUAL_PORT), served(full.root, None, until=ADDRESS) as (page, printed):
        port = int(printed[1])
        assert port > server.USUAL_PORT
        with ask(port, "/health") as answer:  # at the first try: it was said when it could be
            assert answer.status == 200
        processes = [page, *page.children(recursive=True)]
        assert len(processes) == 1, [process.cmdline() for process in processes]
        listening = {
            (*connection.laddr,)
            for process in processes
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening == {(HOST, port)}
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask(port, "/api/2.0/mlflow/experiments/get?experiment_id=1", Host="elsewhere.example")

        (run,) = [run for run in full.runs() if run.info.status == "FINISHED"]
        note = run.data.tags["mlflow.note.content"]
        (model,) = full.client.search_registered_models()
        for text in (note, model.description):
            assert "<" not in text
            assert "[a]" not in text
            assert "![b]" not in text
        for path in ("figures/roc.svg", "run.json"):
            query = urllib.parse.urlencode({"run_uuid": run.info.run_id, "path": path})
            with ask(port, f"/get-artifact?{query}") as answer:
                assert answer.headers["Content-Disposition"].startswith("attachment")
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
        with ask(port, "/") as answer:  # where links lead on without the view in their address
            assert b"machine_learning" in answer.read()
        # The run's note leads to its page in the report, and the page's job key back to the run.
        (link,) = re.findall(r"\(([^)]*ant\.html)\)", note)
        with ask(port, link) as answer:
            assert answer.read() == b"<title>Ant</title>"
            assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        with ask(port, f"/run/{run.data.tags['job_key']}") as answer:
            assert f"/runs/{run.info.run_id}?workflowType=machine_learning" in answer.url
        with pytest.raises(urllib.error.HTTPError, match="404"):
            ask(port, "/run/of-nothing")
    assert not page.is_running()


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="headless Chromium is not installed")
def test_markup_is_shown_as_it_is_written(full: Tracked, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    port = free_port()
    with served(full.root, port):
        for run in full.runs():
            place = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
            done = subprocess.run(
                [
                    CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                    "--disable-background-networking", "--virtual-time-budget=20000",
                    f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
                    f"http://{HOST}:{port}/{place}",
                ],
                check=True, capture_output=True, timeout=120, text=True,
            )  # fmt: skip
            assert f"<title>Run {run.info.run_id}" in done.stdout
            assert "&lt;script&gt;document.title=" in done.stdout
            assert 'src="x"' not in done.stdout
            assert "<iframe" not in done.stdout


def test_what_is_meant_for_other_servers_is_dropped() -> None:
    kept = {"HOME": "/", "MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_S3_ENDPOINT_URL": "u"}
    left = environment(Path("results"), "sqlite:///mlflow.db", kept | HOSTILE)
    assert kept.items() <= left.items()
    assert left["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert not (left.keys() & (HOSTILE.keys() - {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION"}))


@pytest.mark.parametrize("address", [HOST, "0.0.0.0"])
def test_a_port_in_use_is_one_clear_line(
    made: Tracked, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind((address, 0))
        other.listen()
        port = other.getsockname()[1]
        assert cli.main(["ui", str(made.root), "--port", str(port)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {HOST}:{port} cannot be used (Address already in use)")
    assert "leave the port out" in line


def test_the_next_port_that_is_free_is_taken_and_this_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[str] = []
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        used = other.getsockname()[1]
        monkeypatch.setattr(server, "USUAL_PORT", used)
        port = server.port_for(None, lines.append)
        assert port > used
        (line,) = lines
        assert line == f"port {used} cannot be used (Address already in use): {port} is taken"
        monkeypatch.setattr(server, "_TRIED", 1)
        with pytest.raises(HandbookError, match=f"from {used} to {used} can be used .*PORT="):
            server.port_for(None, lines.append)


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_number_that_is_no_port_is_refused(
    made: Tracked, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ui", str(made.root), "--port", port]) == 1
    assert f"error: {port} is no port" in capsys.readouterr().err
