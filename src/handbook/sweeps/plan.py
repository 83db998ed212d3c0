"""Which trials of a sweep run in which job: the same plan on any number of cores.

A sweep is one round of jobs where no trial depends on another's score. Where trials do (TPE
proposes by what came before, pruning judges by it), rounds of a fixed size follow each other: what
a round knows does not depend on which of its trials ends first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from handbook.catalogue.space import Setting, Space

__all__ = ["Job", "jobs", "sequential", "settings", "total"]

# Jobs of a sweep in one round, and most trials of each: enough jobs to fill a machine, few enough
# that what each costs besides its trials does not count.
_JOBS, _MOST = 16, 50
# Jobs of a round that others wait for.
_ABREAST = 4


class Job(NamedTuple):
    """One job's place in a sweep, and the numbers of its trials."""

    round: int
    chunk: int
    trials: range


def sequential(spec: Mapping[str, Any]) -> bool:
    """Tell whether later trials depend on the scores of earlier ones."""
    return spec["strategy"] == "tpe" or bool(spec["prune"])


def total(spec: Mapping[str, Any]) -> int:
    """Count the trials of a sweep.

    Examples
    --------
    >>> spec = {"strategy": "random", "budget": 10, "space": {"k": [1, 2, 3]}, "prune": False}
    >>> total(spec), total(spec | {"strategy": "tpe"})
    (3, 10)
    """
    space = Space.of(spec["space"])
    if spec["strategy"] == "grid":
        return space.size()
    budget = int(spec["budget"])
    if spec["strategy"] == "random" and space.finite:
        return min(budget, space.whole().size())
    return budget


def jobs(spec: Mapping[str, Any]) -> list[Job]:
    """Return every job of a sweep, round by round.

    Trials are dealt out like cards, so that costs that grow along a grid are shared evenly.

    Examples
    --------
    >>> spec = {"strategy": "grid", "space": {"k": [1, 2, 3, 4, 5]}, "prune": False, "chunk": 3}
    >>> [list(job.trials) for job in jobs(spec)]
    [[0, 2, 4], [1, 3]]
    """
    count = total(spec)
    if not sequential(spec):
        size = spec.get("chunk") or min(max(1, math.ceil(count / _JOBS)), _MOST)
        return _dealt(0, 0, count, size)
    batch = spec["batch"]
    size = spec.get("chunk") or math.ceil(batch / _ABREAST)
    return [
        job
        for number, first in enumerate(range(0, count, batch))
        for job in _dealt(number, first, min(first + batch, count), size)
    ]


def _dealt(number: int, first: int, last: int, size: int) -> list[Job]:
    hands = math.ceil((last - first) / size)
    return [Job(number, hand, range(first + hand, last, hands)) for hand in range(hands)]


def settings(
    spec: Mapping[str, Any], job: Job, earlier: Sequence[Mapping[str, Any]]
) -> dict[int, Setting]:
    """Return the settings that a job tries, by number.

    Parameters
    ----------
    spec : mapping
        See :func:`handbook.catalogue.sweeps.sweep_spec`.
    job : Job
    earlier : sequence of mapping
        The trials of all earlier rounds, in order; read where the sweep is sequential.
    """
    space = Space.of(spec["space"])
    if spec["strategy"] == "tpe":
        from handbook.sweeps.tpe import propose

        asked = dict(enumerate(propose(spec, job.round, earlier), start=len(earlier)))
        return {number: asked[number] for number in job.trials}
    every = space.grid() if spec["strategy"] == "grid" else space.draws(spec["seed"])
    wanted = set(job.trials)
    return {n: one for n, one in enumerate(islice(every, job.trials.stop)) if n in wanted}
