"""What failed in a run of the pipeline: jobs, the last words of their logs, how to go on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from handbook.catalogue import file
from handbook.records.events import Event, read_events
from handbook.workflow.profiles import USUAL
from handbook.workflow.warm.client import ENDED_BY

__all__ = ["FailedJob", "Failures", "command", "error_of", "lines", "read_failures"]

_LAST = 12
_SILENT = "ended without a word: killed, for want of memory or from outside"
# What `make` calls, by the profile alone.
_TARGETS = {
    "demo": "make demo",
    "default": "make rebuild",
    "slurm": "make rebuild PROFILE=slurm",
}


class FailedJob(NamedTuple):
    """A job that failed.

    Parameters
    ----------
    rule : str
    makes : str
        The first file that it was to make; empty where that is not known.
    log : str
        Its log, relative to the folder of the run; empty where it has none.
    error : str
        What the log ends with, after ``error:``; empty where it holds none.
    last : tuple of str
        The last lines of the log.
    reason : str
        Why it failed, as the batch system says that ran it; empty where none did.
    """

    rule: str
    makes: str
    log: str
    error: str
    last: tuple[str, ...]
    reason: str = ""

    @property
    def cause(self) -> str:
        """The error, what the batch system says, the signal that ended it, or what silence says."""
        signals = [line for line in self.last[-1:] if line.startswith(ENDED_BY)]
        return self.error or self.reason or next(iter(signals), _SILENT)


class Failures(NamedTuple):
    """What failed in one run.

    Parameters
    ----------
    jobs : tuple of FailedJob
    stopped : bool
        Whether the run was asked to end before all was done.
    again : str
        The command that goes on; empty where that is not known.
    """

    jobs: tuple[FailedJob, ...] = ()
    stopped: bool = False
    again: str = ""

    @property
    def headline(self) -> str:
        """How many jobs failed, in words."""
        return f"{len(self.jobs)} job{'s' if len(self.jobs) != 1 else ''} failed"


def read_failures(record: Path, folder: Path = Path(), again: str = "") -> Failures:
    """Read what failed in a run.

    Parameters
    ----------
    record : Path
        Events of that run, see :mod:`handbook.records.events`.
    folder : Path
        Where it ran: the logs lie below.
    again : str
        The command that goes on.
    """
    events = read_events(record)
    kinds = [event["event"] for event in events]
    stopped = "stopped" in kinds
    # Jobs that end after that were stopped with the run, and did not fail.
    before = events[: kinds.index("stopped")] if stopped else events
    makes = {event["jobid"]: event["output"] for event in before if event["event"] == "job_info"}
    jobs: dict[tuple[str, str, str], FailedJob] = {}
    for event, reason in _last_errors(before):
        job = _job(event, makes, folder)._replace(reason=reason)
        jobs[job.rule, job.makes, job.log] = job
    if stopped:  # a terminal interrupts jobs too, some of which end before the run says so
        jobs = {key: job for key, job in jobs.items() if job.error}
    return Failures(tuple(jobs.values()), stopped, again)


def _last_errors(events: Sequence[Event]) -> list[tuple[Event, str]]:
    """Return errors of jobs that were not made good, each with the reason of a batch system.

    A job may succeed when it is started again. Of those that a batch system ran together, most
    have nothing to do with the failure of one.
    """
    errors: dict[int | tuple[str, ...], Event] = {}
    reasons: dict[int, str] = {}
    spared: set[int] = set()
    for event in events:
        number = event.get("jobid", -1)
        if event["event"] == "batch_error":
            spared = set(event["jobs"]) - set(event["failed"]) | spared - set(event["failed"])
            reasons |= dict.fromkeys(event["failed"], event["message"])
        elif event["event"] == "job_error":
            errors[number if number >= 0 else (event["rule_name"], *event["log"])] = event
        elif event["event"] == "job_finished":
            errors.pop(number, None)
    return [
        (event, reasons.get(number, "") if isinstance(number, int) else "")
        for number, event in errors.items()
        if number not in spared
    ]


def _job(event: Event, makes: Mapping[int, Sequence[str]], folder: Path) -> FailedJob:
    output = next(iter(makes.get(event.get("jobid", -1)) or ()), "")
    log = next(iter(event["log"]), "")
    path = folder / log
    error, last = ("", []) if not log else (error_of(path), _lines(path))
    return FailedJob(event["rule_name"], output, log, error, tuple(last[-_LAST:]))


def lines(failures: Failures, folder: Path = Path()) -> Iterator[str]:
    """Yield what failed in the run of a folder as lines for a console."""
    again = f"run `{failures.again}`" if failures.again else "run the same command"
    yield ""
    if failures.stopped:
        yield f"The run was stopped; {again} again: what is finished is kept."
    elif not failures.jobs:
        yield "No job failed; where a run was killed, the same command goes on."
    if not failures.jobs:
        return
    yield f"{failures.headline}; all that need nothing of them went on."
    for job in failures.jobs:
        yield f"  {job.rule}: {folder / job.log if job.log else job.makes}"
        yield f"    {job.cause.replace(chr(10), chr(10) + '    ')}"
    yield f"Mend the cause and {again} again: what succeeded is kept."


def command(arguments: Sequence[str], part: Sequence[str] = ()) -> str:
    """Return the command that people type for a call of Snakemake.

    A catalogue that is not `params.yaml` is named before it.

    Parameters
    ----------
    arguments : sequence of str
        Of the call, without the program.
    part : sequence of str
        The names of the part of the catalogue that it makes; none for all.

    Examples
    --------
    >>> command(["--workflow-profile", "workflow/profiles/demo"])
    'make demo'
    >>> command(["--workflow-profile", "workflow/profiles/default", "--cores", "1"])
    'snakemake --workflow-profile workflow/profiles/default --cores 1'
    >>> command(["--workflow-profile", "workflow/profiles/demo"], ["ridge", "iris"])
    'handbook run ridge iris --profile demo'
    """
    named = not file.is_usual()
    if (part or named) and arguments[:1] == ["--workflow-profile"]:
        profile = Path(arguments[1]).name
        more = [] if profile == USUAL else ["--profile", profile]
        catalogue = f"{file.VARIABLE}={shlex.quote(str(file.usual()))} " if named else ""
        return catalogue + shlex.join(["handbook", "run", *part, *more])
    if len(arguments) == 2 and arguments[0] == "--workflow-profile":
        target = _TARGETS.get(Path(arguments[1]).name)
        if target:
            return target
    return shlex.join(["snakemake", *arguments])


def error_of(log: Path) -> str:
    """Return the error that a job's log ends with, empty where there is none."""
    _, separator, error = "\n".join(_lines(log)).rpartition("error: ")
    return error.strip() if separator else ""


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
