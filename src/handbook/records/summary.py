"""The end of a rebuild: the best runs, where the report is, and which jobs failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handbook.core.files import read_json
from handbook.records.events import read_events
from handbook.tasks.metric import METRICS

__all__ = ["error_of", "failures", "lines"]


def lines(folder: Path) -> Iterator[str]:
    """Yield the best run of each data set in `folder`, and where to look further."""
    results = folder / "results"
    records = read_json(results / "runs.json", made_by="make rebuild")
    samples = {record["data_variant"] for record in records} == {"sample"}
    yield ""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for record in sorted(records, key=_standing):
        best.setdefault((record["data"], record["task"]), record)
    yield f"{len(records)} runs; the best of each data set, by cross-validation where there is one:"
    for record in best.values():
        yield _row(record)
    yield ""
    if samples:
        yield "These numbers come from generated sample data; `make rebuild` runs the real data."
    yield f"Report:  {(results / 'report' / 'index.html').resolve().as_uri()}"
    here = "" if folder == Path() else f" FOLDER={folder}"
    yield f"MLflow:  make ui{here}"


def _standing(record: dict[str, Any]) -> tuple[int, float, str]:
    """Return a key that sorts by the cross-validated mean.

    Where no run of a kind is cross-validated, the first of the catalogue comes first: the test
    rows choose nothing.
    """
    mean = (record["cv"] or {"mean": {}})["mean"].get(record["primary"])
    name = "/".join(record[key] for key in ("model", "data", "variant"))
    return METRICS[record["primary"]].standing(mean, name)


def _row(record: dict[str, Any]) -> str:
    name = record["primary"]
    ours, dummy = record["metrics"][name], record["baseline"][name]
    where = f"{record['model']} / {record['data']} / {record['variant']}"
    interval = record["cv"] and record["cv"]["interval"][name]
    cross = f"  cross-validated [{interval[0]:.4f}, {interval[1]:.4f}]" if interval else ""
    return f"{where:<52} {name} {_number(ours)}  dummy {_number(dummy)}{cross}"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def failures(record: Path) -> Iterator[str]:
    """Yield each failed job of one run of Snakemake, with its log and its error.

    Parameters
    ----------
    record : Path
        Events of that run, see :mod:`handbook.records.events`.
    """
    events = read_events(record)
    kinds = [event["event"] for event in events]
    stopped = "stopped" in kinds
    # Jobs that end after that were stopped with the run, and did not fail.
    before = events[: kinds.index("stopped")] if stopped else events
    jobs = {
        (event["rule_name"], log): error_of(Path(log))
        for event in before
        if event["event"] == "job_error"
        for log in event["log"]
    }
    if stopped:  # a terminal interrupts jobs too, some of which end before the run says so
        jobs = {job: error for job, error in jobs.items() if error}
    yield ""
    if stopped or not jobs:
        yield "The run was stopped; run the same command again: what is finished is kept."
    if not jobs:
        return
    count = f"{len(jobs)} job{'s' if len(jobs) != 1 else ''} failed"
    yield f"{count}; all that need nothing of them went on."
    for (rule, log), error in jobs.items():
        yield f"  {rule}: {log}"
        yield f"    {error or 'ended without an error: killed, perhaps for want of memory'}"
    yield "Mend the cause and run the same command again: what succeeded is kept."


def error_of(log: Path) -> str:
    """Return the error that a job's log ends with, empty where there is none."""
    if log.exists():
        _, separator, error = log.read_text(encoding="utf-8").rpartition("error: ")
        if separator:
            return error.strip().replace("\n", "\n    ")
    return ""
