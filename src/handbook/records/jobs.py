"""Jobs of the workflow with what they took: those of one run, and all that have records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from handbook.core.errors import HandbookError
from handbook.records.events import Event, read_events
from handbook.workflow.expected import name_of
from handbook.workflow.metadata import STATE, contents
from handbook.workflow.progress import Planned

__all__ = ["Job", "LastRun", "last_run", "recorded"]

_THREADS = re.compile(r" --threads (\d+)")
# Rules made in a loop are one rule, as in the graph of the workflow.
_LIKE = re.compile(r"_like_\w+$")


class Job(NamedTuple):
    """A job that has ended.

    Parameters
    ----------
    rule : str
    seconds : float
    threads : int
    needs : tuple of str
        Names of the jobs whose files it reads.
    begun : float
        When it started, in seconds.
    """

    rule: str
    seconds: float
    threads: int = 1
    needs: tuple[str, ...] = ()
    begun: float = 0.0


@dataclass(frozen=True)
class LastRun:
    """The last run of the workflow in a folder, as far as it came.

    Parameters
    ----------
    cores : int
    begun : float
        When its first job could start, in seconds.
    planned : int
        Number of jobs that it set out to run.
    jobs : mapping of str to Job
        Those that have ended well, by name.
    """

    cores: int
    begun: float
    planned: int
    jobs: Mapping[str, Job]


def recorded(folder: Path) -> dict[str, Job]:
    """Return all jobs whose results Snakemake has records of, each as it last ran, by name.

    Parameters
    ----------
    folder : Path
        The folder that the workflow runs in.
    """
    files: dict[str, list[_File]] = {}
    for path, record in contents(folder):
        with suppress(KeyError, TypeError, ValueError):
            threads = _THREADS.search(record["shellcmd"] or "")
            ended = float(record["endtime"])
            file = _File(
                path,
                _LIKE.sub("", record["rule"]),
                min(float(record["starttime"]), ended),  # of a cluster's jobs, that is later
                ended,
                int(threads[1]) if threads else 1,
                tuple(record["input"]),
            )
            if (folder / path).exists():
                files.setdefault(name_of(record["log"], record["rule"]), []).append(file)
    files = {name: _of_last_run(every) for name, every in files.items()}
    made_by = {file.path: name for name, every in files.items() for file in every}
    jobs = {}
    for name, every in sorted(files.items()):
        begun = min(file.begun for file in every)
        read = {path for file in every for path in file.read}
        jobs[name] = Job(
            every[0].rule,
            max(file.ended for file in every) - begun,
            every[0].threads,
            tuple(sorted({made_by[path] for path in read if path in made_by})),
            begun,
        )
    return jobs


class _File(NamedTuple):
    """A result with what its record says of the job that made it."""

    path: str
    rule: str
    begun: float
    ended: float
    threads: int
    read: tuple[str, ...]


def _of_last_run(files: Sequence[_File]) -> list[_File]:
    """Leave out files that a job made in an earlier run and no more in its last one."""
    last = max(file.begun for file in files)
    return [file for file in files if file.ended >= last]


def last_run(folder: Path) -> LastRun | None:
    """Return the last run of the workflow in a folder; None where none has left its events."""
    for file in reversed(_files(folder)):
        # Passed over: events that were cut, or those of another version of this package.
        with suppress(HandbookError, OSError, KeyError, TypeError):
            events = read_events(file)
            plan = next((event for event in events if event["event"] == "plan"), None)
            if plan is not None:
                return _of_events(plan, events)
    return None


def _of_events(plan: Event, events: Iterable[Event]) -> LastRun:
    planned = {job["number"]: Planned(**job) for job in plan["jobs"]}
    started: dict[int, Event] = {}
    names: dict[int, str] = {}
    making = sum(job.seconds > 0 for job in planned.values())  # not what only collects others
    run = LastRun(plan["cores"], plan["time"], making, {})
    jobs: dict[str, Job] = {}
    for event in events:
        number = event.get("jobid", -1)
        if event["event"] == "job_info" and event["output"]:
            started[number] = event
            names[number] = name_of(event["log"], event["rule_name"])
        elif event["event"] == "job_finished" and number in started and number in planned:
            begun, of = started[number]["time"], planned[number]
            jobs[names[number]] = Job(
                _LIKE.sub("", started[number]["rule_name"]),
                event["time"] - begun,
                min(of.threads, run.cores),
                tuple(names[need] for need in of.needs if need in names),
                begun,
            )
    return replace(run, jobs=jobs)


def _files(folder: Path) -> Sequence[Path]:
    return sorted((folder / STATE / "log").glob("*.events.jsonl"))
