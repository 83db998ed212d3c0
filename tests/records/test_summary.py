"""The last lines of a rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from handbook.core.files import write_json
from handbook.records.summary import lines


def run(model: str, mean: float | None, data: str = "diabetes") -> dict[str, Any]:
    folds = {"mean": {"rmse": mean}, "interval": {"rmse": None}}
    return {
        "model": model, "data": data, "variant": "book", "task": "regression", "primary": "rmse",
        "metrics": {"rmse": 1.0}, "baseline": {"rmse": 2.0}, "data_variant": "full",
        "cv": None if mean is None else folds,
    }  # fmt: skip


def best(folder: Path, *runs: dict[str, Any]) -> list[str]:
    write_json(folder / "results" / "runs.json", list(runs))
    return [line.split(" ")[0] for line in lines(folder) if " / " in line and "rmse" in line]


def test_the_best_of_a_data_set_has_the_least_error_and_equal_means_go_by_name(tmp_path) -> None:
    assert best(tmp_path, run("svr", 4.0), run("ridge", 3.0), run("lasso", 3.0)) == ["lasso"]


def test_without_cross_validation_the_first_of_the_catalogue_is_named(tmp_path) -> None:
    assert best(tmp_path, run("svr", None), run("ridge", None)) == ["svr"]
    assert best(tmp_path, run("svr", None), run("ridge", 9.0)) == ["ridge"]
