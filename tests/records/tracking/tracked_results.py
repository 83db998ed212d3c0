"""Small finished and failed runs as the workflow leaves them, for the tests of tracking."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import feather
from sklearn.linear_model import LogisticRegression, Ridge

from handbook import tasks
from handbook.core.files import sha256
from handbook.data import dataset
from handbook.records.reader import read
from handbook.records.run import RunRecord
from handbook.training import saving
from handbook.training.preprocess import pipeline
from handbook.training.spec import Preprocess

STARTED = "2026-01-02T03:04:05.678000+00:00"
ENDED = "2026-01-02T03:05:05.000000+00:00"
STEPS = ["2026-01-02T03:04:30.250000+00:00", "2026-01-02T03:04:59.500000+00:00"]


@dataclass
class Results:
    """A folder of results that tests fill run by run."""

    root: Path
    catalogue: dict[str, Any] = field(
        default_factory=lambda: {"tier": "demo", "work": {}, "data": {}, "models": {}}
    )

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def data(
        self, name: str, images: bool = False, variant: str = "sample", classes: bool = True
    ) -> dataset.Dataset:
        """Write an accepted data set; return its test rows."""
        rng = np.random.default_rng(0)
        X: Any = pd.DataFrame(
            {
                "job": pd.Categorical(rng.choice(["clerk", "smith"], size=20)),
                "city": pd.Categorical(rng.choice(["here", None], size=20)),
                "age": rng.integers(18, 90, size=20),
                "balance": np.where(rng.random(20) < 0.2, np.nan, rng.normal(size=20)),
            }
        )
        if images:
            X = rng.integers(0, 256, size=(20, 16, 16)).astype(np.uint8)
        kind: dataset.Kind = "images" if images else "table"
        y, names = (np.arange(20) % 2, ("no", "yes")) if classes else (np.arange(20.0), ())
        data = dataset.Dataset(name, variant, kind, X, y, "y", names)
        folder = self.results / "data" / name
        for part in ("train", "test"):
            dataset.write(folder / f"{part}.arrow", data)
        (folder / "accepted.json").write_text("{}")
        self.catalogue["data"][name] = variant
        return data

    def run(
        self,
        model: str,
        data: str = "bank-marketing",
        variant: str = "book",
        *,
        key: str | None = None,
        cv: float | None = 0.7,
        accuracy: float = 0.8,
        task: str = "classification",
        estimator: Any = None,
        params: dict[str, Any] | None = None,
        history: str = "epoch,loss,accuracy\n1,0.5,0.7\n2,0.25,0.9\n",
    ) -> Path:
        """Write one finished run and enter it in the catalogue."""
        path = self.results / "data" / data / "test.arrow"
        if not path.exists():
            self.data(data, classes=task != "regression")
        rows = dataset.read(path)
        folder = self.results / "models" / model / data / variant
        (folder / "figures").mkdir(parents=True, exist_ok=True)
        if estimator is None:
            last = Ridge() if task == "regression" else LogisticRegression()
            estimator = pipeline(last, Preprocess(), rows.X).fit(rows.X, rows.y)
        saving.save(estimator, folder / "model.skops")
        predictions = tasks.module(task).predict(estimator, rows.X, len(rows.classes)).table
        feather.write_feather(predictions, folder / "predictions.arrow")
        run = {
            "job_key": key or f"{model}-{data}-{variant}",
            "model": model,
            "data": data,
            "variant": variant,
            "task": task,
            "seed": 42,
            "threads": 1,
            "estimator": "sklearn.linear_model.LogisticRegression",
            "preprocess": {"numeric": "standard", "categorical": "onehot"},
            "search": None,
            "threshold": None,
            "fit_rows": None,
            "params": params or {"C": 1.0},
            "fitted_params": params or {"C": 1.0, "penalty": None},
            "code": {"handbook.training.saving": "0123"},
            "versions": {"numpy": "2.0.0", "scikit-learn": "1.9.0"},
            "data_digests": {part: sha256(path.with_stem(part)) for part in ("train", "test")},
            "data_variant": rows.variant,
            "rows": {"train": 80, "test": 20},
            "status": "FINISHED",
        }
        metric = "rmse" if task == "regression" else "accuracy"
        context = {
            "started": STARTED,
            "ended": ENDED,
            "tier": "demo",
            "train_seconds": 1.5,
            "step_times": STEPS[: history.count("\n") - 1],
            "commit": "c0ffee",
            "dirty": True,
        }
        scores = {
            "primary": metric,
            "metrics": {metric: accuracy, "precision": None},
            "baseline": {metric: 0.5, "precision": None},
            "undefined": {"precision": "no row was predicted as the positive class"},
        }
        for name, content in (("run", run), ("context", context), ("metrics", scores)):
            (folder / f"{name}.json").write_text(json.dumps(content))
        (folder / "history.csv").write_text(history)
        (folder / "figures" / "roc.svg").write_text("<svg/>")
        self.catalogue["work"][f"{model}/{data}/{variant}"] = RunRecord(run).work
        self.folds(model, data, variant, {metric: cv}, metric)
        self._enter(model, data, variant, task, {metric: 0.88})
        return folder

    def folds(
        self, model: str, data: str, variant: str, mean: dict[str, float | None], primary: str
    ) -> None:
        """Write the cross-validation of a run."""
        path = self.results / "cv" / model / data / f"{variant}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        errors = dict.fromkeys(mean, 0.01)
        run = json.loads((self.results / f"models/{model}/{data}/{variant}/run.json").read_text())
        content = {
            "work": RunRecord(run).work,
            "data_digests": {"train": run["data_digests"]["train"]},
            "task": run["task"],
            "data": data,
            "primary": primary,
            "folds": 2,
            "level": 0.95,
            "share": 1.0,
            "split": "one",
            "scores": [{"fold": fold, "rows": 40} | mean for fold in (0, 1)],
            "mean": mean,
            "standard_error": errors,
            "interval": dict.fromkeys(mean),
        }
        path.write_text(json.dumps(content))

    def failure(self, model: str, data: str = "bank-marketing", **more: Any) -> Path:
        """Write the record of a failed training and enter it in the catalogue."""
        path = self.logs / "train" / model / data / "book.failed.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "job_key": f"{model}-{data}-failed",
            "model": model,
            "data": data,
            "variant": "book",
            "task": "classification",
            "seed": 42,
            "threads": 1,
            "estimator": "sklearn.linear_model.LogisticRegression",
            "preprocess": None,
            "search": None,
            "threshold": None,
            "fit_rows": None,
            "params": {"C": 1.0},
            "status": "FAILED",
            "error": "HandbookError: the training diverged",
            "started": STARTED,
            "ended": ENDED,
            "tier": "demo",
            **more,
        }
        path.write_text(json.dumps(content))
        self.catalogue["work"][f"{model}/{data}/book"] = RunRecord(content).work
        self.catalogue["data"].setdefault(data, "sample")
        self._enter(model, data, "book", "classification", {})
        return path

    def _enter(
        self, model: str, data: str, variant: str, task: str, book: dict[str, float]
    ) -> None:
        """Enter a run in the catalogue."""
        entry = self.catalogue["models"].setdefault(
            model,
            {"title": model.title(), "section": "2.7", "data": [], "variants": {}, "task": task},
        )
        if data not in entry["data"]:
            entry["data"].append(data)
        about = entry["variants"].setdefault(
            variant, {"data": [], "book": {}, "book_lines": {}, "folded": True, "shortened": {}}
        )
        if data not in about["data"]:
            about["data"].append(data)
        about["book"][data] = book


def finished(made: Results) -> list[RunRecord]:
    """Return the finished runs of the catalogue."""
    records = read(made.results, made.catalogue)
    return [record for record in records if record.state == "finished"]


def only(made: Results) -> RunRecord:
    """Return the only run of the catalogue, whatever its state."""
    (record,) = read(made.results, made.catalogue, made.logs)
    return record
