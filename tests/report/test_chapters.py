"""Each chapter's page walks through its worked examples and models in the order of the book."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.report.made_results import REAL, Made
from tests.report.made_run import made_run
from tests.report.page import Page, read

from handbook.catalogue.overview import overview
from handbook.report.figures.svg import Words
from handbook.report.site.chapters import Chapter, Entry, chapters
from handbook.report.site.errata import Errata, errata
from handbook.report.site.meanings import MEANINGS
from handbook.report.site.results import Figure, Lab, Run
from handbook.report.site.sections import order
from handbook.report.site.site import Site


@pytest.fixture(scope="module")
def site(furnished: Made) -> dict[str, Page]:
    return read(furnished.report)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """Return the report of the catalogue that is shipped, before anything has run."""
    made = Made(tmp_path_factory.mktemp("real"), catalogue=overview(REAL))
    return read(made.build())


def steps(page: Page) -> list[str]:
    return [
        a["id"] for tag, a in page.tags if tag == "section" and "step" in a.get("class", "").split()
    ]


def chaptered(*sections: str, runs: tuple[Run, ...] = (), **models: str) -> list[Chapter]:
    labs = tuple(Lab(f"lab-{section}", section, section, ()) for section in sections)
    known = {
        name: {"title": name, "section": section, "errata": []} for name, section in models.items()
    }
    site = Site(runs=runs, data=(), labs=labs)
    catalogue = {"models": known}
    return chapters(site, catalogue, errata(site, catalogue))


# --- order --------------------------------------------------------------------------------------


def test_sections_are_in_the_order_of_their_numbers() -> None:
    (one,) = chaptered("3.10", "3.9", "3.2.1-3.2.5", "3.13", "3.2.6", lenet="3.13", adam="3.11")
    found = [(entry.section, bool(entry.lab)) for entry in one.entries]
    assert found == [
        ("3.2.1-3.2.5", True), ("3.2.6", True), ("3.9", True), ("3.10", True), ("3.11", False),
        ("3.13", True), ("3.13", False),
    ]  # fmt: skip


def test_chapters_follow_each_other_and_what_has_no_number_comes_last() -> None:
    found = chaptered("annex", "10.1", "9.2", ridge="2.6.5")
    assert [one.number for one in found] == ["2", "9", "10", "other"]
    assert [one.name for one in found][1:] == ["Chapter 9", "Chapter 10", "Outside the chapters"]


# --- the shipped catalogue ----------------------------------------------------------------------


def test_every_lab_claim_and_model_of_the_catalogue_stands_on_one_chapters_page_once(
    real: dict[str, Page],
) -> None:
    found = Counter(
        step for name, page in real.items() if name.startswith("chapters/") for step in steps(page)
    )
    wanted = [f"lab-{name}" for name in REAL.labs] + [f"model-{name}" for name in REAL.models]
    wanted += [f"claim-{name}" for name in REAL.claims]
    assert found == Counter(wanted)


def test_each_stands_in_its_own_chapter_by_section(real: dict[str, Page]) -> None:
    sections = {f"lab-{name}": lab.section for name, lab in REAL.labs.items()}
    sections |= {f"model-{name}": model.section for name, model in REAL.models.items()}
    sections |= {f"claim-{name}": claim.section for name, claim in REAL.claims.items()}
    for name, page in real.items():
        if name.startswith("chapters/"):
            own = [order(sections[step]) for step in steps(page)]
            assert own == sorted(own)
            assert {str(numbers[0]) for numbers in own} == {Path(name).stem}


def test_every_lab_says_in_a_sentence_what_is_computed(real: dict[str, Page]) -> None:
    for name in REAL.labs:
        text = real[f"labs/{name}.html"].path.read_text()
        about = text.partition('<p class="lead">')[2].partition(" <span")[0]
        assert about[:1].isupper(), name
        assert about.endswith("."), name


def test_every_page_links_to_every_chapter(real: dict[str, Page]) -> None:
    wanted = [f"chapters/{name}.html" for name in "2345678"]
    for name, page in real.items():
        links = [a["href"].removeprefix("../") for a in page.all("a")]
        assert [link for link in wanted if link in links] == wanted, name


def test_a_reader_can_turn_from_chapter_to_chapter(real: dict[str, Page]) -> None:
    pages = [f"chapters/{name}.html" for name in "2345678"]
    for before, after in pairwise(pages):
        rel = {a["rel"]: a["href"] for a in real[before].all("a") if "rel" in a}
        assert rel["next"] == f"../{after}"
        rel = {a["rel"]: a["href"] for a in real[after].all("a") if "rel" in a}
        assert rel["prev"] == f"../{before}"


# --- what a page shows --------------------------------------------------------------------------


def test_a_worked_example_shows_its_parameters_results_and_verdicts(
    site: dict[str, Page],
) -> None:
    words = site["chapters/4.html"].words
    assert "4.3.1 Two-dimensional cross-correlation worked example" in words
    assert "size 3 kernel 2 Not the book’s: size." in words
    assert "3x3 of 0..8 with 2x2 of 0..3 [[19, 25], [37, 43]] as expected: scipy" in words
    # What is claimed and what differs come before the table.
    assert "Correlate a square with a smaller one. Where the book differs saddle" in words
    assert "1 agrees 1 differs from the book 1 has no figure in the book" in words
    assert "1 worked example not run" in words
    assert (
        "saddle (gives another number): the book's listing is wrong. "
        "This project computes it in closed form."
    ) in words


def test_a_long_array_is_shortened_and_whole_on_demand(site: dict[str, Page]) -> None:
    page = site["chapters/4.html"]
    assert [a for a in page.all("details") if "open" in a] == []
    assert page.words.count("3 × 40 numbers: [[0, 0.5, 1,") == 1  # what is expected is the same
    assert "as expected: closed form; within 0.001" in page.words
    assert "18.5, 19, 19.5], [0, 0.5" in page.words


def test_figures_say_what_they_show(site: dict[str, Page]) -> None:
    for name in ("chapters/2.html", "labs/linear-regression-toy.html"):
        (drawn,) = [one for one in site[name].all("img") if "/labs/" in one["src"]]
        assert "Least squares" in drawn["alt"]
        assert drawn["loading"] == "lazy"


def test_a_model_shows_its_key_figures_beside_the_books_and_the_dummys(
    site: dict[str, Page],
) -> None:
    words = site["chapters/7.html"].words.replace("\xa0", " ")
    assert "7.3 Radial basis function network model" in words
    table = words[words.index("Data Setting") :]
    assert "Bank marketing book ROC AUC ↑" in table
    assert "accuracy 0.88 ours 0.8849, dummy 0.8849" in table
    assert "a dummy that looks at no feature gets 0.8849" in table
    assert {"href": "../models/rbf-network.html"} in site["chapters/7.html"].all("a")


@pytest.mark.parametrize(
    ("names", "first"),
    [(("history", "samples", "interpolation"), "samples"), (("history",), "history")],
)
def test_a_network_shows_what_it_came_to_rather_than_its_way(
    names: tuple[str, ...], first: str
) -> None:
    figures = tuple(
        Figure(name, Path(f"{name}.svg"), name, Words(name, "", 1, 1)) for name in names
    )
    run = SimpleNamespace(rank=0, left_out=(), figures=figures)
    entry = Entry("gan", "GAN", "6.7", runs=(cast(Run, run),))
    assert entry.figure is not None
    assert entry.figure.name == first


def test_the_best_setting_stands_beside_the_first(site: dict[str, Page]) -> None:
    words = site["chapters/2.html"].words.replace("\xa0", " ")
    table = words[words.index("2.7 Linear support vector") :]
    assert "4 of 4 runs" in table
    assert "Bank marketing book ROC AUC" in table
    assert "Bank marketing tuned ROC AUC" in table


def test_a_run_that_failed_says_so(site: dict[str, Page]) -> None:
    assert "failed HandbookError: bank-marketing: memory ran out" in site["chapters/2.html"].words


def test_headings_do_not_skip_a_level(site: dict[str, Page]) -> None:
    for name, page in site.items():
        levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
        skipped = [(a, b) for a, b in pairwise(levels) if b > a + 1]
        assert levels[0] == 1, name
        assert skipped == [], name


def test_what_differs_stands_on_the_chapters_page_and_among_the_errata(
    site: dict[str, Page], furnished: Made
) -> None:
    listed = [a["href"] for a in site["errata.html"].all("a")]
    assert "labs/corr2d.html" in listed
    for number in "347":
        assert f"chapters/{number}.html" in listed
        assert {"href": "../errata.html"} in site[f"chapters/{number}.html"].all("a")


def test_pages_have_no_script_of_their_own_and_little_weight(site: dict[str, Page]) -> None:
    common = [script for script in site["index.html"].all("script") if "src" not in script]
    for name, page in site.items():
        if name.startswith("chapters/"):
            # none of their own, but what every page has
            assert [script for script in page.all("script") if "src" not in script] == common
            assert page.path.stat().st_size < 60_000


def test_the_front_page_counts_each_chapters_verdicts(site: dict[str, Page]) -> None:
    words = site["index.html"].words
    row = words[words.index("Chapter 4: Convolutional networks") :]
    assert row.startswith(
        "Chapter 4: Convolutional networks 3 0 0 agrees 1 book differs 1 no figure printed 1 2"
    )


def test_a_lab_whose_book_differs_is_an_erratum_of_its_chapter(made: Any) -> None:
    one = made()
    told = {"name": "cost", "computed": 2.0, "expected": 2.0, "source": "sum"}
    told |= {"book": {"value": 3.0, "how": "printed", "lines": [70], "seed": None}}
    told |= {
        "fault": "wrong claim",
        "tolerance": 1e-9,
        "verdict": "book differs",
        "reason": "a slip",
        "instead": "adds",
    }
    one.lab("sums", "Sums", [told], section="5.2")
    site = read(one.build())
    assert "cost (wrong claim): a slip. This project adds." in site["chapters/5.html"].words
    assert (
        "5.2 cost 3 printed, line 70 2 a slip This project adds. Sums" in site["errata.html"].words
    )


# --- the runs of a model ------------------------------------------------------------------------


def folded(variant: str, mean: float) -> Run:
    return made_run("m", "d", variant, primary="accuracy", cv={"mean": {"accuracy": mean}})


def split(variant: str, score: float, **more: Any) -> Run:
    return made_run("m", "d", variant, primary="accuracy", metrics={"accuracy": score}, **more)


def variants(*runs: Run) -> list[str]:
    catalogue: Any = {"models": {"m": {"title": "M", "section": "2.1"}}}
    (chapter,) = chapters(Site(runs=runs, data=()), catalogue, Errata((), ()))
    return [run.variant for run in chapter.entries[0].runs]


def test_a_run_without_folds_is_not_called_the_best_of_its_model() -> None:
    assert variants(folded("book", 0.6), split("gru", 0.9)) == ["book"]
    assert variants(folded("book", 0.6), split("gru", 0.9), folded("tuned", 0.7)) == [
        "book",
        "tuned",
    ]


def test_without_folds_a_whole_run_stands_beside_a_shortened_first_one() -> None:
    shortened = {"share": [0.011, 1.0]}
    runs = [split("book", 1352.0, shortened=shortened), split("identity", 1.0, shortened=shortened)]
    assert variants(*runs, split("cpu", 270.0)) == ["book", "cpu"]
    assert variants(*runs) == ["book"]
    assert variants(split("book", 0.5), split("other", 0.9)) == ["book"]


def test_the_meanings_of_settings_are_of_settings_that_exist() -> None:
    unused = [
        f"{lab}.{name}"
        for lab, meanings in MEANINGS.items()
        for name in meanings
        if name not in REAL.labs[lab].params
    ]
    assert unused == []
