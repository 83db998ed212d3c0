"""Jobs end with the run that started them, and the next run waits for that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.core.network_drive import network_drive

from handbook.workflow import lifeline

RUN = """
import sys, time
from pathlib import Path
from handbook.workflow import lifeline

handle = lifeline.hold(Path(sys.argv[1]))
print(__import__("os").environ[lifeline.VARIABLE], flush=True)
time.sleep(600)
"""
JOB = """
import time
from handbook.workflow import lifeline

lifeline.watch()
print("at work", flush=True)
time.sleep(600)
"""


def start(code: str, *arguments: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
    """Start a process; return it with the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("drive", ["local", "network"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_job_ends_with_its_run_however_that_ends(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, number: int, drive: str
) -> None:
    around = {}
    if drive == "network":
        around = network_drive(tmp_path_factory.mktemp("drive"))
    run, name = start(RUN, str(tmp_path), **around)
    job, _ = start(JOB, **{lifeline.VARIABLE: name}, **around)
    run.send_signal(number)
    job.communicate(timeout=lifeline.PATIENCE_S + 5)
    assert job.returncode == -signal.SIGTERM
    run.communicate()
    lifeline.await_jobs(tmp_path, pytest.fail)
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks_a_job_works_on(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    around = network_drive(tmp_path_factory.mktemp("drive"), locks=False)
    run, name = start(RUN, str(tmp_path), **around)
    watched = JOB.replace(
        "time.sleep(600)",
        "import threading; [thread.join() for thread in threading.enumerate()[1:]]; print('done')",
    )
    job, _ = start(watched, **{lifeline.VARIABLE: name}, **around)
    assert job.communicate()[0] == "done\n"
    assert job.returncode == 0
    run.kill()
    run.communicate()


def test_the_next_run_waits_for_jobs_and_says_for_whom(tmp_path: Path) -> None:
    run, name = start(RUN, str(tmp_path))
    # A job that takes its time to end.
    slow = JOB.replace("lifeline.watch()", "import signal; lifeline.watch()").replace(
        "print(", "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), exit(0)))\nprint("
    )
    job, _ = start(slow, **{lifeline.VARIABLE: name})
    run.kill()
    run.communicate()
    lines: list[str] = []
    lifeline.await_jobs(tmp_path, lines.append)
    job.communicate()
    assert job.returncode == 0
    (line,) = lines
    assert f"process {job.pid} (" in line


def test_a_job_whose_run_is_forgotten_does_nothing(tmp_path: Path) -> None:
    job, line = start(JOB, **{lifeline.VARIABLE: str(tmp_path / "4242")})
    job.communicate()
    assert (job.returncode, line) == (-signal.SIGTERM, "")


def test_without_a_run_there_is_nothing_to_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(lifeline.VARIABLE, raising=False)
    before = signal.getsignal(signal.SIGINT)
    lifeline.watch()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(("machine", "ends"), [("elsewhere", False), (os.uname().nodename, True)])
def test_a_job_on_another_machine_may_not_see_the_lock(
    tmp_path: Path, machine: str, ends: bool
) -> None:
    """As on a drive whose locks hold on one machine alone: there, the batch system ends jobs."""
    run = tmp_path / "1"
    run.write_text(machine)
    run.with_suffix(".jobs").touch()
    code = JOB.replace("time.sleep(600)", "time.sleep(2)")
    job, _ = start(code, **{lifeline.VARIABLE: str(run)})
    job.communicate(timeout=60)
    assert job.returncode == (-signal.SIGTERM if ends else 0)
