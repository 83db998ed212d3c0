"""Events of a run of Snakemake, as our logger plugin writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

from handbook.core.errors import HandbookError

__all__ = ["Event", "last_of", "read_events"]


class Event(TypedDict, total=False):
    """One line of the file; see ``snakemake_logger_plugin_handbook``.

    All have a time, in seconds. A ``job_info`` has all fields from `jobid` to `reason`, a
    ``job_error`` its number, its rule and its log, a ``job_finished`` its number alone, a ``plan``
    the cores and the jobs: see :class:`handbook.workflow.progress.Planned`. A ``batch_error`` has
    numbers of jobs, and the reason as its message: see :mod:`handbook.workflow.batch`.
    """

    event: Literal[
        "plan", "job_info", "job_finished", "job_error", "batch_error", "error", "stopped"
    ]
    time: float
    message: str
    jobid: int
    rule_name: str
    input: Sequence[str]
    output: Sequence[str]
    log: Sequence[str]
    reason: str
    cores: int
    jobs: Sequence[Any]
    ended: Sequence[int]
    failed: Sequence[int]


def read_events(path: Path) -> list[Event]:
    """Read all events of a file; none where nothing happened, so that there is no file.

    Raises
    ------
    HandbookError
        The file holds something else.
    """
    if not path.exists():
        return []
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except json.JSONDecodeError:
        raise HandbookError(
            f"{path}: not a file of events; run Snakemake with a profile of workflow/profiles, "
            "whose logger writes it"
        ) from None


def last_of(folder: Path) -> Path:
    """Return the events of the last run of Snakemake in a folder.

    Raises
    ------
    HandbookError
        None has run there.
    """
    files = sorted(folder.glob(".snakemake/log/*.events.jsonl"))
    if not files:
        raise HandbookError(
            f"{folder.resolve()}: no run of the workflow has left its events here; name a folder "
            "that `make demo` or `make rebuild` has worked in"
        )
    return files[-1]
