"""What a run is about to do, told to whoever follows it: the line that is live, and the log."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from handbook.workflow.progress import Planned, Progress

__all__ = ["announce"]

_SNAKEMAKE = logging.getLogger("snakemake.logging")


def announce(workflow: Any, jobs: Sequence[Planned]) -> None:
    """Log the jobs that are to run, with what is expected of each.

    To be called in Snakemake's process before its first job.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    jobs : sequence of Planned
    """
    # Elsewhere than on this machine, as many run as there are.
    cores = workflow.cores if workflow.local_exec else sum(job.threads for job in jobs)
    left = Progress(jobs, cores).estimate(0.0).left
    minutes = round(left / 60)
    duration = f"about {minutes} min" if minutes else "less than a minute"
    where = f"{cores} cores" if cores > 1 else "1 core"
    number = f"{len(jobs):,} jobs" if len(jobs) > 1 else "1 job"
    _SNAKEMAKE.info(
        f"{number}, {duration} on {where}",
        extra={"event": "plan", "cores": cores, "jobs": [job._asdict() for job in jobs]},
    )
