"""Specification of an explanation."""

from __future__ import annotations

from handbook.core.section import Section
from handbook.training.spec import RunSpec

__all__ = ["ExplainSpec"]


class ExplainSpec(Section):
    """What to compute of a fitted run."""

    run: RunSpec
    shows: list[str]  # names of displays, out of `handbook.tasks.figures.SHOWS`
    shuffles: int  # shuffles per column for permutation importances
