"""What a job asks of a batch system: memory and time, from what it took, with head room.

On one machine nothing is held to it, unless Snakemake is told how much there is (``--resources
mem_mb=16000``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from handbook.workflow.expected import DURATIONS, MEMORY, estimator, name_of, shipped

__all__ = ["UNKNOWN_S", "memory_mb", "requests", "runtime_min"]

# Another machine computes at another pace, and libraries take what memory is there.
_TIMES_MEMORY = 1.5
_TIMES_DURATION = 4.0
# Snakemake, which a batch system's job runs twice, and the process that jobs of a group fork from.
_BESIDE_MIB = 1000.0
_START_MIN = 2.0
_STEP_MIB = 100
_UNKNOWN_MIB = 2000.0
#: Seconds of a job of which nothing is known, such as those of sweeps.
UNKNOWN_S = 3600.0


def memory_mb(peak: float, attempt: int = 1) -> int:
    """Return the MiB to ask for, which Snakemake calls MB, for a job that held `peak` at most.

    Each further attempt asks for twice as much.

    Examples
    --------
    >>> memory_mb(640), memory_mb(640, attempt=2)
    (2000, 4000)
    """
    steps = math.ceil((_TIMES_MEMORY * peak + _BESIDE_MIB) / _STEP_MIB)
    return steps * _STEP_MIB * _times(attempt)


def runtime_min(seconds: float, attempt: int = 1) -> int:
    """Return the minutes to ask for, for a job that took so many seconds.

    Examples
    --------
    >>> runtime_min(1.5), runtime_min(600), runtime_min(600, attempt=2)
    (3, 42, 84)
    """
    return math.ceil(_TIMES_DURATION * seconds / 60 + _START_MIN) * _times(attempt)


def _times(attempt: int) -> int:
    return 1 << (attempt - 1)


def requests(
    tier: str, log_of: Callable[[str, Any], Iterable[str]]
) -> dict[str, Callable[..., int]]:
    """Return the resources of every rule, as functions that Snakemake calls for each job.

    Parameters
    ----------
    tier : str
        Of the catalogue.
    log_of : callable
        Returns the log of a job, by the name of its rule and its wildcards.
    """
    peak = estimator(shipped(MEMORY, tier), combine=max, unknown=_UNKNOWN_MIB)
    seconds = estimator(shipped(DURATIONS, tier), combine=max, unknown=UNKNOWN_S)

    def memory(wildcards: Any, attempt: int, rulename: str) -> int:
        return memory_mb(peak(name_of(log_of(rulename, wildcards), rulename)), attempt)

    def runtime(wildcards: Any, attempt: int, rulename: str) -> int:
        return runtime_min(seconds(name_of(log_of(rulename, wildcards), rulename)), attempt)

    return {"mem_mb": memory, "runtime": runtime}
