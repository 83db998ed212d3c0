"""Jobs of the workflow with what they took: those of one run, and all that have records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from handbook.records.events import Event, plans, read_events
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
    priority : int
        Of jobs that could start, Snakemake takes the highest.
    needs : tuple of str
        Names of the jobs whose files it reads.
    begun : float
        When it started, in seconds.
    """

    rule: str
    seconds: float
    threads: int = 1
    priority: int = 0
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
    seconds : float
        Until its last job ended.
    planned : int
        Number of jobs that it set out to run.
    jobs : mapping of str to Job
        Those that have ended well, by name.
    """

    cores: int
    begun: float
    seconds: float
    planned: int
    jobs: Mapping[str, Job]


def recorded(folder: Path) -> dict[str, Job]:
    """Return all jobs whose results Snakemake has records of, each as it last ran, by name.

    Parameters
    ----------
    folder : Path
        The folder that the workflow runs in.
    """
    made_by: dict[str, str] = {}
    read: dict[str, set[str]] = {}
    jobs: dict[str, Job] = {}
    for path, record in contents(folder):
        with suppress(KeyError, TypeError, ValueError):
            name = name_of(record["log"], record["rule"])
            begun, ended = float(record["starttime"]), float(record["endtime"])
            threads = _THREADS.search(record["shellcmd"] or "")
            rule = _LIKE.sub("", record["rule"])
            job = Job(rule, ended - begun, int(threads[1]) if threads else 1, begun=begun)
            read.setdefault(name, set()).update(record["input"])
            made_by[path] = name
            if name not in jobs or job.seconds > jobs[name].seconds:
                jobs[name] = job
    priorities = _priorities(folder)
    return {
        name: job._replace(
            priority=priorities.get(name.partition("/")[0], 0),
            needs=tuple(sorted({made_by[path] for path in read[name] if path in made_by})),
        )
        for name, job in sorted(jobs.items())
    }


def last_run(folder: Path) -> LastRun | None:
    """Return the last run of the workflow in a folder; None where none has left its events."""
    for file in reversed(_files(folder)):
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
    run = LastRun(plan["cores"], plan["time"], 0.0, making, {})
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
                of.priority,
                tuple(names[need] for need in of.needs if need in names),
                begun,
            )
            run = replace(run, seconds=event["time"] - run.begun)
    return replace(run, jobs=jobs)


def _files(folder: Path) -> Sequence[Path]:
    return sorted((folder / STATE / "log").glob("*.events.jsonl"))


def _priorities(folder: Path) -> dict[str, int]:
    """Return priorities by the first part of jobs' names, as plans of earlier runs have them."""
    priorities: dict[str, int] = {}
    for file in _files(folder):
        for event in plans(file):
            for job in event["jobs"]:
                priorities[job["kind"].partition("/")[0]] = job["priority"]
    return priorities
