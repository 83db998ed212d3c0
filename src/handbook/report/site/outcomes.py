"""What came of a model: its place on each data set, what tuning bought, what can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from handbook.report.site.leaderboards import Leaderboard
from handbook.report.site.race import Contest
from handbook.report.site.results import Run

__all__ = ["Difference", "Outcome", "changed", "outcomes"]


@dataclass(frozen=True)
class Outcome:
    """What came of a model on one data set.

    Parameters
    ----------
    board : Leaderboard
        All runs on it.
    best : Run
        The model's own best.
    rank : int or None
        Its place among the cross-validated runs; None where it has no folds.
    ranked : int
        How many these are.
    against_first : str
        ``first``; ``even`` or ``worse``, as the paired test has it; empty where none was made.
    even : int
        Of the first: how many others cannot be told apart from it.
    contest : Contest or None
        Tuned settings against the book's.
    runs : sequence of Run
        All finished runs of the model on it.
    """

    board: Leaderboard
    best: Run
    rank: int | None
    ranked: int
    against_first: str = ""
    even: int = 0
    contest: Contest | None = None
    runs: Sequence[Run] = ()

    @property
    def spread(self) -> tuple[float, float] | None:
        """The least and the largest score on the test rows; None where these are one."""
        scores = [run.metrics.get(self.board.primary) for run in self.runs]
        defined = sorted(score for score in scores if score is not None)
        return (defined[0], defined[-1]) if len({*defined}) > 1 else None

    @property
    def beats_dummy(self) -> bool:
        """Whether the best run is clearly better than the dummy; without folds, whether any is."""
        judged = [self.best] if self.rank else self.runs
        verdicts = [run.verdict(self.board.primary) for run in judged]
        return any(verdict is not None and verdict.beats == "yes" for verdict in verdicts)

    @property
    def tested(self) -> int:
        """How many runs on it took part in the comparison of pairs."""
        return len(self.board.comparison.runs) if self.board.comparison else 0

    @property
    def first(self) -> Run:
        """The best run of all."""
        best = self.board.best
        assert best is not None
        return best


def outcomes(
    model: str, boards: Sequence[Leaderboard], contests: Sequence[Contest]
) -> list[Outcome]:
    """Return what came of a model on each data set where a run of it has finished."""
    return [
        _outcome(board, own, contests)
        for board in boards
        if (own := [run for run in board.finished if run.model == model])
    ]


def _outcome(board: Leaderboard, own: Sequence[Run], contests: Sequence[Contest]) -> Outcome:
    best = next((run for run in own if run.ranked), own[0])
    against, even = "", 0
    if (tested := board.comparison) is not None and best in tested.runs:
        level = tested.even_with_best
        against = "first" if best is tested.runs[0] else "even" if best in level else "worse"
        even = len(level) if against == "first" else 0
    return Outcome(
        board=board,
        best=best,
        rank=board.ranked.index(best) + 1 if best.ranked else None,
        ranked=len(board.ranked),
        against_first=against,
        even=even,
        contest=next((entry for entry in contests if entry.tuned in own), None),
        runs=own,
    )


class Difference(NamedTuple):
    """The settings in which a run is not as the book has them.

    Parameters
    ----------
    book : Run
        The first run of the model on the same data set.
    settings : list of (str, object, object)
        Name, the book's value and the run's own; None where a run has no such setting.
    """

    book: Run
    settings: list[tuple[str, object, object]]


def changed(run: Run, runs: Sequence[Run]) -> Difference | None:
    """Return in which settings a run differs from the book's; None for that run itself.

    None too where either has no results.
    """
    same = [other for other in runs if (other.model, other.data) == (run.model, run.data)]
    book = same[0]
    if book is run or {book.state, run.state} != {"finished"}:
        return None
    before, after = _settings(book), _settings(run)
    differing = [
        (name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    return Difference(book, differing)


def _settings(run: Run) -> dict[str, object]:
    steps = run.record.get("preprocess") or {}
    return {
        "estimator": run.record.get("estimator"),
        "threshold": run.threshold,
        **{f"preprocess.{name}": how for name, how in steps.items()},
        **{name: setting for name, setting, _ in run.params},
    }
