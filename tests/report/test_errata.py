"""The page of errata is found in the results: what differs is on it, what agrees is not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.report.made_results import Made
from tests.report.made_run import made_run
from tests.report.made_text_fault import text_fault
from tests.report.page import read

from handbook.core.errors import HandbookError
from handbook.labs.book import FAULTS
from handbook.report.site.errata import Errata, errata
from handbook.report.site.results import Lab, Run
from handbook.report.site.site import Site

MODELS = {
    "lenet": {"title": "LeNet", "section": "3.13", "errata": []},
    "rbf-network": {"title": "RBF network", "section": "7.3", "errata": []},
    "ridge": {"title": "Ridge", "section": "2.9", "errata": []},
}


def run(
    book: float | None,
    ours: float | None,
    *,
    metric: str = "accuracy",
    interval: tuple[float, float] | None = None,
    dummy: float | None = 0.1,
    **known: Any,
) -> Run:
    cv = {"mean": {metric: sum(interval) / 2}, "interval": {metric: interval}} if interval else None
    return made_run(
        **{
            "model": "lenet",
            "data": "fashion-mnist",
            "variant": "book",
            "task": "classification",
            "record": {"data_variant": "official"},
            "metrics": {metric: ours},
            "baseline": {metric: dummy},
            "book": {} if book is None else {metric: book},
            "book_lines": {metric: [4913]},
            "cv": cv,
            "primary": metric,
        }
        | known
    )


def lab(section: str, *verdicts: str, title: str = "A lab", fault: str = "crashes when run") -> Lab:
    results = [
        {"name": f"result {place}", "computed": 2.0, "expected": 2.0, "source": "sum",
         "book": {"value": "runs", "how": "text", "lines": [20, 21], "seed": None},
         "tolerance": 1e-9, "verdict": verdict, "reason": "a slip", "instead": "adds",
         "fault": fault}
        for place, verdict in enumerate(verdicts)
    ]  # fmt: skip
    return Lab("a-lab", title, section, tuple(results))


def found(*runs: Run, labs: tuple[Lab, ...] = ()) -> Errata:
    return errata(Site(runs=runs, data=(), labs=labs), {"models": MODELS})


def test_a_labs_result_is_listed_where_the_book_differs_and_only_there() -> None:
    (one,) = found(labs=(lab("2.6.4", "agrees", "book differs", "no figure printed"),)).listed
    assert one.what == "result 1"
    assert (one.book, one.ours, one.why, one.instead) == ("runs", "2", "a slip", "adds")
    assert (one.fault, one.where) == ("crashes when run", "follows from its text, lines 20 and 21")
    assert (one.page, one.chapter) == ("labs/a-lab.html", "2")


@pytest.mark.parametrize(
    ("ours", "interval", "said"),
    [
        (0.831, (0.816, 0.833), "interval over folds lie below the printed figure"),
        (0.881, (0.866, 0.893), "interval over folds lie above the printed figure"),
        (0.831, None, "the test rows' value lies below"),
        (0.831, (0.816, 0.85), ""),  # the interval holds it
        (0.841196, (0.816, 0.833), ""),  # the test rows give it
        (0.84124, None, ""),  # it is printed with four digits
    ],
)
def test_a_printed_figure_is_listed_where_everything_measured_contradicts_it(
    ours: float, interval: tuple[float, float] | None, said: str
) -> None:
    rows = found(run(0.8412, ours, interval=interval)).listed
    assert len(rows) == bool(said)
    assert all(said in one.why for one in rows)
    assert all(one.fault == "gives another number" for one in rows)
    assert all(one.where == "printed, line 4913" for one in rows)


def test_a_figure_that_a_dummy_reaches_is_listed_even_where_it_is_met() -> None:
    rbf = run(
        0.88, 0.8830, interval=(0.8825, 0.8839), dummy=0.8830, model="rbf-network",
        data="bank-marketing", metrics={"accuracy": 0.8830, "roc_auc": 0.6387}, primary="roc_auc",
    )  # fmt: skip
    better = run(
        None, None, model="rbf-network", data="bank-marketing", variant="improved",
        metrics={"roc_auc": 0.9}, primary="roc_auc",
    )  # fmt: skip
    (one,) = found(rbf, better).listed
    assert "a dummy that looks at no feature gets 0.8830" in one.why
    assert one.fault == "wrong claim"
    assert one.book == "0.88"
    assert one.ours == "0.8830 on the test rows; 0.883 [0.882, 0.884] over folds; dummy 0.8830"
    assert one.instead == (
        "compares models by ROC AUC, which is 0.6387 here; its variant improved reaches 0.9000"
    )
    assert one.page == "models/rbf-network.html#bank-marketing-book"


def test_less_is_better_for_an_error() -> None:
    worse = run(9.0, 9.1, metric="rmse", interval=(8.0, 10.0), dummy=8.4, model="ridge")
    better = run(4.0, 4.1, metric="rmse", interval=(3.0, 5.0), dummy=8.4, model="ridge")
    assert [one.book for one in found(worse, better).listed] == ["9"]


def test_an_undefined_metric_says_why() -> None:
    (one,) = found(run(0.7, None, undefined={"accuracy": "no rows"})).listed
    assert one.why == "the metric is undefined: no rows"
    assert one.ours.startswith("undefined on the test rows")


@pytest.mark.parametrize(
    "known", [{"state": "missing"}, {"state": "failed"}, {"record": {"data_variant": "sample"}}]
)
def test_what_was_not_run_on_real_data_is_not_judged(known: dict[str, Any]) -> None:
    said = found(run(0.99, 0.1, dummy=0.995, **known), labs=(Lab("corr2d", "Corr", "4", None),))
    assert said.listed == []
    assert said.unjudged == [
        ("Corr", "labs/corr2d.html"),
        ("LeNet on fashion-mnist", "models/lenet.html#fashion-mnist-book"),
    ]


DEFECT = {
    "run": "fashion-mnist/book",
    "what": "epochs of the training",
    "fault": "contradicts itself",
    "lines": [4840, 4909],
    "book": "1 in the text, 10 in the program",
    "shows": ["epochs", "rows", "accuracy"],
    "why": "they disagree",
    "instead": "trains 10",
}


def with_defect(shows: list[str], **known: Any) -> Errata:
    record = {
        "data_variant": "official",
        "params": {"epochs": 10},
        "rows": {"train": 60000, "test": 10000},
    }
    models = {"lenet": MODELS["lenet"] | {"errata": [DEFECT | {"shows": shows}]}}
    runs = tuple(
        run(None, 0.8311, variant=variant, record=record, **known) for variant in ("book", "tuned")
    )
    return errata(Site(runs=runs, data=()), {"models": models})


def test_what_the_catalogue_calls_wrong_about_a_model_is_told_with_what_its_run_says() -> None:
    (one,) = with_defect(["epochs", "rows", "accuracy"]).listed
    assert one.book == "1 in the text, 10 in the program"
    assert (one.fault, one.where) == (
        "contradicts itself", "follows from its text, lines 4840 and 4909"
    )  # fmt: skip
    assert one.ours == "epochs = 10; 70,000 rows; accuracy 0.8311 on the test rows"
    assert (one.why, one.instead) == ("they disagree", "trains 10")
    assert (one.section, one.page) == ("3.13", "models/lenet.html#fashion-mnist-book")


def test_a_defect_that_no_run_shows_is_not_among_the_errata() -> None:
    said = with_defect(["epochs"], state="missing")
    assert said.listed == []
    assert said.unjudged == [("LeNet on fashion-mnist", "models/lenet.html#fashion-mnist-book")]


def test_a_run_can_show_only_what_it_knows() -> None:
    with pytest.raises(HandbookError, match=r"models\.lenet\.errata.*'epoch'.*epochs"):
        with_defect(["epoch"])


def test_the_order_is_the_books() -> None:
    labs = tuple(lab(section, "book differs") for section in ("2.10", "8.4", "2.9", "2.6.4"))
    said = found(run(0.8412, 0.7), labs=labs)
    assert [one.section for one in said.listed] == ["2.6.4", "2.9", "2.10", "3.13", "8.4"]


def test_ranges_of_sections_and_sections_without_numbers_have_a_place() -> None:
    labs = tuple(lab(section, "book differs") for section in ("annex", "3.2.1-3.2.5", "2.17"))
    assert [one.section for one in found(labs=labs).listed] == ["2.17", "3.2.1-3.2.5", "annex"]
    assert [one.chapter for one in found(labs=labs).listed] == ["2", "3", "other"]


def test_the_page_lists_them_with_links(furnished: Made) -> None:
    text = (furnished.report / "errata.html").read_text()
    words = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    for said in ("the book&#39;s listing is wrong", "a dummy that looks at no feature gets"):
        assert said in words
    assert 'href="labs/corr2d.html"' in text
    assert 'href="models/rbf-network.html#bank-marketing-book"' in text
    # a worked example that has not run
    assert "Not judged" in words
    assert 'href="labs/padding.html"' in text


def test_a_report_without_errata_says_so(made: Any) -> None:
    text = (made().build() / "errata.html").read_text()
    assert "No result here differs" in text
    assert "<table" not in text


def test_rows_are_sorted_by_kind_in_the_order_of_the_kinds_and_of_the_book() -> None:
    labs = tuple(
        lab(section, "book differs", fault=fault)
        for section, fault in [("8.4", "wrong claim"), ("5", "crashes when run"), ("2", FAULTS[3])]
    )
    faults = (text_fault("3.1", "a name", fault="crashes when run"),)
    said = errata(Site(runs=(), data=(), labs=labs, text_faults=faults), {"models": MODELS})
    assert [(kind, [one.section for one in rows]) for kind, rows in said.kinds] == [
        ("crashes when run", ["3.1", "5"]),
        ("wrong claim", ["2", "8.4"]),
    ]
    assert sum(len(rows) for _, rows in said.kinds) == len(said.listed)


def test_each_row_says_what_shows_it() -> None:
    of_lab = found(labs=(lab("2.6.4", "book differs"),)).listed[0]
    assert of_lab.command == "handbook lab a-lab"
    of_run = found(run(0.8412, 0.7)).listed[0]
    assert of_run.command == "handbook train lenet/fashion-mnist/book"
    fault = text_fault("3.1", "a name", lines=[7, 9])
    (of_text,) = errata(Site(runs=(), data=(), text_faults=(fault,)), {"models": MODELS}).listed
    assert (of_text.command, of_text.page, of_text.where) == ("", "", "lines 7 and 9")
    assert (of_text.ours, of_text.why) == ("another", "both stand there")


def test_the_page_counts_the_kinds_and_leads_to_each(furnished: Made) -> None:
    page = read(furnished.report)["errata.html"]
    menu = [a["href"] for a in page.all("a") if a["href"].startswith("#kind-")]
    assert menu == [
        "#kind-gives-another-number",
        "#kind-wrong-claim",
        "#kind-announced-and-missing",
    ]
    assert {link.removeprefix("#") for link in menu} <= set(page.ids)
    words = page.words
    for kind, count in (("Gives another number", 2), ("Announced and missing", 1)):
        assert words.count(f"{kind} {count}") == 2  # in the menu, and above the table
    assert "handbook lab corr2d" in words
    assert "lines 7 and 9 another both stand there by reading these lines" in words
    # a section leads to its chapter, where that has a page
    assert {"href": "chapters/4.html"} in page.all("a")
    assert "cover the title" in words


def test_a_chapter_shows_the_faults_of_its_text(furnished: Made) -> None:
    pages = read(furnished.report)
    assert "4.7 the summary (announced and missing) Book one thing In fact" in (
        pages["chapters/4.html"].words
    )
    assert "the title" not in pages["chapters/2.html"].words
