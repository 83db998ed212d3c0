"""What Snakemake would do, from its own dry run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from handbook.core.errors import HandbookError

__all__ = ["Job", "folder_of", "makers", "plan", "read_plan"]

_BLOCK = re.compile(
    r"^Job \d+: (?P<message>.*)\nReason: (?P<reason>.*)\nShell command: (?P<command>.*)$",
    flags=re.MULTILINE,
)
# From here on, a reason tells the values of params before and now.
PARAMS = (
    "Params have changed since last execution: "
    "Union of exclusive params before and now across all output: "
)
_UPDATED = "Input files updated by another job: "


@dataclass(frozen=True)
class Job:
    """A job that would run.

    Parameters
    ----------
    message : str
        What its rule says of it.
    reason : str
        Snakemake's own words.
    command : str
        What it would call.
    """

    message: str
    reason: str
    command: str

    @cached_property
    def verb(self) -> str:
        """What it does: the rule's subcommand."""
        return self._place.partition("/")[0]

    @cached_property
    def target(self) -> str:
        """What it does it to; empty where there is but one job of its kind."""
        return self._place.partition("/")[2]

    @property
    def name(self) -> str:
        """Both."""
        return f"{self.verb} {self.target}".rstrip()

    @cached_property
    def _place(self) -> str:
        # Each rule keeps its log under its own name.
        found = re.findall(r"--log logs/(\S+)\.log\b", self.command)
        return found[-1] if found else self.message

    @cached_property
    def files(self) -> frozenset[str]:
        """Everything that its command names, inputs and outputs."""
        try:
            return frozenset(shlex.split(self.command))
        except ValueError:
            return frozenset(self.command.split())

    @cached_property
    def clauses(self) -> list[str]:
        """The parts of its reason, without the values of params."""
        return [part for part in self.reason.partition(PARAMS)[0].split("; ") if part]

    @cached_property
    def remade(self) -> frozenset[str]:
        """Inputs that another job of the plan makes."""
        found = [part.removeprefix(_UPDATED) for part in self.clauses if part.startswith(_UPDATED)]
        return frozenset(path for part in found for path in part.split(", "))

    @property
    def own(self) -> list[str]:
        """The parts of its reason that are not the work of another job."""
        return [part for part in self.clauses if not part.startswith(_UPDATED)]

    @property
    def params(self) -> str:
        """The values of params before and now, as Snakemake writes them; empty if unchanged."""
        return self.reason.partition(PARAMS)[2]


def makers(jobs: Sequence[Job]) -> dict[Job, list[Job]]:
    """Return for each job those that make what it waits for.

    A file's maker is the one job that names it and does not wait for it.
    """
    named: dict[str, list[Job]] = {}
    for job in jobs:
        for path in job.files - job.remade:
            named.setdefault(path, []).append(job)
    return {
        job: list(
            dict.fromkeys(maker for path in sorted(job.remade) for maker in named.get(path, ()))
        )
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
    folder_of(profile)
    command = [sys.executable, "-m", "snakemake", "--workflow-profile", _path(profile)]
    command += ["--dry-run", "--nolock", "--printshellcmds", "--nocolor", "--quiet", "host"]
    done = subprocess.run([*command, "--", *targets], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode:
        raise HandbookError(f"Snakemake cannot plan this: {_complaint(said)}")
    return read_plan(said)


def _path(profile: str) -> str:
    return f"workflow/profiles/{profile}"


def folder_of(profile: str) -> Path:
    """Return the folder in which a profile runs its jobs.

    Raises
    ------
    HandbookError
        There is no such profile here.
    """
    path = Path(_path(profile), "config.yaml")
    if not path.exists():
        known = ", ".join(
            sorted(found.parent.name for found in Path().glob(_path("*/config.yaml")))
        )
        what = f"known: {known}" if known else "run this at the top of the project"
        raise HandbookError(f"{path}: there is no such profile; {what}")
    return Path(yaml.safe_load(path.read_text(encoding="utf-8")).get("directory", "."))


def read_plan(said: str) -> list[Job]:
    """Return the jobs that a dry run tells of.

    Examples
    --------
    >>> [job] = read_plan('''Job 3: Accepting iris
    ... Reason: Missing output files: accepted.json
    ... Shell command: handbook gate iris --log logs/gate/iris.log
    ... ''')
    >>> job.name, job.own
    ('gate iris', ['Missing output files: accepted.json'])
    """
    return [Job(**found.groupdict()) for found in _BLOCK.finditer(said)]


def _complaint(said: str) -> str:
    """Return what Snakemake ends with, without what it says of its own settings."""
    passed = ("Using ", "Assuming ", "Building ", "Migrat", "Config file ", "WorkflowError in file")
    lines = [line.strip() for line in said.splitlines()]
    kept = [line for line in lines if line and not line.startswith((*passed, 'File "'))]
    return "\n  ".join(kept[-8:])
