"""Leakage: the same models with and without a column that is known only after the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from handbook.data.sets.bank_marketing_realistic import LEAK
from handbook.report.site.pages import LEAKAGE
from handbook.report.site.pictures.strip import scale
from handbook.report.site.results import DataSet, Run
from handbook.report.site.site import Site

__all__ = ["Leak", "Pair", "leakage"]


class Pair(NamedTuple):
    """The same model and variant, with the column and without it."""

    leaky: Run
    honest: Run

    def drop(self, metric: str) -> float | None:
        """Return by how much the cross-validated mean changes when the column is left out."""
        before, after = self.leaky.mean(metric), self.honest.mean(metric)
        return None if before is None or after is None else after - before

    def test_drop(self, metric: str) -> float | None:
        """Return the same of the figure on the test rows."""
        before, after = self.leaky.metrics.get(metric), self.honest.metrics.get(metric)
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Leak:
    """Two data sets that differ by a column, and every model that learnt from both."""

    leaky: DataSet
    honest: DataSet
    column: str
    metric: str
    pairs: tuple[Pair, ...]

    @property
    def limits(self) -> tuple[float, float]:
        """The range that the strips share."""
        return scale([run for pair in self.pairs for run in pair], self.metric)

    @property
    def mean_drop(self) -> float | None:
        """Mean over models of :meth:`Pair.drop`."""
        drops = [drop for pair in self.pairs if (drop := pair.drop(self.metric)) is not None]
        return sum(drops) / len(drops) if drops else None


def leakage(site: Site) -> Leak | None:
    """Pair the runs on the two data sets of :data:`~handbook.report.site.pages.LEAKAGE`.

    Returns
    -------
    Leak or None
        Its pairs as the first data set ranks them; None where the catalogue lacks either set.
    """
    sets = {data.name: data for data in site.data}
    if not set(LEAKAGE) <= set(sets):
        return None
    leaky, honest = (
        {
            (run.model, run.variant): run
            for run in sorted(site.runs, key=lambda run: run.rank)
            if run.data == name and run.state == "finished"
        }
        for name in LEAKAGE
    )
    pairs = tuple(Pair(run, honest[name]) for name, run in leaky.items() if name in honest)
    metric = next((pair.leaky.primary for pair in pairs), "")
    return Leak(sets[LEAKAGE[0]], sets[LEAKAGE[1]], LEAK, metric, pairs)
