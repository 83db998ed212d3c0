"""Pages of what a watch sees of rows without drift."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.report.conftest import Made
from tests.report.page import Page

from handbook.core.files import read_json
from handbook.core.numbers import number
from handbook.monitoring.spec import rehearsal_file
from handbook.report.site.watched import Rehearsal, read_rehearsals


@pytest.fixture
def content(furnished: Made) -> Rehearsal:
    return Rehearsal(read_json(rehearsal_file("bank-marketing", furnished.results)))


def page(furnished: Made, name: str) -> Page:
    return Page(Path(furnished.report, name))


def test_each_column_stands_with_what_is_usual_and_from_where_it_is_an_alarm(
    furnished: Made, content: Rehearsal
) -> None:
    words = page(furnished, "watch/bank-marketing.html").words
    assert [column["column"] for column in content.columns] == ["age", "job", "calls", "days"]
    for column in content.columns:
        cells = [number(column[key], 2) for key in ("psi", "noise", "high")]
        assert " ".join([*cells, number(column["noise"] + 0.1, 2)]) in words
    assert f"in {content.content['alarms']} of {content.content['windows']} windows" in words
    assert "days no alarm" in words
    assert "the chance of any false alarm at all in one watch stays below 0.01" in words


def test_the_smallest_drift_that_was_found_is_told_in_its_unit(content: Rehearsal) -> None:
    age, job, calls, _ = content.columns
    assert content.found(age) in ("0.5 deviations", "1 deviation")
    assert content.found(job).endswith("% of rows")
    shares = {"0.1": 0.0, "0.25": 0.79, "0.5": 0.8, "1": 1.0}
    assert content.found({**calls, "found": shares}) == "0.5 deviations"
    assert content.found({**calls, "found": {"0.1": 0.7}}) == ""


def test_the_page_of_a_data_set_leads_there_and_back(furnished: Made) -> None:
    own, watch = (page(furnished, f"{kind}/bank-marketing.html") for kind in ("data", "watch"))
    assert "../watch/bank-marketing.html" in [a.get("href") for a in own.all("a")]
    assert "../data/bank-marketing.html" in [a.get("href") for a in watch.all("a")]
    assert "../models/logistic-regression.html#bank-marketing-book" in [
        a.get("href") for a in watch.all("a")
    ]


def test_too_few_rows_are_said_to_be_so(furnished: Made) -> None:
    watch = page(furnished, "watch/boston-housing.html")
    assert "30 held-out rows are too few for a watch" in watch.words
    assert not watch.all("table")


def test_without_a_rehearsal_there_is_no_page(furnished: Made) -> None:
    assert not Path(furnished.report, "watch/credit-approval.html").exists()
    assert "handbook watch" not in page(furnished, "data/credit-approval.html").words


def test_a_rehearsal_with_a_run_that_is_gone_is_left_out(furnished: Made) -> None:
    catalogue = furnished.catalogue
    assert list(read_rehearsals(furnished.results, catalogue)) == [
        "bank-marketing",
        "boston-housing",
    ]
    models = {name: entry for name, entry in catalogue["models"].items() if name != "ridge"}
    left = read_rehearsals(furnished.results, {**catalogue, "models": models})
    assert list(left) == ["bank-marketing"]
