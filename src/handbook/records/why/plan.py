"""What Snakemake would do, from its own dry run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from handbook.core.errors import HandbookError
from handbook.records.events import Event, read_events
from handbook.workflow.profiles import arguments

__all__ = ["Job", "jobs_of", "makers", "plan"]


@dataclass(frozen=True)
class Job:
    """A job that would run.

    Parameters
    ----------
    verb : str
        What it does: the rule's subcommand.
    target : str
        What it does it to; empty where there is but one job of its kind.
    reason : str
        Why it would run, in Snakemake's words.
    inputs, outputs : frozenset of str
        Paths of files.
    """

    verb: str
    target: str = ""
    reason: str = ""
    inputs: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Verb and target."""
        return f"{self.verb} {self.target}".rstrip()


def makers(jobs: Sequence[Job]) -> dict[Job, list[Job]]:
    """Return for each job those that make its inputs."""
    maker = {path: job for job in jobs for path in job.outputs}
    return {
        job: list(dict.fromkeys(maker[path] for path in sorted(job.inputs) if path in maker))
        for job in jobs
    }


def plan(targets: Sequence[str] = (), profile: str = "default") -> list[Job]:
    """Return the jobs that Snakemake would run for `targets`, or for all.

    Parameters
    ----------
    targets : sequence of str
        Files or rules.
    profile : str
        Name of a folder in ``workflow/profiles``.

    Raises
    ------
    HandbookError
        Snakemake cannot plan; the message is its own.
    """
    called = arguments(profile)
    with TemporaryDirectory() as folder:
        file = Path(folder, "events.jsonl")
        command = [sys.executable, "-m", "snakemake", *called]
        command += ["--dry-run", "--nolock", "--nocolor", "--quiet", "host"]
        command += ["--logger", "handbook", "--logger-handbook-file", str(file), "--", *targets]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        events = read_events(file)
    if done.returncode:
        errors = [event["message"] for event in events if event["event"] == "error"]
        raise HandbookError(f"Snakemake cannot plan this: {_last(errors or [done.stderr])}")
    return jobs_of(events)


def _last(texts: Sequence[str], most: int = 8) -> str:
    """Return the last lines of an error, without those that are empty."""
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    return "\n  ".join(lines[-most:])


def jobs_of(events: Iterable[Event]) -> list[Job]:
    """Return the jobs of a dry run; a rule that only collects targets has no log and is no job.

    Examples
    --------
    >>> [job] = jobs_of([{"event": "job_info", "log": ["logs/gate/iris.log"], "input": [],
    ...     "output": ["accepted.json"], "reason": "Missing output files: accepted.json"}])
    >>> job.name
    'gate iris'
    """
    jobs = []
    for event in events:
        if event["event"] == "job_info" and event["log"]:
            # Each rule keeps its log under its own name.
            log = event["log"][0].removeprefix("logs/").removesuffix(".log")
            verb, _, target = log.partition("/")
            files = frozenset(event["input"]), frozenset(event["output"])
            jobs.append(Job(verb, target, event["reason"], *files))
    return jobs
