"""Searched settings against the book's."""

from __future__ import annotations

from typing import Any

import pytest
from scipy import stats
from tests.report.made_run import made_run

from handbook.report.site.race import race
from handbook.report.site.results import Run
from handbook.report.site.site import Site


def run(variant: str, scores: list[float], *, data: str = "calls", **more: Any) -> Run:
    folds = {
        "data_digests": {"train": data}, "split": "s", "share": 0.0, "level": 0.95,
        "scores": [{"rmse": score} for score in scores],
    }  # fmt: skip
    return made_run("ridge", data, variant, "regression", primary="rmse", cv=folds, **more)


def tuned(scores: list[float], trials: list[float], **more: Any) -> Run:
    tried = [{"params": {"alpha": place}, "score": x} for place, x in enumerate(trials)]
    return run("tuned", scores, record={"chosen": {"params": {}, "trials": tried}}, **more)


def test_a_search_that_bought_half_of_its_gain() -> None:
    book, best = [5.0, 5.2, 4.9, 5.1], [4.0, 4.21, 3.9, 4.09]
    site = Site(runs=(run("book", book), tuned(best, [4.6, 4.1, 5.0])), data=())
    (contest,) = race(site)
    test = stats.ttest_rel(best, book)
    assert contest.difference == pytest.approx(-1.0)
    assert contest.p == contest.adjusted == pytest.approx(test.pvalue)
    assert contest.interval == pytest.approx(tuple(test.confidence_interval(0.95)))
    assert (contest.candidates, contest.best, contest.median) == (3, 4.1, 4.6)
    assert contest.gain == pytest.approx(1.0)
    assert contest.picked == pytest.approx(0.5)
    assert (contest.outcome, contest.share) == ("better", pytest.approx(0.5))


def test_p_is_adjusted_for_all_contests_and_the_clear_ones_come_first() -> None:
    book = [5.0, 5.2, 4.9, 5.1]
    runs = (
        run("book", book, data="a"), tuned([5.1, 5.1, 4.95, 5.0], [5.0], data="a"),
        run("book", book, data="b"), tuned([4.0, 4.21, 3.9, 4.09], [4.0, 4.0], data="b"),
        run("book", book, data="c"), tuned([6.0, 6.21, 5.9, 6.09], [6.0], data="c"),
    )  # fmt: skip
    contests = race(Site(runs=runs, data=()))
    outcomes = [(each.tuned.data, each.outcome) for each in contests]
    assert outcomes == [("b", "better"), ("a", "even"), ("c", "worse")]
    assert all(each.adjusted >= each.p for each in contests)
    assert [each.share for each in contests[1:]] == [None, None]


def test_only_runs_on_the_same_folds_with_a_search_meet() -> None:
    book = run("book", [5.0, 5.1, 5.2])
    plain = run("tuned", [4.0, 4.1, 4.2])
    assert race(Site(runs=(book, plain), data=())) == []
    unfolded = tuned([4.0, 4.1, 4.2], [4.0])
    unfolded.folds["split"] = "another"
    assert race(Site(runs=(book, unfolded), data=())) == []
