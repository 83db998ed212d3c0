"""What SLURM gives a job of ours, and what a run that was killed has left in its queue."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["LOGS", "cancel_left", "keep_to_cores", "left_in"]

#: Below Snakemake's folder, where its executor keeps logs of SLURM's jobs: without it, no run here
#: had any.
LOGS = "slurm_logs"

_PATIENCE_S = 60.0
_CORES = "SLURM_CPUS_PER_TASK"
_NUMBER = re.compile(r"\bJobId=(\d+)")
_AT_WORK = re.compile(r"\bJobState=(PENDING|CONFIGURING|RUNNING|SUSPENDED|COMPLETING)\b")
_OUTPUT = re.compile(r"\bStdOut=(\S.*?)(?: \w+=|$)")


def keep_to_cores(workflow: Any) -> None:
    """Let Snakemake, within one of SLURM's jobs, use no more cores than that job was given.

    It would use all that it sees, and not every cluster hides the others.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    """
    given = os.environ.get(_CORES, "")
    if given.isdecimal():
        workflow.global_resources["_cores"] = int(given)


def cancel_left(state: Path, say: Callable[[str], None]) -> None:
    """Cancel SLURM's jobs that were begun in a folder.

    To be called by a run that has the folder to itself, before it starts jobs.

    Parameters
    ----------
    state : Path
        Snakemake's folder there.
    say : callable
        Takes a line on what was cancelled, or could not be.
    """
    logs = state.resolve() / LOGS
    if not logs.is_dir() or shutil.which("scontrol") is None:
        return
    try:
        left = left_in(_call("scontrol", "show", "job", "--oneliner"), logs)
        if left:
            _call("scancel", *left)
            say(f"the last run left jobs in SLURM's queue: {len(left)} cancelled")
    except (OSError, subprocess.SubprocessError) as error:
        answer = getattr(error, "stderr", None) or str(error)
        say(f"whether the last run left jobs in SLURM's queue is not known: {answer.strip()}")


def left_in(listing: str, logs: Path) -> list[str]:
    """Return the numbers of jobs that have not ended and whose logs lie below a folder.

    Examples
    --------
    >>> line = "JobId=7 JobState=PENDING StdIn=/dev/null StdOut=/p/logs/7.log Power="
    >>> left_in(line, Path("/p/logs")), left_in(line, Path("/q"))
    (['7'], [])
    """
    left = []
    for line in listing.splitlines():
        number, output = _NUMBER.search(line), _OUTPUT.search(line)
        if not (number and output and _AT_WORK.search(line)):
            continue
        if Path(os.path.realpath(output[1])).is_relative_to(logs):
            left.append(number[1])
    return left


def _call(*command: str) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=_PATIENCE_S
    ).stdout
