"""A plan as text: jobs with the same reasons stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handbook.core.columns import shortened
from handbook.records.why.plan import Job
from handbook.records.why.reasons import Explanation

__all__ = ["lines"]

# Up to so many reasons of one group are shown without --details.
_REASONS = 4


def lines(plan: Sequence[Explanation], *, details: bool = False) -> Iterator[str]:
    """Yield a plan as lines of text.

    Jobs that only follow from others come after these.

    Parameters
    ----------
    plan : sequence of Explanation
    details : bool
        Show every job and every reason.
    """
    if not plan:
        yield "Nothing to do: every result is of the code, the parameters and the data as they are."
        return
    groups: dict[tuple[str, ...], list[Job]] = {}
    for explanation in plan:
        if explanation.reasons:
            groups.setdefault(explanation.reasons, []).append(explanation.job)
    group_of = {job: number for number, jobs in enumerate(groups.values()) for job in jobs}
    followers: dict[frozenset[int], list[Job]] = {}
    for explanation in plan:
        if not explanation.reasons:
            causes = frozenset(group_of[job] for job in explanation.because)
            followers.setdefault(causes, []).append(explanation.job)
    yield f"{len(plan)} job{' would run.' if len(plan) == 1 else 's would run.'}"
    for number, (reasons, jobs) in enumerate(groups.items()):
        yield ""
        yield from _group(jobs, reasons, details)
        own = followers.pop(frozenset([number]), [])
        if own:
            yield f"  because {_cause(jobs)}: {'; '.join(_names(own, details))}"
    if followers:
        yield ""
    every = list(groups.values())
    for numbers, jobs in sorted(followers.items(), key=lambda item: len(item[0])):
        before = [job for number in sorted(numbers) for job in every[number]]
        cause = "of all this" if len(numbers) == len(every) else _cause(before)
        yield f"because {cause}: {'; '.join(_names(jobs, details))}"


def _group(jobs: Sequence[Job], reasons: Sequence[str], details: bool) -> Iterator[str]:
    kept = reasons if details or len(reasons) <= _REASONS + 1 else reasons[:_REASONS]
    more = [f"and {len(reasons) - len(kept)} more (--details)"] if kept is not reasons else []
    *before, last = _names(jobs, details)
    yield from (f"{names};" for names in before)
    if len(reasons) == 1:
        yield f"{last}: {reasons[0]}"
    else:
        yield f"{last}:"
        yield from (f"  {reason}" for reason in [*kept, *more])


def _cause(jobs: Sequence[Job]) -> str:
    """Return a short clause that says that jobs run.

    Examples
    --------
    >>> _cause([Job("gate", "iris")])
    'gate iris runs'
    """
    if len(jobs) == 1:
        return f"{jobs[0].name} runs"
    if len(jobs) == 2:
        return f"{jobs[0].name} and {jobs[1].name} run"
    return "they run" if len({job.verb for job in jobs}) == 1 else f"these {len(jobs)} run"


def _names(jobs: Sequence[Job], details: bool) -> list[str]:
    """Name jobs, with the verbs of the same targets together.

    Examples
    --------
    >>> _names([Job("train", "lenet"), Job("crossval", "lenet"), Job("report")], False)
    ['train, crossval lenet', 'report']
    """
    targets: dict[str, list[str]] = {}
    for job in jobs:
        targets.setdefault(job.verb, []).append(job.target)
    verbs_of: dict[tuple[str, ...], list[str]] = {}
    for verb, own in targets.items():
        verbs_of.setdefault(tuple(sorted(own)), []).append(verb)
    texts = []
    for same, verbs in verbs_of.items():
        names = [name for name in same if name]
        text = shortened(names, len(names) if details else 3)
        if len(names) > 4 and not details:
            text = f"({len(names)} jobs: {text})"
        texts.append(f"{', '.join(verbs)} {text}".rstrip())
    return texts
