"""Lists of runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from tests.records.tracking.tracked_results import Results

from handbook import cli
from handbook.core.errors import HandbookError
from handbook.records import listing
from handbook.records.run import RunRecord


@pytest.fixture
def made(tmp_path: Path) -> Results:
    made = Results(tmp_path)
    made.run("lda", accuracy=0.8, cv=0.7)
    made.run("mlp", accuracy=0.9, cv=0.6)
    made.run("ridge", data="diabetes", task="regression", accuracy=3.5, cv=4.0)
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    return made


def names(records: list[RunRecord]) -> list[str]:
    return [record.model for record in records]


def test_every_run_of_the_catalogue_is_listed_whatever_became_of_it(made: Results) -> None:
    made.catalogue["models"]["svr"] = made.catalogue["models"]["ridge"] | {"title": "SVR"}
    made.catalogue["work"]["svr/diabetes/book"] = "none"
    made.catalogue["work"]["mlp/bank-marketing/book"] = "other"
    made.results.joinpath("catalogue.json").write_text(json.dumps(made.catalogue))
    rows = listing.as_json(listing.runs_of(made.root))
    assert {row["model"]: row["state"] for row in rows} == {
        "lda": "finished",
        "mlp": "outdated",
        "ridge": "finished",
        "svr": "missing",
    }
    assert rows[0]["metrics"]["accuracy"] == 0.8
    assert rows[0]["cv"]["accuracy"]["mean"] == 0.7
    assert rows[0]["seconds"] == 1.5
    assert rows[0]["job_key"] == "lda-bank-marketing-book"


def test_bounds(made: Results) -> None:
    runs = listing.runs_of(made.root)

    def kept(*bounds: str) -> list[str]:
        return names(listing.choose(runs, {}, [listing.Bound(text) for text in bounds]))

    assert kept("accuracy>0.8") == ["mlp"]
    assert kept("accuracy>=0.8") == ["lda", "mlp"]
    assert kept("cv_accuracy > 0.6") == ["lda"]
    assert kept("rmse<4") == ["ridge"]
    assert kept("rmse=3.5") == ["ridge"]
    assert kept("seconds<=1.5", "accuracy<0.85") == ["lda"]
    assert kept("f1>0") == []  # nobody has it


def test_the_best_comes_first_and_who_has_none_last(made: Results) -> None:
    runs = listing.runs_of(made.root)
    assert names(listing.order(runs, "accuracy")) == ["mlp", "lda", "ridge"]
    assert names(listing.order(runs, "cv_accuracy")) == ["lda", "mlp", "ridge"]
    assert names(listing.order(runs, "accuracy", reverse=True)) == ["lda", "mlp", "ridge"]
    assert names(listing.order(runs, "rmse")) == ["ridge", "lda", "mlp"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("acuracy>0.9", "did you mean 'accuracy'"),
        ("cv_acuracy>0.9", "did you mean 'accuracy'"),
        ("accuracy", "is no bound"),
        ("accuracy>high", "is no bound"),
        ("accuracy!=1", "is no bound"),
        ("", "is no bound"),
    ],
)
def test_a_wrong_bound_is_refused(text: str, message: str) -> None:
    with pytest.raises(HandbookError, match=message):
        listing.Bound(text)


def test_a_wrong_name_is_refused(made: Results) -> None:
    with pytest.raises(HandbookError, match="--model rige: no run has it; did you mean 'ridge'"):
        listing.choose(listing.runs_of(made.root), {"model": ["rige"]}, [])
    with pytest.raises(HandbookError, match="is no metric"):
        listing.order([], "speed")


def test_csv_has_one_column_per_metric(made: Results) -> None:
    rows = list(csv.DictReader(io.StringIO(listing.to_csv(listing.runs_of(made.root)))))
    assert [row["accuracy"] for row in rows] == ["0.8", "0.9", ""]
    assert [row["cv_rmse"] for row in rows] == ["", "", "4.0"]


def test_the_command_lists_sorts_and_prints_json(
    made: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["runs", str(made.root), "--sort", "accuracy", "--where", "accuracy>0.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("/")[0] for line in lines[1:3]] == ["mlp", "lda"]
    assert lines[3] == "2 runs"
    assert cli.main(["runs", str(made.root), "--json", "--data", "diabetes"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row["primary"] == "rmse"


def test_several_names_stand_in_one_option_and_swallow_no_folder(
    made: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    def listed(*words: str) -> list[str]:
        assert cli.main(["runs", *words]) == 0
        lines = capsys.readouterr().out.splitlines()
        return [line.split("/")[0] for line in lines[1:-1]]

    assert listed("--model", "lda", str(made.root)) == ["lda"]
    assert listed("--model", "lda,ridge", str(made.root)) == ["lda", "ridge"]
    assert listed("--model", "lda", "--model", "ridge", str(made.root)) == ["lda", "ridge"]
    assert listed("--where", "accuracy>0.5,accuracy<0.85", str(made.root)) == ["lda"]
    with pytest.raises(SystemExit):
        cli.main(["runs", "--state", "finishd", str(made.root)])
    assert "'finishd' is unknown; did you mean 'finished'?" in capsys.readouterr().err


def test_without_results_the_command_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["runs", str(tmp_path)]) == 1
    assert "neither a project nor a folder of results" in capsys.readouterr().err
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "catalogue.json").write_text(
        json.dumps({"models": {}, "work": {}, "data": {}})
    )
    assert cli.main(["runs", str(tmp_path)]) == 1
    assert "no run has started here yet" in capsys.readouterr().err
