"""One table of all runs, or a word on what is missing for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.records.tracking.tracked_results import Results

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.records.collect import collect


@pytest.fixture
def made(tmp_path: Path) -> Results:
    made = Results(tmp_path)
    made.run("ant", accuracy=0.9, cv=0.7)
    return made


def test_the_table_has_all_and_the_metrics_the_numbers(made: Results) -> None:
    (row,), metrics, primary, comparisons, times = collect(made.results, made.catalogue)
    assert comparisons == {}  # one run has nobody to be compared with
    assert row["metrics"] == {"accuracy": 0.9, "precision": None}
    assert row["cv"]["mean"] == {"accuracy": 0.7}
    assert row["book"] == {"accuracy": 0.88}
    assert row["section"] == "2.7"
    context = read_json(made.results / "models/ant/bank-marketing/book/context.json")
    del context["step_times"]
    assert times == {"ant/bank-marketing/book": context}
    assert "seconds" not in json.dumps(row)  # what differs between two makings stands apart
    # Numbers of generated data say so.
    assert metrics == {"data": "sample", "ant": {"bank-marketing": {"book": {"accuracy": 0.9}}}}
    folded = {"book": {"accuracy_folds": 0.7}}
    assert primary == {"data": "sample", "ant": {"bank-marketing": folded}}


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("models/ant/bank-marketing/book/run.json", "is not trained"),
        ("cv/ant/bank-marketing/book.json", "has no cross-validation"),
        ("data/bank-marketing/accepted.json", "is out of date .its data is not accepted"),
    ],
)
def test_what_is_missing_is_said(made: Results, lost: str, said: str) -> None:
    (made.results / lost).unlink()
    with pytest.raises(HandbookError, match=f"ant/bank-marketing/book {said}.*make rebuild"):
        collect(made.results, made.catalogue)


def test_runs_of_one_data_set_are_compared(made: Results) -> None:
    made.run("bee", accuracy=0.8, cv=0.75)
    found = collect(made.results, made.catalogue).comparisons
    assert list(found) == ["bank-marketing"]
    assert list(found["bank-marketing"]) == ["classification"]
    compared = found["bank-marketing"]["classification"]
    assert compared["runs"] == ["bee/book", "ant/book"]
    assert compared["difference"][0][1] == pytest.approx(0.05)


def test_runs_of_different_tasks_are_not_compared(made: Results) -> None:
    made.run("bee", accuracy=5.0, cv=5.0, task="regression")
    assert collect(made.results, made.catalogue).comparisons == {}


def test_a_run_that_is_fitted_once_needs_no_folds(made: Results) -> None:
    made.catalogue["models"]["ant"]["variants"]["book"]["folded"] = False
    (made.results / "cv/ant/bank-marketing/book.json").unlink()
    (row,), _, primary, *_ = collect(made.results, made.catalogue)
    assert row["cv"] is None
    assert row["primary"] == "accuracy"
    assert primary["ant"]["bank-marketing"]["book"] == {"accuracy_test": 0.9}
