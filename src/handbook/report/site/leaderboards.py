"""Runs on one data set: ranked, compared with their dummy, and tested against each other."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from handbook.records.champions import champions
from handbook.report.site.pictures.strip import scale
from handbook.report.site.results import FAMILIAR, DataSet, Run
from handbook.report.site.site import Site
from handbook.tasks.interval import mean_interval
from handbook.tasks.metric import Metric
from handbook.tasks.power import detectable

__all__ = ["Cell", "Comparison", "Leaderboard", "leaderboards"]


class Cell(NamedTuple):
    """How a run does against one that ranks below it.

    Parameters
    ----------
    difference : float
        Mean over folds of its score minus the other's.
    p : float or None
        Of the test that the two are equally good, adjusted for all pairs.
    verdict : str
        ``better`` or ``worse`` where that is below the limit, else ``even``.
    error : float or None
        Corrected standard error of the difference.
    """

    difference: float
    p: float | None
    verdict: Literal["better", "worse", "even"]
    error: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Every pair of runs of a data set, tested on the same folds.

    Parameters
    ----------
    runs : tuple of Run
        Best first.
    metric : str
    folds : int
    limit : float
        A difference counts where its p-value is below this.
    table : mapping
        Cell of each pair of places in `runs`.
    """

    runs: tuple[Run, ...]
    metric: str
    folds: int
    limit: float
    table: Mapping[tuple[int, int], Cell]

    @cached_property
    def strictest(self) -> float:
        """What p has to lie below, before adjustment, for a pair that was not told apart.

        Holm's procedure stops at the first p that is not below the limit divided by the number of
        pairs left.
        """
        tested = [cell for cell in self.table.values() if cell.p is not None]
        left = len(tested) - sum(cell.verdict != "even" for cell in tested)
        return self.limit / max(1, left)

    def detectable(self, cell: Cell) -> tuple[float, float] | None:
        """Return the true difference that was found with a chance of 80 %: alone, among all.

        Alone is as if its pair had been the only one to be tested.
        """
        if not cell.error:
            return None
        alone, among = (detectable(self.folds, limit) for limit in (self.limit, self.strictest))
        return alone * cell.error, among * cell.error

    @cached_property
    def usual(self) -> tuple[float, float] | None:
        """Medians of these over the pairs that could not be told apart."""
        pairs = [self.detectable(cell) for cell in self.table.values() if cell.verdict == "even"]
        seen = [pair for pair in pairs if pair is not None]
        if not seen:
            return None
        alone, among = zip(*seen, strict=True)
        return statistics.median(alone), statistics.median(among)

    @cached_property
    def decimals(self) -> int:
        """Decimals that give a usual difference two or three digits."""
        usual = statistics.median(abs(cell.difference) for cell in self.table.values())
        magnitude = math.floor(math.log10(usual)) if usual else -2
        return 1 - magnitude if magnitude < 0 else max(0, 2 - magnitude)

    @property
    def even_with_best(self) -> list[Run]:
        """Runs that cannot be told apart from the first."""
        ranks = range(1, len(self.runs))
        return [self.runs[rank] for rank in ranks if self.table[0, rank].verdict != "better"]


@dataclass(frozen=True)
class Leaderboard:
    """All runs of a data set that do the same kind of task.

    Those with folds stand first, the best of them first; then those without, which are not ranked.
    """

    data: DataSet
    task: str
    runs: tuple[Run, ...]
    comparison: Comparison | None = None

    @property
    def primary(self) -> str:
        """The metric that ranks; empty without a finished run."""
        return next((run.primary for run in self.runs if run.primary), "")

    @property
    def familiar(self) -> str:
        """A metric that every reader knows, where the primary is another one; else empty."""
        metric = FAMILIAR.get(self.task, "")
        return metric if metric != self.primary else ""

    @property
    def finished(self) -> list[Run]:
        """Runs with results."""
        return [run for run in self.runs if run.state == "finished"]

    @property
    def ranked(self) -> list[Run]:
        """Runs with a mean over folds, best first."""
        return [run for run in self.runs if run.ranked]

    @property
    def unranked(self) -> list[Run]:
        """Finished runs with one score on the test rows and no folds, as the catalogue has them."""
        return [run for run in self.finished if not run.ranked]

    @property
    def best(self) -> Run | None:
        """The run that the console and MLflow name too; None where no run has folds."""
        return champions(self.runs).get((self.data.name, self.task))

    @property
    def first(self) -> Run | None:
        """Any run with results, for what all have in common: their dummy."""
        return next(iter(self.finished), None)

    @property
    def spread(self) -> tuple[float, float] | None:
        """Least and largest score on the test rows."""
        scores = [run.metrics.get(self.primary) for run in self.finished]
        defined = [score for score in scores if score is not None]
        return (min(defined), max(defined)) if defined else None

    @property
    def losers(self) -> list[Run]:
        """Finished runs that are not clearly better than their dummy."""
        judged = [(run, run.verdict(self.primary)) for run in self.finished]
        return [run for run, verdict in judged if verdict is None or verdict.beats != "yes"]

    @property
    def printed(self) -> list[tuple[Run, str]]:
        """Runs and metrics for which the book prints a figure."""
        return [(run, metric) for run in self.finished for metric in run.book]

    @property
    def limits(self) -> tuple[float, float]:
        """The range that the strips share."""
        return scale(self.finished, self.primary)

    @property
    def best_limits(self) -> tuple[float, float]:
        """The range of a strip that has the best run and its dummy alone."""
        return scale([self.best] if self.best else [], self.primary)

    @property
    def dummy_place(self) -> int:
        """How many of the ranked runs have a better mean over folds than the dummy."""
        sign = Metric.named(self.primary).sign

        def ahead(run: Run) -> bool:
            ours, dummy = run.mean(self.primary), run.dummy_mean(self.primary)
            return ours is not None and dummy is not None and sign * ours > sign * dummy

        return sum(map(ahead, self.ranked))

    @property
    def uncompared(self) -> list[Run]:
        """Finished runs that took no part in the comparison of pairs."""
        compared = {run.name for run in self.comparison.runs} if self.comparison else set()
        return [run for run in self.finished if run.name not in compared]


def leaderboards(site: Site) -> list[Leaderboard]:
    """Group the runs by data set and task, and rank each group."""
    boards = []
    for data in site.data:
        own = [run for run in site.runs if run.data == data.name]
        for task in dict.fromkeys(run.task for run in own):
            same = sorted((run for run in own if run.task == task), key=lambda run: run.rank)
            tested = site.comparisons.get(data.name, {}).get(task)
            boards.append(
                Leaderboard(data, task, tuple(same), tested and _comparison(tested, same))
            )
    return boards


def _comparison(tested: Mapping[str, Any], runs: Sequence[Run]) -> Comparison | None:
    """Read the tests of those runs that still have results; None where fewer than two have."""
    finished = {f"{run.model}/{run.variant}": run for run in runs if run.state == "finished"}
    compared = [
        (index, finished[name]) for index, name in enumerate(tested["runs"]) if name in finished
    ]
    if len(compared) < 2:
        return None
    sign = Metric.named(tested["metric"]).sign
    limit = round(1 - tested["level"], 9)  # 0.05, not 0.05000000000000004
    table = {}
    for row, (of, _) in enumerate(compared):
        for column, (against, _) in enumerate(compared):
            if column > row:
                difference, p = tested["difference"][of][against], tested["p"][of][against]
                cell = _cell(difference, p, sign, limit)
                error = _error(compared[row][1], compared[column][1], tested["metric"])
                table[row, column] = cell._replace(error=error)
    return Comparison(
        runs=tuple(run for _, run in compared),
        metric=tested["metric"],
        folds=tested["folds"],
        limit=limit,
        table=table,
    )


def _error(run: Run, other: Run, metric: str) -> float | None:
    """Return the corrected standard error of the mean difference of two runs over folds."""
    scores = [[fold.get(metric) for fold in each.folds.get("scores", ())] for each in (run, other)]
    if not all(scores) or None in scores[0] or None in scores[1]:
        return None
    differences = [a - b for a, b in zip(*scores, strict=True)]
    return mean_interval(differences, run.folds["share"], run.folds["level"])[1]


def _cell(difference: float, p: float | None, sign: float, limit: float) -> Cell:
    if p is None or p >= limit or difference == 0:
        return Cell(difference, p, "even")
    return Cell(difference, p, "better" if sign * difference > 0 else "worse")
