"""Which trials of a sweep run in which job: the same plan on any number of cores.

A sweep is one round of jobs where no trial depends on another's score. Where trials do (TPE
proposes by earlier scores, pruning compares with them), rounds of a fixed size follow each other:
what a round starts from does not depend on which of its trials ends first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from handbook.catalogue.space import Setting
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.core.folders import SweepFolder
from handbook.sweeps.trials import Trial

__all__ = ["Job", "jobs", "outputs", "settings", "total"]

# Jobs of a sweep in one round, and most trials of each: enough jobs to fill a machine, few enough
# that the start of a job takes little of its time.
_JOBS, _MOST = 16, 50
# Jobs of a round that others wait for.
_ABREAST = 4


class Job(NamedTuple):
    """Round and chunk of one job of a sweep, and the numbers of its trials."""

    round: int
    chunk: int
    trials: range


def total(spec: SweepSpec) -> int:
    """Count the trials of a sweep."""
    space = spec.search_space
    if spec.strategy == "grid":
        return space.size()
    budget = int(spec.budget or 0)
    if spec.strategy == "random" and space.finite:
        return min(budget, space.whole().size())
    return budget


def jobs(spec: SweepSpec) -> list[Job]:
    """Return every job of a sweep, round by round.

    Trials are dealt out like cards, so that costs that grow along a grid are shared evenly.
    """
    count = total(spec)
    if not spec.sequential:
        size = spec.chunk or min(max(1, math.ceil(count / _JOBS)), _MOST)
        return _dealt(0, 0, count, size)
    size = spec.chunk or math.ceil(spec.batch / _ABREAST)
    return [
        job
        for number, first in enumerate(range(0, count, spec.batch))
        for job in _dealt(number, first, min(first + spec.batch, count), size)
    ]


def _dealt(number: int, first: int, last: int, size: int) -> list[Job]:
    hands = math.ceil((last - first) / size)
    return [Job(number, hand, range(first + hand, last, hands)) for hand in range(hands)]


def outputs(spec: SweepSpec, folder: SweepFolder, before: int | None = None) -> list[Path]:
    """Return the files that the jobs write; of the rounds before a given one, or of all."""
    return [
        folder.chunk(job.round, job.chunk)
        for job in jobs(spec)
        if before is None or job.round < before
    ]


def settings(spec: SweepSpec, job: Job, earlier: Sequence[Trial]) -> dict[int, Setting]:
    """Return the settings that a job tries, by number.

    Parameters
    ----------
    spec : SweepSpec
    job : Job
    earlier : sequence of Trial
        The trials of all earlier rounds, in order; read where the strategy is TPE.
    """
    if spec.strategy == "tpe":
        from handbook.sweeps.tpe import propose

        proposed = dict(enumerate(propose(spec, job.round, earlier), start=len(earlier)))
        return {number: proposed[number] for number in job.trials}
    space = spec.search_space
    every = space.grid() if spec.strategy == "grid" else space.draws(spec.seed)
    numbered = enumerate(islice(every, job.trials.stop))
    return {number: setting for number, setting in numbered if number in job.trials}
