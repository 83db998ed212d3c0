"""Run records as tracking reads them, and the choice of champions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handbook.errors import HandbookError
from handbook.run_records import champions, failed, finished, flat, table, titles
from tests.tracked_results import Results


@pytest.fixture
def made(tmp_path: Path) -> Results:
    return Results(tmp_path)


def best(made: Results) -> dict[str, str]:
    records = finished(made.results, made.catalogue)
    return {data: record.name for data, record in champions(records).items()}


def test_runs_come_in_the_catalogues_order_and_untrained_ones_are_left_out(made) -> None:
    for model in ("zebra", "ant"):
        made.run(model)
    made.catalogue["models"]["bee"] = made.catalogue["models"]["ant"]
    names = [record.name for record in finished(made.results, made.catalogue)]
    assert names == ["zebra/bank-marketing/book", "ant/bank-marketing/book"]


def test_a_run_outside_the_catalogue_is_not_current(made) -> None:
    made.run("ant")
    made.run("bee")
    del made.catalogue["models"]["ant"]
    assert [r.name for r in finished(made.results, made.catalogue)] == ["bee/bank-marketing/book"]


def test_metrics_are_told_with_their_origin_and_undefined_ones_left_out(made) -> None:
    made.run("ant", accuracy=0.9, cv=0.7)
    (record,) = finished(made.results, made.catalogue)
    assert record.metrics() == {
        "accuracy": 0.9,
        "baseline_accuracy": 0.5,
        "cv_accuracy": 0.7,
        "cv_se_accuracy": 0.01,
        "train_seconds": 1.5,
    }


def test_steps_have_their_own_times(made) -> None:
    made.run("ant")
    (record,) = finished(made.results, made.catalogue)
    told = [(step.metric, step.value, step.step, step.time.second) for step in record.steps()]
    assert told == [
        ("train_loss", 0.5, 1, 30),
        ("train_accuracy", 0.7, 1, 30),
        ("train_loss", 0.25, 2, 59),
        ("train_accuracy", 0.9, 2, 59),
    ]


def test_a_value_not_measured_at_a_step_is_left_out(made) -> None:
    made.run("ant", history="epoch,loss,accuracy\n1,0.5,\n2,0.25,0.9\n")
    (record,) = finished(made.results, made.catalogue)
    assert [step.step for step in record.steps() if step.metric == "train_accuracy"] == [2]


def test_a_closed_form_has_no_steps(made) -> None:
    made.run("ant", history="epoch\n")
    (record,) = finished(made.results, made.catalogue)
    assert list(record.steps()) == []


def test_a_history_of_another_training_is_refused(made) -> None:
    folder = made.run("ant")
    with (folder / "history.csv").open("a") as file:
        file.write("3,0.1,0.95\n")
    (record,) = finished(made.results, made.catalogue)
    with pytest.raises(HandbookError, match=r"history\.csv: 3 rows, but .* 2 times"):
        list(record.steps())


def test_settings_are_flat_text(made) -> None:
    made.run("ant", params={"layers": [3, 2], "kernel": "rbf", "gamma": None})
    (record,) = finished(made.results, made.catalogue)
    settings = record.settings()
    assert settings["layers"] == "[3, 2]"
    assert settings["kernel"] == "rbf"
    assert settings["gamma"] == "null"
    assert settings["run.preprocess.categorical"] == "onehot"
    assert settings["run.seed"] == "42"


def test_flat_keeps_empty_mappings() -> None:
    assert list(flat({"a": {}, "b": {"c": {"d": True}}})) == [("a", "{}"), ("b.c.d", "true")]
    assert list(flat({})) == []


def test_the_note_of_sample_data_says_so(made) -> None:
    made.run("ant")
    (record,) = finished(made.results, made.catalogue)
    assert "Data: sample" in record.note()
    assert record.tags()["data_variant"] == "sample"


def test_the_content_ignores_times_and_nothing_else(made) -> None:
    folder = made.run("ant")

    def content() -> str:
        return finished(made.results, made.catalogue)[0].content

    first = content()
    context = json.loads((folder / "context.json").read_text())
    (folder / "context.json").write_text(json.dumps(context | {"ended": context["started"]}))
    assert content() == first
    (folder / "figures" / "roc.svg").write_text("<svg></svg>")
    redrawn = content()
    made.folds("ant", "bank-marketing", "book", {"accuracy": 0.71}, "accuracy")
    assert len({first, redrawn, content()}) == 3


def test_failures_are_read_with_their_times(made) -> None:
    made.failure("ant")
    (record,) = failed(made.logs)
    assert record.status == "FAILED"
    assert record.job_key == "ant-bank-marketing-failed"
    assert record.started == datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
    assert record.tags()["error"] == "HandbookError: the training diverged"
    with pytest.raises(ValueError, match="it has no files"):
        record.file("model.skops")


def test_a_failure_before_its_key_was_known_is_told_by_what_it_says(made) -> None:
    keys = []
    for ended in ("2026-01-02T03:05:05+00:00", "2026-01-02T04:00:00+00:00"):
        path = made.failure("ant", ended=ended)
        content = json.loads(path.read_text())
        del content["job_key"]
        path.write_text(json.dumps(content))
        keys.append(failed(made.logs)[0].job_key)
    assert keys[0] == keys[1]


def test_no_failures_is_no_error(made) -> None:
    assert failed(made.logs) == []


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
    records = finished(made.results, made.catalogue)
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
    records = finished(made.results, made.catalogue)
    rows = table(records, champions(records))
    assert [(row["model"], row["champion"]) for row in rows] == [("ant", False), ("zebra", True)]
