"""The runs of a leaderboard laid over each other, with the tests that were made of their pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from handbook.records.compare.significance import pair
from handbook.report.numbers import estimate, number, probability
from handbook.report.site.leaderboards import Leaderboard
from handbook.report.site.overlay import Laid, overlay, run_settings, within_bounds
from handbook.report.site.results import Run
from handbook.tasks.metric import Metric

__all__ = ["board_overlay"]


def board_overlay(
    board: Leaderboard, root: str, model: str = "", *, titles: Mapping[str, str]
) -> str:
    """Return the overlay of the runs of a leaderboard, or of those of one model among them.

    Parameters
    ----------
    board : Leaderboard
    root : str
        Leads from the page to the report's folder.
    model : str
        Take only its runs.
    titles : mapping of str to str
        The name of each model for people.
    """
    runs = [run for run in board.finished if run.lines and model in ("", run.model)]
    laid = [
        Laid(
            name=f"{titles[run.model]} {run.variant}",
            score=_score(run, board.primary),
            settings=run_settings(run),
            lines=run.lines,
            link=f"{root}models/{run.model}.html#{run.anchor}",
            step=run.step,
        )
        for run in runs
    ]
    metric = Metric.named(board.primary).title if board.primary else ""
    about = ""
    if board.comparison is not None:
        about = (
            f"Difference in {metric}, mean over {board.comparison.folds} folds, with the interval "
            "of this pair alone; p by the corrected resampled t-test, adjusted for all pairs of "
            "runs on this data set, so that it can be large where the interval leaves out 0."
        )
    ticked = 7 if model else 2
    return overlay(laid, dict(_tests(board, runs)), metric=metric, ticked=ticked, about=about)


def _tests(board: Leaderboard, runs: Sequence[Run]) -> Iterator[tuple[tuple[int, int], str]]:
    tested = board.comparison
    if tested is None:
        return
    rank = {run.name: place for place, run in enumerate(tested.runs)}
    for (i, first), (j, second) in combinations(enumerate(runs), 2):
        if first.name not in rank or second.name not in rank:
            continue
        places = rank[first.name], rank[second.name]
        cell = tested.table[min(places), max(places)]
        sign = 1 if places[0] < places[1] else -1
        test = pair(second.folds, first.folds, tested.metric)
        interval = None if test is None else within_bounds(test["interval"], tested.metric)
        verdict = "cannot be told apart" if cell.verdict == "even" else "told apart"
        text = estimate(sign * cell.difference, interval)
        yield (i, j), f"{text}, {probability(cell.p)}: {verdict}"


def _score(run: Run, metric: str) -> str:
    if run.cv:
        score = f"{number(run.mean(metric))} over folds"
    else:
        score = f"{number(run.metrics.get(metric))} on the test rows"
    return f"{score}, shortened" if run.left_out else score
