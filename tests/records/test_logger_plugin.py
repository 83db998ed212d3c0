"""Snakemake finds our logger plugin, which writes what happens as JSON."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from setuptools import find_packages
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry
from tests.project import ROOT

from handbook.records.events import read_events
from snakemake_logger_plugin_handbook import LogHandler, LogHandlerSettings


def handler(file: Path | None = None, dryrun: bool = False) -> LogHandler:
    common: Any = SimpleNamespace(dryrun=dryrun)
    return LogHandler(common, LogHandlerSettings(file))


def record(message: str = "", **attributes: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": message, **attributes})


JOB = {
    "jobid": 3,
    "rule_name": "gate",
    "input": ["a.json"],
    "output": ["b.json"],
    "log": ["logs/gate/iris.log"],
    "reason": "Missing output files: b.json",
}


def test_snakemake_finds_it_and_so_does_an_installation() -> None:
    assert LoggerPluginRegistry().is_installed("handbook")
    assert LoggerPluginRegistry().is_installed("handbook-live")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (folder,) = project["tool"]["setuptools"]["packages"]["find"]["where"]
    packages = find_packages(str(ROOT / folder))
    assert {"snakemake_logger_plugin_handbook", "snakemake_logger_plugin_handbook_live"} <= {
        *packages
    }


def test_jobs_failures_errors_and_the_stop_are_written(tmp_path: Path) -> None:
    file = tmp_path / "new" / "events.jsonl"
    handle = handler(file, dryrun=True)
    handle.emit(record("a job", event=LogEvent.JOB_INFO, shellcmd="x", **JOB))
    handle.emit(record("progress", event=LogEvent.PROGRESS, done=1))
    handle.emit(record("finished", event=LogEvent.JOB_FINISHED, job_id=3))
    handle.emit(record("Nothing to be done."))
    handle.emit(record("failed", event=LogEvent.JOB_ERROR, **JOB))
    handle.emit(record("cannot", event=LogEvent.ERROR))
    handle.emit(record("Terminating processes on user request, this might take some time."))
    events = read_events(file)
    times = [event.pop("time") for event in events]
    assert times == sorted(times)
    job, finish, failure, error, stop = events
    assert job == {"event": "job_info", "message": "a job"} | JOB
    assert finish == {"event": "job_finished", "message": "finished", "jobid": 3}
    assert failure["event"] == "job_error"
    assert failure["log"] == JOB["log"]
    assert error == {"event": "error", "message": "cannot"}
    assert stop["event"] == "stopped"


def test_by_default_a_run_has_a_file_of_its_own_and_a_dry_run_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, dry = handler(), handler(dryrun=True)
    monkeypatch.chdir(tmp_path)  # Snakemake goes there after its loggers are made
    for each in (handle, dry):
        each.emit(record("cannot", event=LogEvent.ERROR))
    (file,) = tmp_path.rglob("*.jsonl")
    assert file == tmp_path / handle.baseFilename
    assert file.parent == tmp_path / ".snakemake" / "log"
