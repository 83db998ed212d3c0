"""Specification of an explanation."""

from __future__ import annotations

from handbook.core.section import Section
from handbook.training.spec import RunSpec

__all__ = ["ExplainSpec"]


class ExplainSpec(Section):
    """What to compute of a fitted run.

    Parameters
    ----------
    run : RunSpec
    shows : list of str
        Names of displays, out of `handbook.explain.explain.KINDS`.
    shuffles : int
        Shuffles per column for permutation importances.
    """

    run: RunSpec
    shows: list[str]
    shuffles: int
