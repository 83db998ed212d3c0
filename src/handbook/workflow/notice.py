"""A notice of how a run ended, for whoever went away meanwhile.

``HANDBOOK_NOTIFY`` names a command, as ``notify-send`` or ``mail -s handbook me@example.org``. It
is split into words as a shell splits them, and no shell runs it. It gets two more words, the
outcome (``done``, ``failed`` or ``stopped``) and a line about it, which is its standard input too,
and stands in ``HANDBOOK_OUTCOME`` and ``HANDBOOK_SUMMARY``.
"""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any, Literal, TypeAlias

__all__ = ["VARIABLE", "Outcome", "give", "summary"]

#: Environment variable: the command.
VARIABLE = "HANDBOOK_NOTIFY"

Outcome: TypeAlias = Literal["done", "failed", "stopped"]

_SNAKEMAKE = logging.getLogger("snakemake.logging")
_PATIENCE_S = 10.0
_PATIENCE_OF_WHO_STOPPED_IT_S = 3.0


def summary(workflow: Any, outcome: Outcome, begun: float, folder: Path) -> str:
    """Return how a run ended, in a line.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    outcome : {"done", "failed", "stopped"}
    begun : float
        Seconds since the epoch.
    folder : Path
        The folder that it ran in.
    """
    scheduler = workflow.scheduler
    failed = f", {len(scheduler.failed)} failed" if outcome == "failed" else ""
    jobs = f"{scheduler.finished_jobs} of {len(workflow.dag)} jobs"
    minutes = round((time.time() - begun) / 60)
    return f"{folder.name}: {outcome}: {jobs} in {minutes} min{failed}"


def give(outcome: Outcome, text: str) -> None:
    """Run the command that :data:`VARIABLE` names, if any; where it fails, say so in a line.

    Parameters
    ----------
    outcome : {"done", "failed", "stopped"}
    text : str
        A line about it.
    """
    command = os.environ.get(VARIABLE, "").strip()
    if not command:
        return
    patience = _PATIENCE_OF_WHO_STOPPED_IT_S if outcome == "stopped" else _PATIENCE_S
    try:
        done = subprocess.run(
            [*shlex.split(command), outcome, text],
            input=f"{text}\n",
            env=os.environ | {"HANDBOOK_OUTCOME": outcome, "HANDBOOK_SUMMARY": text},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        fault = f"did not end within {patience:.0f} s"
    except (OSError, ValueError) as error:  # no such program; quotes that do not close
        fault = str(error)
    else:
        if done.returncode == 0:
            return
        lines = (done.stderr or done.stdout).strip().splitlines()
        fault = f"exit status {done.returncode}" + (f": {lines[-1]}" if lines else "")
    _SNAKEMAKE.warning(f"{VARIABLE}={command}: no notice was given: {fault}")
