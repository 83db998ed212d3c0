"""Intervals of all test scores on a data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook.core.files import read_json
from handbook.core.folders import DataFolder, RunFolder
from handbook.data import dataset
from handbook.tasks.shares import wilson
from handbook.training.gauge import gauge
from handbook.training.spec import RunSpec
from handbook.training.train import train
from handbook.training.uncertainty import GaugeSpec

NAME = "logistic-regression/made/book"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Rows of a data set, and one run on them."""
    rng = np.random.default_rng(0)
    folder = DataFolder("made", tmp_path)
    for path, n in ((folder.train, 200), (folder.test, 80)):
        X = pd.DataFrame({"number": rng.normal(size=n)})
        y = (X["number"] + rng.normal(size=n) > 0.5).to_numpy().astype(np.int64)
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.write(path, dataset.Dataset("made", "sample", "table", X, y, "y", ("no", "yes")))
    spec = RunSpec(
        model="logistic-regression",
        data="made",
        variant="book",
        task="classification",
        estimator="sklearn.linear_model.LogisticRegression",
        params={},
        seed=7,
    )
    train(
        spec, folder.train, folder.test, RunFolder(NAME, tmp_path, tmp_path / "logs"),
        code={}, versions={}, revision={}, tier="standard", say=print,
    )  # fmt: skip
    return tmp_path


def test_runs_and_their_dummy_have_intervals_and_no_other_file_changes(results: Path) -> None:
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    spec = GaugeSpec(data="made", level=0.9, draws=50, seed=1, runs={NAME: "classification"})
    output = results / "intervals" / "made.json"
    gauge(spec, output, results=results, say=print)
    assert {path: path.read_bytes() for path in before} == before

    written = read_json(output)
    run = RunFolder(NAME, results)
    metrics = read_json(run.metrics)
    assert (written["level"], written["draws"], written["seed"]) == (0.9, 50, 1)
    assert written["runs"][NAME]["job_key"] == read_json(run.record)["job_key"]
    intervals = written["runs"][NAME]["intervals"]
    assert list(intervals) == [
        key for key, value in metrics["metrics"].items() if value is not None
    ]
    right = round(80 * metrics["metrics"]["accuracy"])
    assert intervals["accuracy"]["interval"] == list(wilson(right, 80, 0.9))
    dummy = written["dummies"]["classification"]
    right = round(80 * metrics["baseline"]["accuracy"])
    assert dummy["accuracy"]["interval"] == list(wilson(right, 80, 0.9))
    assert dummy["roc_auc"]["interval"] is None  # it says the same of every row

    first = output.read_bytes()
    gauge(spec, output, results=results, say=print)
    assert output.read_bytes() == first
