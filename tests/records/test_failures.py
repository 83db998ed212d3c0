"""What failed in a run, as its events and the logs of its jobs tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handbook import cli
from handbook.records.failures import lines, read_failures


def write_events(path: Path, *events: dict[str, Any]) -> None:
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))


def job_error(rule: str, log: str) -> dict[str, Any]:
    return {"event": "job_error", "message": "", "rule_name": rule, "log": [log]}


STOPPED = {"event": "stopped", "message": "Terminating processes on user request"}


def test_a_job_is_told_with_what_it_makes_and_the_last_words_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "draw" / "a.log"
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {number}\n" for number in range(40)) + "error: no ink\n")
    info = {"event": "job_info", "jobid": 7, "rule_name": "draw", "output": ["results/a.svg"]}
    silent = {"event": "job_error", "jobid": 8, "rule_name": "gate", "log": []}
    record = tmp_path / "record"
    write_events(record, info, job_error("draw", "logs/draw/a.log") | {"jobid": 7}, silent)
    drawn, gate = read_failures(record, tmp_path).jobs
    assert (drawn.makes, drawn.cause) == ("results/a.svg", "no ink")
    assert drawn.last[-2:] == ("line 39", "error: no ink")
    assert (gate.rule, gate.log, gate.last) == ("gate", "", ())
    assert "killed" in gate.cause


@pytest.mark.parametrize(
    ("last", "cause"),
    [
        ("ended by SIGTERM: asked to end", "ended by SIGTERM: asked to end"),
        ("epoch 3", "ended without a word: killed, for want of memory or from outside"),
    ],
)
def test_a_signal_is_told_from_a_want_of_memory(tmp_path: Path, last: str, cause: str) -> None:
    (tmp_path / "a.log").write_text(f"epoch 2\n{last}\n")
    write_events(tmp_path / "record", job_error("train", "a.log"))
    [job] = read_failures(tmp_path / "record", tmp_path).jobs
    assert job.cause == cause


def test_the_command_that_goes_on_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_events(tmp_path / "record", job_error("lab", "logs/lab.log"))
    assert cli.main(["failures", str(tmp_path / "record"), "--again", "make demo"]) == 0
    assert "Mend the cause and run `make demo` again" in capsys.readouterr().err


def test_logs_are_named_from_where_people_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A demo runs in a folder of its own, and its end is read at the top of the project."""
    monkeypatch.chdir(tmp_path)
    write_events(tmp_path / "record", job_error("draw", "logs/draw/a.log"))
    (tmp_path / "logs/draw").mkdir(parents=True)
    (tmp_path / "logs/draw/a.log").write_text("error: no ink\n")
    assert cli.main(["failures", "record", "--called", "build/demo"]) == 0
    printed = capsys.readouterr().err
    assert "  draw: build/demo/logs/draw/a.log\n    no ink\n" in printed


def test_a_job_that_succeeded_when_it_was_started_again_has_not_failed(tmp_path: Path) -> None:
    first, second = (
        job_error(rule, f"{rule}.log") | {"jobid": number}
        for number, rule in enumerate(("train", "draw"))
    )
    write_events(tmp_path / "record", first, second, {"event": "job_finished", "jobid": 0})
    assert [job.rule for job in read_failures(tmp_path / "record", tmp_path).jobs] == ["draw"]


def test_of_jobs_that_went_together_those_are_named_that_failed(tmp_path: Path) -> None:
    why = "job 7 of the cluster: over its time"
    together = {"event": "batch_error", "message": why, "jobs": [0, 1], "ended": [0], "failed": [1]}
    errors = [
        job_error(rule, f"{rule}.log") | {"jobid": number}
        for number, rule in enumerate(("train", "draw"))
    ]
    write_events(tmp_path / "record", together, *errors)
    [job] = read_failures(tmp_path / "record", tmp_path).jobs
    assert (job.rule, job.cause) == ("draw", why)


def test_what_a_job_says_itself_goes_before_what_the_batch_system_says(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("error: no ink\n")
    together = {
        "event": "batch_error",
        "message": "failed",
        "jobs": [0],
        "ended": [],
        "failed": [0],
    }
    write_events(tmp_path / "record", together, job_error("draw", "a.log") | {"jobid": 0})
    [job] = read_failures(tmp_path / "record", tmp_path).jobs
    assert job.cause == "no ink"


def test_failures_name_job_log_and_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    Path("logs/a.log").write_text("fine\nerror: column 'x' is\n  missing\n")
    record = tmp_path / "record"
    write_events(record, job_error("train", "logs/a.log"), job_error("gate", "logs/b.log"))
    said = "\n".join(lines(read_failures(record)))
    assert "2 jobs failed" in said
    assert "train: logs/a.log" in said
    assert "column 'x' is" in said
    assert "gate: logs/b.log" in said
    assert "killed" in said


def test_the_last_run_of_a_folder_is_asked_for_by_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["failures", str(tmp_path)]) == 1
    assert "no run of the workflow has left its events here" in capsys.readouterr().err
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a.log").write_text("error: column 'x' is missing\n")
    records = tmp_path / ".snakemake/log"
    records.mkdir(parents=True)
    write_events(records / "2026-01-01.events.jsonl", job_error("train", "logs/a.log"))
    assert cli.main(["failures", str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert f"train: {tmp_path / 'logs/a.log'}\n    column 'x' is missing" in said
    write_events(records / "2026-01-02.events.jsonl", {"event": "job_finished", "jobid": 1})
    assert cli.main(["failures", str(tmp_path)]) == 0
    assert "No job failed" in capsys.readouterr().err


def test_an_interrupted_run_is_not_a_failed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("logs").mkdir()
    Path("logs/gate.log").write_text("error: column 'x' is missing\n")
    Path("logs/draw.log").write_text("drawing\n")
    record = tmp_path / "record"
    write_events(record, STOPPED, job_error("train", "logs/train.log"))
    said = "\n".join(lines(read_failures(record)))
    assert "The run was stopped; run the same command again" in said
    assert "failed" not in said
    # A terminal interrupts jobs too, which may end before Snakemake says that it stops.
    early = [job_error("gate", "logs/gate.log"), job_error("draw", "logs/draw.log")]
    write_events(record, *early, STOPPED, job_error("train", "x"))
    said = "\n".join(lines(read_failures(record)))
    assert "1 job failed" in said
    assert "gate: logs/gate.log" in said
    assert "draw" not in said
    assert "train" not in said


def test_failures_of_another_file_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "record").write_text("Building DAG of jobs...\n")
    assert cli.main(["failures", str(tmp_path / "record")]) == 1
    assert "not a file of events" in capsys.readouterr().err
