"""The choice of champions, and the titles that follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.records.tracking.tracked_results import Results

from handbook.records.champions import champions, table, titles
from handbook.records.reader import read


@pytest.fixture
def made(tmp_path: Path) -> Results:
    return Results(tmp_path)


def best(made: Results) -> dict[str, str]:
    records = read(made.results, made.catalogue)
    return {data: record.name for (data, _), record in champions(records).items()}


def test_the_champion_has_the_best_mean_over_folds_whatever_the_test_rows_say(made) -> None:
    made.run("ant", cv=0.7, accuracy=0.99)
    made.run("bee", cv=0.8, accuracy=0.1)
    made.run("bee", variant="tuned", cv=0.75)
    assert best(made) == {"bank-marketing": "bee/bank-marketing/book"}


def test_of_errors_the_smallest_wins(made) -> None:
    made.run("ant", "diabetes", cv=50.0, task="regression")
    made.run("bee", "diabetes", cv=60.0, task="regression")
    made.folds("ant", "diabetes", "book", {"rmse": 50.0}, "rmse")
    made.folds("bee", "diabetes", "book", {"rmse": 60.0}, "rmse")
    assert best(made) == {"diabetes": "ant/diabetes/book"}


def test_equal_means_are_settled_by_name(made) -> None:
    made.run("zebra", cv=0.7)
    made.run("ant", cv=0.7)
    assert best(made) == {"bank-marketing": "ant/bank-marketing/book"}


def test_a_mean_of_zero_is_a_mean(made) -> None:
    made.run("ant", cv=0.0)
    assert best(made) == {"bank-marketing": "ant/bank-marketing/book"}


def test_without_cross_validation_there_is_no_champion(made) -> None:
    made.run("ant", cv=None)
    assert best(made) == {}
    (made.results / "cv" / "ant" / "bank-marketing" / "book.json").unlink()
    assert best(made) == {}


def test_each_data_set_has_its_own_champion(made) -> None:
    made.run("ant", "bank-marketing", cv=0.9)
    made.run("bee", "bank-marketing", cv=0.8)
    made.run("bee", "credit-approval", cv=0.8)
    assert best(made) == {
        "bank-marketing": "ant/bank-marketing/book",
        "credit-approval": "bee/credit-approval/book",
    }


def test_of_two_titles_the_first_in_the_entry_is_the_plain_one(made) -> None:
    made.run("ant", "credit-approval", cv=0.9)
    made.run("ant", "bank-marketing", cv=0.9)
    made.run("bee", "bank-marketing", cv=0.8)
    records = read(made.results, made.catalogue)
    given = titles(champions(records), made.catalogue)
    assert {alias: record.name for alias, record in given["ant"].items()} == {
        "champion": "ant/credit-approval/book",
        "champion-credit-approval": "ant/credit-approval/book",
        "champion-bank-marketing": "ant/bank-marketing/book",
    }
    assert "bee" not in given


def test_the_table_is_sorted_and_marks_the_champions(made) -> None:
    made.run("zebra", cv=0.9)
    made.run("ant", cv=0.8)
    records = read(made.results, made.catalogue)
    rows = table(records, champions(records))
    assert [(row["model"], row["champion"]) for row in rows] == [("ant", False), ("zebra", True)]


def test_each_task_of_a_data_set_has_its_own_champion(made) -> None:
    made.run("ant", cv=0.9)
    made.run("bee", cv=0.2, task="regression")
    records = read(made.results, made.catalogue)
    assert sorted(record.name for record in champions(records).values()) == [
        "ant/bank-marketing/book",
        "bee/bank-marketing/book",
    ]
