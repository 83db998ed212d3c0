"""What MLflow's entry of a run holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.records.tracking.tracked_results import Results, finished

from handbook.core.errors import HandbookError
from handbook.records.tracking import entry


@pytest.fixture
def made(tmp_path: Path) -> Results:
    return Results(tmp_path)


def test_metrics_are_told_with_their_origin_and_undefined_ones_left_out(made) -> None:
    made.run("ant", accuracy=0.9, cv=0.7)
    (record,) = finished(made)
    assert entry.metrics(record) == {
        "test/accuracy": 0.9,
        "dummy/accuracy": 0.5,
        "cv/accuracy": 0.7,
        "usage/train_seconds": 1.5,
    }
    assert entry.tags(record)["cv.standard_error.accuracy"] == "0.01"


def test_steps_have_their_own_times(made) -> None:
    made.run("ant")
    (record,) = finished(made)
    told = [(step.metric, step.value, step.step, step.time.second) for step in entry.steps(record)]
    assert told == [
        ("train/loss", 0.5, 1, 30),
        ("train/accuracy", 0.7, 1, 30),
        ("train/loss", 0.25, 2, 59),
        ("train/accuracy", 0.9, 2, 59),
    ]


def test_a_value_not_measured_at_a_step_is_left_out(made) -> None:
    made.run("ant", history="epoch,loss,accuracy\n1,0.5,\n2,0.25,0.9\n")
    (record,) = finished(made)
    assert [step.step for step in entry.steps(record) if step.metric == "train/accuracy"] == [2]


def test_a_closed_form_has_no_steps(made) -> None:
    made.run("ant", history="epoch\n")
    (record,) = finished(made)
    assert list(entry.steps(record)) == []


def test_a_history_of_another_training_is_refused(made) -> None:
    folder = made.run("ant")
    with (folder / "history.csv").open("a") as file:
        file.write("3,0.1,0.95\n")
    (record,) = finished(made)
    with pytest.raises(HandbookError, match=r"history\.csv: 3 rows, but .* 2 times"):
        list(entry.steps(record))


def test_params_are_flat_text(made) -> None:
    made.run("ant", params={"layers": [3, 2], "kernel": "rbf", "gamma": None})
    (record,) = finished(made)
    params = entry.params(record)
    assert params["layers"] == "[3, 2]"
    assert params["kernel"] == "rbf"
    assert params["gamma"] == "null"
    assert params["run.preprocess.categorical"] == "onehot"
    assert params["run.seed"] == "42"


def test_the_note_of_sample_data_says_so(made) -> None:
    made.run("ant")
    (record,) = finished(made)
    note = entry.note(record)
    assert "Data: sample" in note
    assert "accuracy 0.700" in note
    assert "test rows 0.8000, dummy 0.5000" in note
    assert "(/report/models/ant.html)" in note
    assert entry.tags(record)["data_variant"] == "sample"


def test_the_content_ignores_times_and_nothing_else(made) -> None:
    folder = made.run("ant")

    def content() -> str:
        return entry.content(finished(made)[0])

    first = content()
    context = json.loads((folder / "context.json").read_text())
    (folder / "context.json").write_text(json.dumps(context | {"ended": context["started"]}))
    assert content() == first
    (folder / "figures" / "roc.svg").write_text("<svg></svg>")
    redrawn = content()
    made.folds("ant", "bank-marketing", "book", {"accuracy": 0.71}, "accuracy")
    assert len({first, redrawn, content()}) == 3
