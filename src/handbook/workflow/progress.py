"""How far a run is, and when it will end: events go in, an estimate comes out.

Expected seconds of jobs (:mod:`handbook.workflow.expected`) are scaled by what jobs of the same
kind took in this run. The jobs that are left are then laid out on the cores as Snakemake would,
by priority and with their threads, each behind the jobs that it needs: so the estimate is never
below the longest chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handbook.workflow.layout import Task, layout

__all__ = ["Estimate", "Planned", "Progress"]

# Of the seconds that all jobs, or those of a kind, are expected to take: the share after which what
# is seen of them counts as much as what was expected. Of the shortest runs, so many seconds.
_TRUST = 0.1
_TRUST_S = 20.0
# A job that took this many times as long as jobs usually do against expectation counts no more.
_FURTHEST = 4.0
# What a job that is late is taken to need still, as a share of what it has taken.
_LATE = 0.2


class Planned(NamedTuple):
    """A job that is to run.

    Parameters
    ----------
    number : int
        Snakemake's.
    kind : str
        Jobs of one kind are late or early together.
    threads : int
    priority : float
        Of jobs that could start, the highest does.
    seconds : float
        How long it is expected to take.
    needs : sequence of int
        The jobs, of those that are to run, that must end before.
    """

    number: int
    kind: str
    threads: int
    priority: float
    seconds: float
    needs: Sequence[int]


class Estimate(NamedTuple):
    """What is known of a run at a time.

    Parameters
    ----------
    share : float
        Of the seconds of all jobs, times threads, those behind us.
    left : float
        Seconds until the end.
    running : mapping of int to float
        The jobs at work and when each started, the longest at work first.
    finished, failed, total : int
        Numbers of jobs.
    """

    share: float
    left: float
    running: Mapping[int, float]
    finished: int
    failed: int
    total: int


@dataclass
class _Seen:
    expected: float
    seconds: float


class Progress:
    """A run, as far as its events tell.

    Parameters
    ----------
    jobs : iterable of Planned
    cores : int

    Examples
    --------
    Two jobs of 60 s on one core, of which the first took twice as long:

    >>> first, second = Planned(1, "train", 1, 0, 60, []), Planned(2, "train", 1, 0, 60, [1])
    >>> progress = Progress([first, second], cores=1)
    >>> progress.estimate(0).left
    120.0
    >>> progress.start(1, 0)
    >>> progress.finish(1, 120)
    >>> 100 < progress.estimate(120).left <= 120
    True
    """

    def __init__(self, jobs: Iterable[Planned], cores: int) -> None:
        self._jobs = {job.number: job for job in jobs}
        self._cores = max(1, cores)
        self._started: dict[int, float] = {}
        self._took: dict[int, float] = {}
        self._failed: set[int] = set()
        self._behind: dict[int, list[int]] = defaultdict(list)
        for job in self._jobs.values():
            for need in job.needs:
                self._behind[need].append(job.number)

    def start(self, number: int, now: float) -> None:
        """Take note of a job that starts, perhaps again after it failed."""
        if number not in self._jobs:  # the graph has grown
            self._jobs[number] = Planned(number, "", 1, 0, 1.0, [])
        self._failed.discard(number)
        self._started[number] = now

    def finish(self, number: int, now: float) -> None:
        """Take note of a job that has ended well."""
        if number in self._started:
            self._took[number] = max(0.0, now - self._started.pop(number))

    def put_back(self, number: int) -> None:
        """Take note of a job that has not failed, but has to wait again."""
        self._started.pop(number, None)

    def fail(self, number: int) -> None:
        """Take note of a job that has failed."""
        self._started.pop(number, None)
        if number in self._jobs:
            self._failed.add(number)

    def estimate(self, now: float) -> Estimate:
        """Return how far the run is at the time `now`, in the seconds that events are in."""
        scale = self._scales(now)
        seconds = {
            number: job.seconds * scale[job.kind]
            for number, job in self._jobs.items()
            if number not in self._took
        }
        running = {}
        for number, start in sorted(self._started.items(), key=lambda item: item[1]):
            elapsed = max(0.0, now - start)
            running[number] = max(seconds.pop(number) - elapsed, _LATE * elapsed)
        for number in self._without_hope():
            seconds.pop(number, None)
        behind = sum(took * self._threads(number) for number, took in self._took.items())
        behind += sum((now - self._started[number]) * self._threads(number) for number in running)
        ahead = sum(s * self._threads(n) for each in (seconds, running) for n, s in each.items())
        return Estimate(
            share=behind / (behind + ahead) if behind + ahead else 1.0,
            left=self._end(seconds, running),
            running={number: self._started[number] for number in running},
            finished=len(self._took),
            failed=len(self._failed),
            total=len(self._jobs),
        )

    def _threads(self, number: int) -> int:
        return min(self._cores, self._jobs[number].threads)

    def _scales(self, now: float) -> dict[str, float]:
        """Return by kind how many times as long as expected its jobs take."""
        seen: dict[str, list[_Seen]] = defaultdict(list)
        for number, took in self._took.items():
            job = self._jobs[number]
            seen[job.kind].append(_Seen(max(job.seconds, 1e-3), took))
        usual = _median(pair for pairs in seen.values() for pair in pairs)
        totals: dict[str, float] = defaultdict(float)
        for job in self._jobs.values():
            totals[job.kind] += job.seconds
        expected = took = _TRUST_S + _TRUST * sum(totals.values())
        sums: dict[str, tuple[float, float]] = {}
        for kind, pairs in seen.items():
            of_kind = sum(pair.expected for pair in pairs)
            in_bounds = sum(_bounded(pair, usual) for pair in pairs)
            sums[kind] = of_kind, in_bounds
            expected, took = expected + of_kind, took + in_bounds
        overall = took / expected
        scales: dict[str, float] = defaultdict(lambda: overall)
        for kind, total in totals.items():
            of_kind, in_bounds = sums.get(kind, (0.0, 0.0))
            trust = _TRUST_S + _TRUST * total
            scales[kind] = self._with_late(kind, of_kind + trust, in_bounds + overall * trust, now)
        return scales

    def _with_late(self, kind: str, expected: float, took: float, now: float) -> float:
        """Return the scale of a kind; jobs still at work that are late by it raise it."""
        for number, start in self._started.items():
            job = self._jobs[number]
            elapsed = now - start
            if job.kind == kind and elapsed > job.seconds * took / expected:
                expected += job.seconds
                took += min(elapsed, _FURTHEST * job.seconds * took / expected)
        return took / expected

    def _without_hope(self) -> set[int]:
        """Return the jobs that failed, and those that wait for one."""
        lost, stack = set[int](), list(self._failed)
        while stack:
            number = stack.pop()
            if number not in lost:
                lost.add(number)
                stack.extend(self._behind[number])
        return lost

    def _end(self, seconds: Mapping[int, float], running: Mapping[int, float]) -> float:
        """Return when the last job ends, if each starts as soon as it can."""
        ahead, at_work = self._tasks(seconds), self._tasks(running)
        needs = {number: self._jobs[number].needs for number in ahead}
        starts = layout(ahead, needs, self._cores, at_work)
        every = {**ahead, **at_work}
        return max((start + every[number].seconds for number, start in starts.items()), default=0.0)

    def _tasks(self, seconds: Mapping[int, float]) -> dict[int, Task]:
        return {
            number: Task(left, self._threads(number), self._jobs[number].priority, number)
            for number, left in seconds.items()
        }


def _bounded(pair: _Seen, usual: float) -> float:
    low, high = usual / _FURTHEST * pair.expected, usual * _FURTHEST * pair.expected
    return min(max(pair.seconds, low), high)


def _median(pairs: Iterable[_Seen]) -> float:
    """Return the median of seen by expected seconds, each weighed by what was expected."""
    ordered = sorted(pairs, key=lambda pair: pair.seconds / pair.expected)
    half, behind = sum(pair.expected for pair in ordered) / 2, 0.0
    for pair in ordered:
        behind += pair.expected
        if behind >= half:
            return pair.seconds / pair.expected
    return 1.0
