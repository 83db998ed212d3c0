"""What came out stands before the tables: on the front page, and on each model's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.report.made_run import made_run
from tests.report.test_leaderboards import paired, run, site

from handbook.report.site.accuracy import unbalanced
from handbook.report.site.errata import Errata, Erratum
from handbook.report.site.findings import Finding, findings
from handbook.report.site.leaderboards import leaderboards
from handbook.report.site.leakage import leakage
from handbook.report.site.outcomes import changed, outcomes
from handbook.report.site.pages import LEAKAGE
from handbook.report.site.race import race
from handbook.report.site.results import DataSet, Run
from handbook.report.site.site import Site

RARE = {"classes": {"no": {"train": 360, "test": 90}, "yes": {"train": 40, "test": 10}}}


def told(made: Site, *listed: Erratum) -> list[Finding]:
    return findings(made, Errata(listed, ()), leakage(made), unbalanced(made))


def erratum(fault: Any) -> Erratum:
    return Erratum("2.1", "", "", fault, "what", "book", "line 7", "ours", "why", "", "")


def classifier(model: str, accuracy: float, roc_auc: float) -> Run:
    scores = {"accuracy": accuracy, "recall": 0.1, "roc_auc": roc_auc}
    return made_run(
        model, "rare", primary="roc_auc", metrics=scores, baseline={"accuracy": 0.9, "roc_auc": 0.5}
    )


def test_nothing_is_told_of_results_that_are_not_there() -> None:
    assert told(Site(runs=(), data=())) == []


def test_accuracy_that_naming_the_common_class_gives_too() -> None:
    data = DataSet("rare", "full", {"title": "Rare things"} | RARE, None)
    runs = (classifier("a", 0.9, 0.93), classifier("b", 0.905, 0.62), classifier("c", 0.95, 0.97))
    (finding,) = told(Site(runs=runs, data=(data,)))
    assert (finding.figure, finding.page) == ("90 %", "accuracy.html#rare")
    assert finding.title == "accuracy comes from always naming “no”"
    assert finding.text == (
        "2 of 3 runs on Rare things gain less than one percentage point on that, though "
        "by ROC AUC they lie anywhere from 0.62 to 0.93."
    )


def test_what_a_column_is_worth_that_nobody_has_in_time() -> None:
    runs = [run("m", score, data=name) for name, score in zip(LEAKAGE, (0.9, 0.76), strict=True)]
    (finding,) = told(site(*runs, data=LEAKAGE))
    assert (finding.figure, finding.page) == ("−0.14", "leakage.html")
    assert finding.title == "ROC AUC without the column duration"


def test_a_printed_figure_beside_what_was_measured_and_the_best_other_setting() -> None:
    folds: Any = {"mean": {"accuracy": 0.824}, "interval": {"accuracy": [0.811, 0.837]}}
    common: Any = {"primary": "accuracy", "baseline": {"accuracy": 0.1}, "title": "LeNet"}
    runs = (
        # A figure that a dummy reaches shows nothing learnt, and is passed over.
        made_run("mlp", "f", metrics={"accuracy": 0.1}, book={"accuracy": 0.1}, **common),
        made_run(
            "lenet", "f", metrics={"accuracy": 0.83}, book={"accuracy": 0.8412}, cv=folds, **common
        ),
        made_run("lenet", "f", "warmup", metrics={"accuracy": 0.89}, **common),
        made_run("lenet", "f", "tuned", metrics={"accuracy": 0.92}, **common),
    )
    (finding,) = told(Site(runs=runs, data=(DataSet("f", "full", {"title": "Garments"}, None),)))
    assert (finding.figure, finding.page) == ("0.8412 → 0.8300", "models/lenet.html#f-book")
    assert finding.text == (
        "The book prints 0.8412 for LeNet on Garments. Its settings give 0.8300 on the test rows "
        "here; 0.824 [0.811, 0.837] over folds of the training rows. Our variant tuned reaches "
        "0.9200."
    )


def test_how_many_statements_do_not_hold_by_kind() -> None:
    rows = [erratum("wrong claim"), erratum("crashes when run"), erratum("crashes when run")]
    (finding,) = told(Site(runs=(), data=()), *rows)
    assert (finding.figure, finding.page) == ("3", "errata.html")
    assert finding.title == "statements of the book do not hold when run or read closely"
    assert finding.text == "Of these, 2 crash when run, 1 is a wrong claim."


# --- a model's own ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "against"), [(0.001, ["first", "worse", "worse"]), (0.4, ["first", "even", "even"])]
)
def test_a_model_has_its_place_and_is_told_apart_from_the_first_or_not(
    p: float, against: list[str]
) -> None:
    names = ["a", "b", "c"]
    tested = paired(
        names, [[0, 0.1, 0.2], [-0.1, 0, 0.1], [-0.2, -0.1, 0]], np.full((3, 3), p).tolist()
    )
    made = site(run("c", 0.7), run("a", 0.9), run("b", 0.8), iris=tested)
    boards = leaderboards(made)
    own = [outcomes(name, boards, race(made))[0] for name in names]
    assert [outcome.rank for outcome in own] == [1, 2, 3]
    assert {outcome.ranked for outcome in own} == {3}
    assert [outcome.against_first for outcome in own] == against
    assert own[0].even == against.count("even")


def test_a_run_without_folds_has_no_place() -> None:
    alone = made_run("gan", "iris", primary="roc_auc", metrics={"roc_auc": 0.99})
    made = site(run("a", 0.9), alone)
    (outcome,) = outcomes("gan", leaderboards(made), ())
    assert (outcome.rank, outcome.ranked, outcome.against_first) == (None, 1, "")


def test_a_run_says_in_what_it_differs_from_the_books() -> None:
    def with_settings(variant: str, **params: Any) -> Run:
        record = {"estimator": "Ridge", "params": params, "preprocess": {"degree": len(params)}}
        return made_run(variant=variant, record=record)

    book, other = with_settings("book", alpha=0.1), with_settings("tuned", alpha=3, solver="svd")
    difference = changed(other, [book, other])
    assert difference is not None
    assert difference.book is book
    assert difference.settings == [
        ("alpha", 0.1, 3), ("preprocess.degree", 1, 2), ("solver", None, "svd"),
    ]  # fmt: skip
    assert changed(book, [book, other]) is None
    assert changed(made_run(variant="x", state="failed"), [book]) is None


def test_what_cannot_be_checked_refutes_nothing() -> None:
    rows = [erratum("wrong claim"), erratum("cannot be checked"), erratum("announced and missing")]
    (finding,) = told(Site(runs=(), data=()), *rows)
    assert finding.figure == "1"
    assert finding.text == (
        "Of these, 1 is a wrong claim. Besides, 1 cannot be checked, 1 is announced and missing."
    )
    assert told(Site(runs=(), data=()), erratum("cannot be checked")) == []
