"""Where the time of a rebuild goes: the longest chain of jobs, work, and cores without any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError
from handbook.core.numbers import duration
from handbook.records.jobs import Job, last_run, recorded
from handbook.workflow.layout import Task, layout

__all__ = [
    "RuleTime",
    "Span",
    "Times",
    "critical_path",
    "heading",
    "laid_out",
    "lines",
    "measured",
    "times",
]

# Of the seconds of all jobs: a run that had as many counts as a rebuild of everything.
_WHOLE = 0.9


@dataclass(frozen=True)
class RuleTime:
    """What the jobs of a rule took.

    Parameters
    ----------
    jobs : int
    work : float
        Seconds times threads.
    longest : str
        Name of the job that took longest.
    longest_seconds : float
    idle : float
        Seconds of cores without a job while those of the rule were at work; where several rules
        were, each bears a part that is as large as its part of the threads.
    """

    jobs: int
    work: float
    longest: str
    longest_seconds: float
    idle: float


@dataclass(frozen=True)
class Span:
    """Jobs on cores, from the first that starts to the last that ends.

    Parameters
    ----------
    cores, jobs : int
    seconds : float
        From the start to the end: the makespan.
    work : float
        Seconds that jobs took, times their threads.
    critical : float
        Seconds of the longest chain of jobs that each need the one before.
    path : list of (str, float)
        The jobs of that chain and what each took.
    bound : float
        No order of these jobs ends earlier.
    idle_share : float
        Of the seconds of all cores, those without a job.
    rules : mapping of str to RuleTime
        Most work first.
    """

    cores: int
    jobs: int
    seconds: float
    work: float
    critical: float
    path: Sequence[tuple[str, float]]
    bound: float
    idle_share: float
    rules: Mapping[str, RuleTime] = field(default_factory=dict)


@dataclass(frozen=True)
class Times:
    """The last run in a folder, and all jobs that have records there.

    Parameters
    ----------
    last : Span or None
        As it went; None where no run has left its events.
    planned : int
        Number of jobs that it set out to run.
    everything : Span
        All jobs, each as it last ran: as it went where the last run ran them all, else laid out
        on the cores as Snakemake would.
    whole : bool
        Whether the last run ran them all, or so nearly that it counts as a whole rebuild.
    """

    last: Span | None
    planned: int
    everything: Span
    whole: bool

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return asdict(self)


def times(folder: Path, cores: int | None = None) -> Times:
    """Reckon the times of the jobs that ran in a folder.

    Parameters
    ----------
    folder : Path
        The folder that the workflow runs in.
    cores : int, optional
        To lay all jobs out on, as if they ran anew; by default those of the last run, else 2.

    Raises
    ------
    HandbookError
        There are no records.
    """
    jobs, run = recorded(folder), last_run(folder)
    if not jobs:
        raise HandbookError(
            f"{folder.resolve()}: no records of jobs; name a folder that `make demo` or "
            "`make rebuild` has worked in"
        )
    if run is None or not run.jobs:
        return Times(None, 0, laid_out(jobs, cores or 2), whole=False)
    last = measured(run.jobs, run.cores, run.begun)
    whole = last.work >= _WHOLE * _work(jobs) and cores in (None, run.cores)
    everything = last if whole else laid_out(jobs, cores or run.cores)
    return Times(last, run.planned, everything, whole)


def measured(jobs: Mapping[str, Job], cores: int, begun: float | None = None) -> Span:
    """Reckon with jobs as they ran.

    Parameters
    ----------
    jobs : mapping of str to Job
        By name, at least one.
    cores : int
    begun : float, optional
        When the first could start; by default it did then.
    """
    start = min(job.begun for job in jobs.values()) if begun is None else begun
    seconds = max(job.begun + job.seconds for job in jobs.values()) - start
    work = _work(jobs)
    path = critical_path(jobs)
    critical = sum(took for _, took in path)
    return Span(
        cores=cores,
        jobs=len(jobs),
        seconds=seconds,
        work=work,
        critical=critical,
        path=path,
        bound=max(critical, work / cores),
        idle_share=max(0.0, 1 - work / (cores * seconds)) if seconds else 0.0,
        rules=_by_rule(jobs, cores),
    )


def laid_out(jobs: Mapping[str, Job], cores: int) -> Span:
    """Reckon with jobs as Snakemake would run them on so many cores, from nothing."""
    fitting = {
        name: job._replace(threads=min(job.threads, cores), begun=0.0) for name, job in jobs.items()
    }
    tasks = {
        name: Task(job.seconds, job.threads, job.priority, order)
        for order, (name, job) in enumerate(fitting.items())
    }
    needs = {name: job.needs for name, job in jobs.items()}
    starts = layout(tasks, needs, cores)
    return measured({name: fitting[name]._replace(begun=starts[name]) for name in starts}, cores)


def critical_path(jobs: Mapping[str, Job]) -> list[tuple[str, float]]:
    """Return the longest chain of jobs that each need the one before, with what each took.

    Examples
    --------
    >>> critical_path({"a": Job("fit", 2), "b": Job("fit", 5), "c": Job("draw", 1, needs=("a",))})
    [('b', 5)]
    """
    ends: dict[str, float] = {}
    before: dict[str, str | None] = {}
    for name in TopologicalSorter({name: job.needs for name, job in jobs.items()}).static_order():
        if name in jobs:
            needs = [need for need in jobs[name].needs if need in ends]
            before[name] = max(needs, key=lambda need: ends[need], default=None)
            latest = before[name]
            ends[name] = jobs[name].seconds + (ends[latest] if latest is not None else 0.0)
    path: list[tuple[str, float]] = []
    step = max(ends, key=lambda name: ends[name], default=None)
    while step is not None:
        path.append((step, jobs[step].seconds))
        step = before[step]
    return path[::-1]


def _work(jobs: Mapping[str, Job]) -> float:
    return sum(job.seconds * job.threads for job in jobs.values())


def _by_rule(jobs: Mapping[str, Job], cores: int) -> dict[str, RuleTime]:
    idle = _idle(jobs, cores)
    rules: dict[str, RuleTime] = {}
    for name, job in jobs.items():
        sums = rules.get(job.rule, RuleTime(0, 0.0, "", -1.0, idle.get(job.rule, 0.0)))
        if job.seconds > sums.longest_seconds:
            sums = replace(sums, longest=name, longest_seconds=job.seconds)
        work = sums.work + job.seconds * job.threads
        rules[job.rule] = replace(sums, jobs=sums.jobs + 1, work=work)
    return dict(sorted(rules.items(), key=lambda item: -item[1].work))


def _idle(jobs: Mapping[str, Job], cores: int) -> dict[str, float]:
    """Return by rule the seconds of cores without a job while its jobs were at work."""
    changes = [(job.begun, job.threads, job.rule) for job in jobs.values()]
    changes += [(job.begun + job.seconds, -job.threads, job.rule) for job in jobs.values()]
    at_work: dict[str, int] = defaultdict(int)
    idle: dict[str, float] = defaultdict(float)
    earlier = 0.0
    for now, threads, rule in sorted(changes):
        total = sum(at_work.values())
        if 0 < total < cores:
            for name, count in at_work.items():
                idle[name] += (cores - total) * (now - earlier) * count / total
        at_work[rule] += threads
        earlier = now
    return idle


def heading(reckoned: Times) -> str:
    """Say what is reckoned with: a whole rebuild as it went, or what each job took when it ran."""
    span, last = reckoned.everything, reckoned.last
    cores = "1 core" if span.cores == 1 else f"{span.cores} cores"
    if reckoned.whole:
        return f"The last rebuild as it went: {span.jobs:,} jobs on {cores}"
    said = ""
    if last is not None:
        left = f" of {reckoned.planned:,} planned" if last.jobs < reckoned.planned else ""
        jobs = "1 job" if last.jobs == 1 and not left else f"{last.jobs:,}{left} jobs"
        said = f"The last run made {jobs} in {duration(last.seconds)} and kept the rest. "
    return f"{said}All {span.jobs:,} jobs, each as it last ran, laid out on {cores}"


def lines(reckoned: Times) -> Iterator[str]:
    """Yield what people read of it."""
    span = reckoned.everything
    yield f"{heading(reckoned)}:"
    yield ""
    times_bound = f"{span.seconds / span.bound:.2f} times the bound" if span.bound else ""
    yield f"  makespan       {duration(span.seconds):>12}   {times_bound}"
    yield f"  bound          {duration(span.bound):>12}   the greater of the next and work / cores"
    yield f"  critical path  {duration(span.critical):>12}   the longest chain of jobs"
    yield f"  work           {duration(span.work):>12}   seconds times threads"
    yield f"  idle           {100 * span.idle_share:>10.1f} %   of the cores' time"
    yield ""
    yield "critical path"
    yield from (f"  {duration(took):>12}  {name}" for name, took in span.path)
    yield ""
    width = max([4, *map(len, span.rules)])
    yield f"{'rule':<{width}}  jobs          work  share          idle  longest job"
    for rule, sums in span.rules.items():
        longest = f"{duration(sums.longest_seconds)}, {sums.longest}"
        yield (
            f"{rule:<{width}} {sums.jobs:>5,}  {duration(sums.work):>12} "
            f"{sums.work / span.work:>6.1%}  {duration(sums.idle):>12}  {longest}"
        )
