"""What a search bought: tuned settings against the book's, on the same folds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handbook.records.compare.significance import pair, unpaired
from handbook.report.site.results import Run
from handbook.report.site.site import Site
from handbook.tasks.metric import Metric
from handbook.tasks.pairwise import holm

__all__ = ["Contest", "race"]

_BOOK = "book"
_LIMIT = 0.05


@dataclass(frozen=True)
class Contest:
    """A run whose setting was searched for, against the book's setting of the same model.

    Parameters
    ----------
    book, tuned : Run
    difference : float
        Mean over folds of the tuned score minus the book's.
    interval : (float, float)
        Of that mean, by the corrected resampled t.
    p : float or None
        Of no difference; None where every fold shows the same lead.
    adjusted : float or None
        The same, adjusted for all contests (Holm).
    candidates : int
        Settings that the search tried.
    best, median : float
        Scores of the best and of the median candidate, on the search's own splits.
    """

    book: Run
    tuned: Run
    difference: float
    interval: tuple[float, float]
    p: float | None
    candidates: int
    best: float
    median: float
    adjusted: float | None = None

    @property
    def metric(self) -> str:
        """The metric that ranks."""
        return self.tuned.primary

    @property
    def gain(self) -> float:
        """The difference, positive where the tuned run is better."""
        return Metric.named(self.metric).sign * self.difference

    @property
    def picked(self) -> float:
        """What the best candidate is better than the median one, on the search's own splits."""
        return Metric.named(self.metric).sign * (self.best - self.median)

    @property
    def outcome(self) -> str:
        """``better`` or ``worse`` where the adjusted p is below 0.05, else ``even``."""
        if self.adjusted is None or self.adjusted >= _LIMIT:
            return "even"
        return "better" if self.gain > 0 else "worse"

    @property
    def share(self) -> float | None:
        """Part of the gain that picking makes up, at most 1; None where nothing was gained."""
        return min(1.0, self.picked / self.gain) if self.outcome == "better" else None


def race(site: Site, *, book: bool = True) -> list[Contest]:
    """Hold each searched run against the book's run of its model on the same data set.

    In a project of no `book`, against the first run of its model that was not searched.
    """
    finished = [run for run in site.runs if run.state == "finished"]
    plain = [run for run in finished if (run.variant == _BOOK if book else not run.trials)]
    bases = {(run.model, run.data): run for run in reversed(plain)}  # the first of each
    contests = [
        contest
        for run in finished
        if run.trials
        and (base := bases.get((run.model, run.data))) is not None
        and (contest := _contest(base, run)) is not None
    ]
    return sorted(_adjusted(contests), key=_order)


def _contest(book: Run, tuned: Run) -> Contest | None:
    if unpaired(book.folds, tuned.folds):
        return None
    test = pair(book.folds, tuned.folds, tuned.primary)
    if test is None:
        return None
    scores = [float(trial["score"]) for trial in tuned.trials]
    low, high = test["interval"]
    return Contest(
        book=book,
        tuned=tuned,
        difference=test["difference"],
        interval=(low, high),
        p=test["p"],
        candidates=len(scores),
        best=scores[0],
        median=statistics.median(scores),
    )


def _adjusted(contests: Sequence[Contest]) -> list[Contest]:
    tested = [position for position, contest in enumerate(contests) if contest.p is not None]
    values = holm([contests[position].p or 0.0 for position in tested])
    by_place = dict(zip(tested, values, strict=True))
    return [
        replace(contest, adjusted=by_place.get(position))
        for position, contest in enumerate(contests)
    ]


def _order(contest: Contest) -> tuple[int, float]:
    kind = ("better", "even", "worse").index(contest.outcome)
    return kind, 1.0 if contest.adjusted is None else contest.adjusted
