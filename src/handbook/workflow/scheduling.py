"""How Snakemake chooses the next job: the longest chain first, and no work for nothing.

Its scheduler looks at all ready jobs whenever one ends. Two things made that costly with hundreds
of them, a fifth of a core all through a rebuild (``benchmarks/scheduler.py``):

- While there is a limit of jobs a second, which there is by default, every look asks for another
  one a second later, and so does that one: after 300 jobs it looks 300 times a second.
- Every look takes the sizes of all inputs of all ready jobs from the disk, though a file that a
  ready job reads has been written and no longer changes.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from handbook.workflow.layout import chains
from handbook.workflow.progress import Planned

__all__ = ["longest_first", "look_once"]

# What is replaced has these parameters in the version that this was tried with, 9.27.
_PARAMETERS = ["jobs"]


def longest_first(dag: Any, jobs: Iterable[Planned]) -> list[Planned]:
    """Let Snakemake start that job first which the longest chain of jobs begins with.

    Some jobs take a thousand times as long as others of their rule: what begins late ends late.
    What somebody asks for with ``--prioritize`` still goes before.

    Parameters
    ----------
    dag : snakemake.dag.DAG
        Where it keeps its priorities elsewhere than expected, it keeps its order.
    jobs : iterable of Planned
        Those that are to run, see :func:`handbook.workflow.expected.plan`.

    Returns
    -------
    list of Planned
        With the priorities that they have now.
    """
    planned = list(jobs)
    priorities = getattr(dag, "_priority", None)
    if not isinstance(priorities, dict):
        return planned
    longest = chains(
        {job.number: job.seconds for job in planned}, {job.number: job.needs for job in planned}
    )
    for job in list(priorities):
        seconds = longest.get(dag.jobid(job))
        if seconds is not None and priorities[job] != job.HIGHEST_PRIORITY:
            priorities[job] = seconds
    now = {dag.jobid(job): priority for job, priority in priorities.items()}
    return [job._replace(priority=now.get(job.number, job.priority)) for job in planned]


def look_once(workflow: Any) -> None:
    """Let Snakemake look at ready jobs once for each job that ends, and at each of them once.

    To be called before the first job, on this machine alone: elsewhere the limit protects whoever
    takes the jobs. Where Snakemake has other names for what this changes, its scheduler stays as it
    is: slower, and as correct.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    """
    scheduler = getattr(workflow, "scheduler", None)
    if scheduler is None:
        return
    if hasattr(scheduler, "job_rate_limiter"):
        scheduler.job_rate_limiter = None
    usual = getattr(scheduler, "update_input_sizes", None)
    if inspect.iscoroutinefunction(usual) and [*inspect.signature(usual).parameters] == _PARAMETERS:
        scheduler.update_input_sizes = _of_new_jobs(usual)


def _of_new_jobs(usual: Any) -> Any:
    """Return `usual`, which takes the sizes of jobs' inputs, for jobs that it has not had."""
    before: dict[int, Any] = {}  # by identity, which holds while the jobs are kept

    async def update_input_sizes(jobs: Iterable[Any]) -> None:
        new = {id(job): job for job in jobs if id(job) not in before}
        if new:
            before.update(new)
            await usual(new.values())

    return update_input_sizes
