"""Jobs that a batch system runs for Snakemake: which of them failed, and why.

Snakemake says of a group that failed neither why nor which of its jobs did, and looks the more
rarely how jobs are, the longer none has ended: after minutes, each three minutes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from handbook.workflow.memory import peaks

__all__ = ["EVENT", "follow", "keep_going", "reason"]

#: Event of Snakemake's log that comes before those of the jobs that failed: ``jobs`` has their
#: numbers, ``ended`` those that had ended well in their group, ``failed`` those that had not.
EVENT = "batch_error"

_SNAKEMAKE = logging.getLogger("snakemake.logging")
_LONGEST_S = 15.0  # between two looks
_STATUS = re.compile(r"status is: '(\w+)'")
# What Snakemake was about to run, behind the reason why it was refused
_CALL = re.compile(r"\s*sbatch (?:call|script):.*", re.DOTALL)
# Where a state says no more than that a job failed
_IN_LOGS = {
    "OUT_OF_MEMORY": re.compile(r"exceeded (\w+ )?memory limit|\boom.?kill|out of memory", re.I),
    "TIMEOUT": re.compile(r"due to time limit", re.I),
}
_MEANINGS = {
    "BOOT_FAIL": "its node did not start",
    "CANCELLED": "cancelled, by a person (scancel) or by the cluster",
    "DEADLINE": "past its deadline",
    "FAILED": "failed",
    "NODE_FAIL": "its node failed",
    "OUT_OF_MEMORY": "over its memory; `--set-resources RULE:mem_mb=MB` asks for more",
    "TIMEOUT": "over its time; `--set-resources RULE:runtime=MINUTES` asks for more",
}


def reason(message: str | None, external: str | None = None, log: str = "") -> str:
    r"""Return in words why a job of a batch system failed.

    Parameters
    ----------
    message : str, optional
        What Snakemake's executor says.
    external : str, optional
        The job's number in the batch system.
    log : str
        What stands in the batch system's own log of it.

    Examples
    --------
    >>> reason("SLURM-job '7' failed, SLURM status is: 'NODE_FAIL'. ", "7")
    'job 7 of the cluster: its node failed'
    >>> reason("SLURM sbatch failed. The error message was 'no partition'.\n  sbatch call: ...")
    "SLURM sbatch failed. The error message was 'no partition'."
    """
    text = _CALL.sub("", message or "failed")
    cause = next((state for state, words in _IN_LOGS.items() if words.search(log)), None)
    if status := _STATUS.search(text):
        cause = cause or status[1]
    if cause:
        text = _MEANINGS.get(cause, cause)
    return f"job {external} of the cluster: {text}" if external else text


def follow(workflow: Any) -> None:
    """Say why jobs fail that a batch system runs, and look often how they are.

    To be called before the first job. Where Snakemake has other names for what this changes, it
    says less, and looks as it does.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    """
    executor = getattr(workflow.scheduler, "_executor", None)
    usual = getattr(executor, "report_job_error", None)
    if executor is None or usual is None:
        return

    def report_job_error(submitted: Any, msg: str | None = None, **more: Any) -> None:
        jobs = [*submitted.job] if submitted.job.is_group() else [submitted.job]
        logs = {workflow.dag.jobid(job): [*map(str, job.log)] for job in jobs}
        words = _read(path for path in more.get("aux_logs") or () if path)
        _announce(logs, reason(msg, submitted.external_jobid, words))
        usual(submitted, msg, **more)

    executor.report_job_error = report_job_error
    if hasattr(type(executor), "next_seconds_between_status_checks"):
        executor.__class__ = _often(type(executor))


def keep_going(scheduler: type) -> None:
    """Let Snakemake finish a group of jobs after one of them has failed, as it does outside of one.

    To be called within a batch system's job, which is not told of ``--keep-going``.

    Parameters
    ----------
    scheduler : type
        Of Snakemake.
    """
    scheduler.keepgoing = property(lambda self: True, lambda self, value: None)  # type: ignore[attr-defined]


def _announce(logs: dict[int, list[str]], why: str, workdir: Path = Path()) -> None:
    """Log which of the jobs that went together have failed: those that began and did not end."""
    # Snakemake makes empty logs for jobs that failed.
    begun = {number for number, paths in logs.items() if _holds_words(workdir, paths)}
    ended = {number for number in begun if peaks(workdir, logs[number])} if len(logs) > 1 else set()
    failed = sorted(begun - ended) or [next(iter(logs))]
    if not begun - ended and len(logs) > 1:
        why += f", with {len(logs) - 1} others that were to run with it"
    numbers = {"jobs": [*logs], "ended": sorted(ended), "failed": failed}
    _SNAKEMAKE.error(why, extra={"event": EVENT, **numbers})


def _read(logs: Iterable[str]) -> str:
    return "\n".join(Path(log).read_text("utf-8", "replace") for log in logs if Path(log).is_file())


def _holds_words(workdir: Path, logs: Iterable[str]) -> bool:
    paths = (workdir / log for log in logs)
    return any(path.is_file() and path.stat().st_size > 0 for path in paths)


def _often(executor: type) -> type:
    """Return a kind of executor that looks again before long."""
    usual: Any = executor.next_seconds_between_status_checks  # type: ignore[attr-defined]

    def look_in(self: Any, seconds: float | None) -> None:
        usual.fset(self, seconds if seconds is None else min(seconds, _LONGEST_S))

    more = {"next_seconds_between_status_checks": property(usual.fget, look_in)}
    return type(executor.__name__, (executor,), more)
