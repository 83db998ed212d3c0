"""Jobs that run for the same reason, told together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handbook.core.columns import shortened
from handbook.records.why.plan import Job
from handbook.records.why.reasons import Told

__all__ = ["lines"]

# So many reasons of one group are told without being asked.
_REASONS = 4


def lines(told: Sequence[Told], *, details: bool = False) -> Iterator[str]:
    """Yield what is told of a plan, as lines of text.

    Jobs with the same reasons stand together, those that only follow from others after these.

    Parameters
    ----------
    told : sequence of Told
    details : bool
        Tell every job and every reason.
    """
    if not told:
        yield "Nothing to do: every result is of the code, the parameters and the data as they are."
        return
    groups: dict[tuple[str, ...], list[Job]] = {}
    for one in told:
        if one.reasons:
            groups.setdefault(one.reasons, []).append(one.job)
    place = {job: number for number, jobs in enumerate(groups.values()) for job in jobs}
    followers: dict[frozenset[int], list[Job]] = {}
    for one in told:
        if not one.reasons:
            followers.setdefault(frozenset(place[job] for job in one.because), []).append(one.job)
    yield f"{len(told)} job{' would run.' if len(told) == 1 else 's would run.'}"
    for number, (reasons, jobs) in enumerate(groups.items()):
        yield ""
        yield from _group(jobs, reasons, details)
        own = followers.pop(frozenset([number]), [])
        if own:
            yield f"  because {_cause(jobs)}: {'; '.join(_named(own, details))}"
    if followers:
        yield ""
    every = list(groups.values())
    for numbers, jobs in sorted(followers.items(), key=lambda one: len(one[0])):
        causes = [job for number in sorted(numbers) for job in every[number]]
        cause = "of all this" if len(numbers) == len(every) else _cause(causes)
        yield f"because {cause}: {'; '.join(_named(jobs, details))}"


def _group(jobs: Sequence[Job], reasons: Sequence[str], details: bool) -> Iterator[str]:
    kept = reasons if details or len(reasons) <= _REASONS + 1 else reasons[:_REASONS]
    more = [f"and {len(reasons) - len(kept)} more (--details)"] if kept is not reasons else []
    *before, last = _named(jobs, details)
    yield from (f"{named};" for named in before)
    if len(reasons) == 1:
        yield f"{last}: {reasons[0]}"
    else:
        yield f"{last}:"
        yield from (f"  {reason}" for reason in [*kept, *more])


def _cause(jobs: Sequence[Job]) -> str:
    """Say briefly that jobs run.

    Examples
    --------
    >>> _cause([Job("", "", "handbook gate --log logs/gate/iris.log")])
    'gate iris runs'
    """
    if len(jobs) == 1:
        return f"{jobs[0].name} runs"
    if len(jobs) == 2:
        return f"{jobs[0].name} and {jobs[1].name} run"
    return "they run" if len({job.verb for job in jobs}) == 1 else f"these {len(jobs)} run"


def _named(jobs: Sequence[Job], details: bool) -> list[str]:
    """Name jobs; verbs that are done to the same things stand together.

    Examples
    --------
    >>> def job(place):
    ...     return Job("", "", f"handbook x --log logs/{place}.log")
    >>> _named([job("train/lenet"), job("crossval/lenet"), job("report")], False)
    ['train, crossval lenet', 'report']
    """
    targets: dict[str, list[str]] = {}
    for job in jobs:
        targets.setdefault(job.verb, []).append(job.target)
    alike: dict[tuple[str, ...], list[str]] = {}
    for verb, own in targets.items():
        alike.setdefault(tuple(sorted(own)), []).append(verb)
    said = []
    for alike_targets, verbs in alike.items():
        names = [name for name in alike_targets if name]
        listed = shortened(names, len(names) if details else 3)
        if len(names) > 4 and not details:
            listed = f"({len(names)} jobs: {listed})"
        said.append(f"{', '.join(verbs)} {listed}".rstrip())
    return said
