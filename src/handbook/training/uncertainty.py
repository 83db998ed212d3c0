"""Specifications of the jobs that say how uncertain scores on test rows are."""

from __future__ import annotations

from typing import Any

from handbook.core.section import Section
from handbook.training.spec import RunSpec

__all__ = ["GaugeSpec", "ReseedSpec"]


class GaugeSpec(Section):
    """Confidence intervals of the test scores of all runs on a data set."""

    data: str
    level: float
    draws: int  # resamples of a bootstrap
    seed: int
    runs: dict[str, str]  # the task of each run, by its name


class ReseedSpec(Section):
    """Trainings of one run from several seeds."""

    run: RunSpec  # its own seed is none of them
    seeds: list[int]
    work: str  # digest of the run as the catalogue trains it whole
    shortened: dict[str, list[Any]]  # parameters that are other than that run's: here, and there
