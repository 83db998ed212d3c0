"""The last lines of a rebuild."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.records.tracking.tracked_results import Results

from handbook.core.files import write_json, write_text
from handbook.records.champions import champions
from handbook.records.collect import collect
from handbook.records.reader import read
from handbook.records.summary import lines
from handbook.report.site.leaderboards import leaderboards
from handbook.report.site.results import DataSet, Run
from handbook.report.site.site import Site


def run(model: str, mean: float | None, data: str = "diabetes") -> dict[str, Any]:
    folds = {"mean": {"rmse": mean}, "interval": {"rmse": None}}
    return {
        "model": model, "data": data, "variant": "book", "task": "regression", "primary": "rmse",
        "metrics": {"rmse": 1.0}, "baseline": {"rmse": 2.0}, "data_variant": "full",
        "cv": None if mean is None else folds,
    }  # fmt: skip


def said(folder: Path, *runs: dict[str, Any]) -> list[str]:
    write_json(folder / "results" / "runs.json", list(runs))
    return list(lines(folder))


def best(folder: Path, *runs: dict[str, Any]) -> list[str]:
    return [line.split(" ")[0] for line in said(folder, *runs) if " / " in line]


def test_the_best_of_a_data_set_has_the_least_error_and_equal_means_go_by_name(
    tmp_path: Path,
) -> None:
    assert best(tmp_path, run("svr", 4.0), run("ridge", 3.0), run("lasso", 3.0)) == ["lasso"]


def test_without_folds_no_run_is_named_the_best(tmp_path: Path) -> None:
    pair = run("svr", None), run("ridge", None)
    assert best(tmp_path, *pair) == []
    (line,) = [line for line in said(tmp_path, *pair) if line.startswith("diabetes, regression")]
    assert line.endswith("2 runs, not ranked: without folds none is best")


def test_a_run_without_folds_is_not_named_beside_one_that_has_them(tmp_path: Path) -> None:
    assert best(tmp_path, run("svr", None), run("ridge", 9.0)) == ["ridge"]


def test_after_a_failed_run_the_report_is_said_to_be_of_an_earlier_one(tmp_path: Path) -> None:
    assert not any("earlier run" in line for line in said(tmp_path, run("ridge", 9.0)))
    record = tmp_path / ".snakemake" / "log" / "2026-01-01T000000.0.events.jsonl"
    event = {"event": "job_error", "rule_name": "lab", "log": ["logs/lab.log"]}
    write_text(record, f"{json.dumps(event)}\n")
    (line,) = [line for line in said(tmp_path, run("ridge", 9.0)) if "earlier run" in line]
    assert "in the last one 1 job failed" in line
    assert line.endswith("logs/report/index.html")


def test_console_report_and_mlflow_name_the_same_best(tmp_path: Path) -> None:
    """One split does not rank: not on the console, not in the report, not as champion."""
    results = Results(tmp_path)
    results.run("ant", cv=0.7, accuracy=0.7)
    results.run("bee", cv=0.8, accuracy=0.1)
    results.run("cat", cv=None, accuracy=0.99)
    results.run("dog", "mnist", cv=None, accuracy=0.9)
    records = read(results.results, results.catalogue)
    named = {record.name for record in champions(records).values()}
    table = collect(results.results, results.catalogue).table
    console = [line.split("  ")[0].replace(" / ", "/") for line in said(tmp_path, *table)]
    sets = tuple(DataSet(name, "sample", None, None) for name in results.catalogue["data"])
    boards = leaderboards(Site(tuple(Run(**vars(record)) for record in records), sets))
    assert named == {"bee/bank-marketing/book"}
    assert named == {line for line in console if line.count("/") == 2 and ":" not in line}
    assert named == {board.best.name for board in boards if board.best}
