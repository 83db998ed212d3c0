"""The content of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from handbook.catalogue.text_faults import TextFault
from handbook.report.site.backtests import Backtest
from handbook.report.site.claims import Claim
from handbook.report.site.reseeded import Reseeded
from handbook.report.site.results import DataSet, Figure, Lab, Run
from handbook.report.site.sweeps import Sweep
from handbook.report.site.watched import Rehearsal

__all__ = ["Curves", "Site"]


class Curves(NamedTuple):
    """Learning and validation curves of a model on a data set; `record` holds their numbers."""

    model: str
    data: str
    figures: tuple[Figure, ...]
    record: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Site:
    """All that the report is made of, each in the catalogue's order.

    Parameters
    ----------
    runs, data, labs, claims
        With or without results.
    curves : tuple of Curves
        Those that were drawn.
    comparisons : mapping
        Content of ``comparisons.json``, by data set; empty where it is missing.
    side_by_side : mapping of str to tuple of Figure
        The histories of several runs in one figure, by model.
    bias_variance : Figure or None
        The errors of models taken apart.
    reseeded : mapping of str to Reseeded
        Scores from several seeds, by model.
    sweeps : tuple of Sweep
        Those that have results.
    text_faults : tuple of TextFault
        What is wrong in the book's text, without a run.
    backtests : tuple of Backtest
        Data sets split by time, with or without results.
    rehearsals : mapping of str to Rehearsal
        What a watch sees of rows without drift, by data set.
    """

    runs: tuple[Run, ...]
    data: tuple[DataSet, ...]
    labs: tuple[Lab, ...] = ()
    curves: tuple[Curves, ...] = ()
    comparisons: Mapping[str, Any] = field(default_factory=dict)
    side_by_side: Mapping[str, tuple[Figure, ...]] = field(default_factory=dict)
    bias_variance: Figure | None = None
    sweeps: tuple[Sweep, ...] = ()
    claims: tuple[Claim, ...] = ()
    text_faults: tuple[TextFault, ...] = ()
    reseeded: Mapping[str, Reseeded] = field(default_factory=dict)
    backtests: tuple[Backtest, ...] = ()
    rehearsals: Mapping[str, Rehearsal] = field(default_factory=dict)

    @property
    def sample(self) -> bool:
        """Whether any number comes from generated data."""
        return any(run.sample for run in self.runs) or any(data.sample for data in self.data)

    @property
    def figures(self) -> Iterator[Figure]:
        """Every figure that the pages show."""
        for run in self.runs:
            yield from run.figures
        for curves in self.curves:
            yield from curves.figures
        for figures in self.side_by_side.values():
            yield from figures
        yield from (lab.figure for lab in self.labs if lab.figure is not None)
        yield from (claim.figure for claim in self.claims if claim.figure is not None)
        if self.bias_variance is not None:
            yield self.bias_variance
        for backtest in self.backtests:
            yield from backtest.figures.values()
        for sweep in self.sweeps:
            yield from sweep.figures
