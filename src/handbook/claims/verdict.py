"""From measurements to a verdict, by a rule that is fixed before anything is measured.

Each part of a claim has an effect, positive where the claim is right, and a smallest effect of
interest. The part *holds* where the whole interval of the effect lies at or above it, *does not
hold* where the whole interval lies below it, and *cannot be told* where the interval has it inside.
All intervals of a claim hold together at the level: each has the level that Bonferroni gives it.

The claim *holds* where all its parts do, and *does not hold here* where none does. It *holds only
when* some parts hold and others do not. All else *cannot be told*, and so does every demo.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from handbook.claims.finding import Part
from handbook.tasks.interval import mean_interval
from handbook.tasks.shares import wilson

__all__ = ["Judged", "Outcome", "Verdict", "conclude", "interval", "judge"]

Outcome = Literal["holds", "does not hold", "cannot be told"]
Kind = Literal["holds", "holds only when", "does not hold here", "cannot be told"]


class Judged(NamedTuple):
    """A part of a claim, held against its smallest effect of interest."""

    estimate: float
    interval: tuple[float, float]
    least: float
    outcome: Outcome


class Verdict(NamedTuple):
    """The verdict on a claim: its kind, and the whole of it in words."""

    kind: Kind
    words: str


def interval(part: Part, level: float) -> tuple[float, tuple[float, float]]:
    """Return the mean of a part's values and its interval.

    Differences of pairs have Student's interval, wider where the seeds split the same rows
    (Nadeau and Bengio, 2003); shares have Wilson's.

    Examples
    --------
    >>> mean, ends = interval(Part("a", "", "", (1.0, 2.0, 3.0)), 0.95)
    >>> mean, [round(end, 3) for end in ends]
    (2.0, [-0.484, 4.484])
    >>> mean, ends = interval(Part("a", "", "", (1.0, 1.0, 0.0, 1.0), "share"), 0.95)
    >>> mean, [round(end, 3) for end in ends]
    (0.75, [0.301, 0.954])
    """
    if part.kind == "share":
        hits, trials = round(sum(part.values)), len(part.values)
        return hits / trials, wilson(hits, trials, level)
    mean, _, (low, high) = mean_interval(part.values, share=part.overlap, level=level)
    return mean, (low, high)


def judge(part: Part, least: float, level: float) -> Judged:
    """Hold the interval of a part against the smallest effect of interest.

    Examples
    --------
    >>> judge(Part("a", "", "", (0.3, 0.4, 0.35)), least=0.1, level=0.95).outcome
    'holds'
    >>> judge(Part("a", "", "", (0.01, 0.0, 0.02)), least=0.1, level=0.95).outcome
    'does not hold'
    """
    estimate, (low, high) = interval(part, level)
    outcome: Outcome = "cannot be told"
    if low >= least:
        outcome = "holds"
    elif high < least:
        outcome = "does not hold"
    return Judged(estimate, (low, high), least, outcome)


def conclude(parts: Sequence[tuple[str, Outcome]]) -> Verdict:
    """Return the verdict on a claim from the circumstance and the outcome of each of its parts.

    Examples
    --------
    >>> conclude([("the rate is low", "does not hold"), ("it is high", "holds")]).words
    'holds only when it is high; does not hold when the rate is low'
    >>> conclude([("the rate is low", "holds")])
    Verdict(kind='holds', words='holds')
    """
    by_outcome: dict[Outcome, list[str]] = {}
    for when, outcome in parts:
        by_outcome.setdefault(outcome, []).append(when)
    kind: Kind = "cannot be told"
    if by_outcome.keys() == {"holds"}:
        kind = "holds"
    elif by_outcome.keys() == {"does not hold"}:
        kind = "does not hold here"
    elif by_outcome.keys() >= {"holds", "does not hold"}:
        kind = "holds only when"
    if len(by_outcome) == 1:
        return Verdict(kind, kind)
    begins = {"holds": kind} if kind == "holds only when" else {"holds": "holds when"}
    order: tuple[Outcome, ...] = ("holds", "does not hold", "cannot be told")
    return Verdict(
        kind,
        "; ".join(
            f"{begins.get(outcome, f'{outcome} when')} {_listed(by_outcome[outcome])}"
            for outcome in order
            if outcome in by_outcome
        ),
    )


def _listed(circumstances: Sequence[str]) -> str:
    *others, last = circumstances
    return f"{', '.join(others)} or {last}" if others else last
