"""Events of a run of Snakemake, as our logger plugin writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict

from handbook.core.errors import HandbookError

__all__ = ["Event", "read_events"]


class Event(TypedDict, total=False):
    """One line of the file; see ``snakemake_logger_plugin_handbook``.

    A ``job_info`` has all of the fields, a ``job_error`` its rule and its log.
    """

    event: Literal["job_info", "job_error", "error", "stopped"]
    message: str
    rule_name: str
    input: Sequence[str]
    output: Sequence[str]
    log: Sequence[str]
    reason: str


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
