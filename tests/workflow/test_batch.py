"""What is said of jobs that a batch system ran."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from handbook.workflow import batch, slurm


class Job:
    """A job as Snakemake has it."""

    def __init__(self, number: int, log: str) -> None:
        self.number, self.log = number, [log]

    def is_group(self) -> bool:
        """It is one by itself."""
        return False


class Group(list[Job]):
    """Jobs that go together."""

    def is_group(self) -> bool:
        """They are a group."""
        return True


class Executor:
    """Looks at jobs ever more rarely, and says little of those that fail."""

    def __init__(self) -> None:
        self._seconds: float | None = None
        self.reported: list[Any] = []

    @property
    def next_seconds_between_status_checks(self) -> float | None:
        """Seconds until the next look."""
        return self._seconds

    @next_seconds_between_status_checks.setter
    def next_seconds_between_status_checks(self, seconds: float | None) -> None:
        self._seconds = seconds

    def report_job_error(self, submitted: Any, msg: str | None = None, **more: Any) -> None:
        """Take note of a job that failed."""
        self.reported.append((submitted, msg, more))


@pytest.fixture
def executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Executor:
    """One that is followed, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    executor = Executor()
    dag = SimpleNamespace(jobid=lambda job: job.number)
    batch.follow(SimpleNamespace(scheduler=SimpleNamespace(_executor=executor), dag=dag))
    return executor


def fail(executor: Executor, job: Job | Group, msg: str, caught: pytest.LogCaptureFixture) -> Any:
    """Report a failed job; return what was logged of it."""
    with caught.at_level(logging.ERROR, logger="snakemake.logging"):
        executor.report_job_error(SimpleNamespace(job=job, external_jobid="7"), msg, aux_logs=[])
    assert executor.reported[-1][1] == msg
    return caught.records[-1]


def test_of_a_group_the_job_fails_that_began_and_did_not_end(
    executor: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    Path("done.log").write_text("scored\npeak memory: 300 MiB\n")
    Path("begun.log").write_text("epoch 3\n")
    group = Group([Job(1, "done.log"), Job(2, "begun.log"), Job(3, "waits.log")])
    said = fail(executor, group, "SLURM-job '7' failed, SLURM status is: 'TIMEOUT'.", caplog)
    assert said.getMessage().startswith("job 7 of the cluster: over its time")
    assert (said.event, said.jobs, said.ended, said.failed) == (batch.EVENT, [1, 2, 3], [1], [2])


def test_a_group_of_which_nothing_began_fails_once(
    executor: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    Path("b.log").touch()  # as Snakemake does after a first attempt
    group = Group([Job(4, "a.log"), Job(5, "b.log")])
    said = fail(executor, group, "SLURM-job '7' failed, SLURM status is: 'CANCELLED'.", caplog)
    assert said.getMessage().endswith("with 1 others that were to run with it")
    assert said.failed == [4]


def test_a_job_by_itself_fails_whatever_its_log_says(
    executor: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    Path("done.log").write_text("peak memory: 300 MiB\n")
    assert fail(executor, Job(1, "done.log"), "no output", caplog).failed == [1]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("error: StepId=2.0 exceeded memory limit (283041792 > 262144000), being killed", "memory"),
        ("error: Detected 1 oom_kill event in StepId=2.0", "memory"),
        ("error: *** JOB 2 ON node1 CANCELLED AT 2026 DUE TO TIME LIMIT ***", "time"),
    ],
)
def test_a_log_of_slurm_says_more_than_that_a_job_failed(log: str, words: str) -> None:
    failed = "SLURM-job '7' failed, SLURM status is: 'FAILED'. "
    assert batch.reason(failed, "7", log).startswith(f"job 7 of the cluster: over its {words}")
    assert batch.reason(failed, "7", "") == "job 7 of the cluster: failed"


def test_jobs_are_looked_at_again_before_long(executor: Executor) -> None:
    for seconds, within in ((2.0, 2.0), (180.0, 15.0), (None, None)):
        executor.next_seconds_between_status_checks = seconds
        assert executor.next_seconds_between_status_checks == within


def test_snakemake_has_what_is_replaced() -> None:
    from snakemake_executor_plugin_slurm import Executor as Slurm

    assert isinstance(Slurm.next_seconds_between_status_checks, property)
    assert asyncio.iscoroutinefunction(Slurm.sleep)
    assert callable(Slurm.report_job_error)


SCONTROL = """#!/bin/sh
case "$1" in
show) printf 'JobId=3 JobState=RUNNING StdOut={logs}/a/3.log Power=\\n'
      printf 'JobId=4 JobState=PENDING StdOut={logs}/%%j.log Power=\\n'
      printf 'JobId=5 JobState=COMPLETED StdOut={logs}/5.log Power=\\n'
      printf 'JobId=6 JobState=RUNNING StdOut=/elsewhere/6.log Power=\\n';;
*) echo "$@" > {asked};;
esac
"""


def test_jobs_that_a_killed_run_left_are_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, asked = tmp_path / ".snakemake", tmp_path / "asked"
    (state / slurm.LOGS).mkdir(parents=True)
    for name in ("scontrol", "scancel"):
        program = tmp_path / name
        program.write_text(SCONTROL.format(logs=state / slurm.LOGS, asked=asked))
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    said: list[str] = []
    slurm.cancel_left(state, said.append)
    assert asked.read_text() == "3 4\n"
    assert said == ["the last run left jobs in SLURM's queue: 2 cancelled"]


def test_a_slurm_that_does_not_answer_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / slurm.LOGS).mkdir()
    program = tmp_path / "scontrol"
    program.write_text("#!/bin/sh\necho no contact >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    said: list[str] = []
    slurm.cancel_left(tmp_path, said.append)
    assert said == ["whether the last run left jobs in SLURM's queue is not known: no contact"]
