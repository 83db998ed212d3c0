"""How much memory jobs took: each one's log ends with it."""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["note", "peaks"]

_NOTE = re.compile(r"^peak memory: (\d+) MiB$", re.MULTILINE)
_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def note(log: Path) -> None:
    """Write into a job's log the most memory that its process held.

    Pages that a fork shares with its server count as its own: by itself, it would need them.
    """
    with log.open("a", encoding="utf-8") as file:
        file.write(f"peak memory: {_peak_mib():.0f} MiB\n")


def _peak_mib() -> float:
    if _STATUS.exists():  # its own alone: `getrusage` begins with that of whoever started it
        return int(_PEAK.findall(_STATUS.read_text("utf-8", "replace"))[0]) / 2**10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)  # bytes there, KiB elsewhere


def peaks(workdir: Path, logs: Iterable[str]) -> dict[str, int]:
    """Return the MiB that jobs held at most, by the path of their log.

    Parameters
    ----------
    workdir : Path
        The folder that the workflow runs in.
    logs : iterable of str
        Those without a note, or that are gone, are left out.
    """
    peak_of_log = {}
    for log in logs:
        path = workdir / log
        notes = _NOTE.findall(path.read_text("utf-8", "replace")) if path.is_file() else []
        if notes:
            peak_of_log[log] = int(notes[-1])
    return peak_of_log
