"""Specifications of the jobs that say how uncertain scores on test rows are."""

from __future__ import annotations

from handbook.core.section import Section

__all__ = ["GaugeSpec"]


class GaugeSpec(Section):
    """Confidence intervals of the test scores of all runs on a data set."""

    data: str
    level: float
    draws: int  # resamples of a bootstrap
    seed: int
    runs: dict[str, str]  # the task of each run, by its name
