"""Made-up results folders, so that the report can be tested and looked at before real ones exist.

``python tests/report/conftest.py FOLDER [--sample]`` writes one with its report.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pytest

from handbook import tasks
from handbook.records import sha256, work, write_json, write_text
from handbook.report.build import Context, build
from handbook.report.figures import draw, figure_names
from handbook.report.graph import Graph

GARMENTS = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip

GRAPH = Graph(
    rules={
        "acquire": "brings one raw file and checks its digest",
        "prepare": "loads, splits and profiles a data set",
        "validate": "checks every expectation of a data set",
        "gate": "stops what follows where one fails",
        "train": "fits a model and scores it on the test rows",
        "crossval": "scores a model on every fold of the training rows",
        "draw": "draws the figures of a run",
        "collect": "puts all records into one table",
        "track": "brings every run into MLflow",
        "report": "writes these pages",
    },
    edges=[
        ("acquire", "prepare"),
        ("prepare", "validate"),
        ("validate", "gate"),
        ("gate", "train"),
        ("prepare", "train"),
        ("gate", "crossval"),
        ("prepare", "crossval"),
        ("train", "draw"),
        ("train", "collect"),
        ("crossval", "collect"),
        ("collect", "track"),
        ("draw", "track"),
        ("train", "track"),
        ("collect", "report"),
        ("draw", "report"),
        ("validate", "report"),
        ("crossval", "report"),
    ],
)
CONTEXT = Context(
    commit="4f1c2d9a0b7e6c5d8f3a2b1c0d9e8f7a6b5c4d3e",
    dirty=False,
    tools={"Python": "3.11.7", "Snakemake": "9.0.0", "DVC": "3.60.0"},
    versions={"jinja2": "3.1.6", "matplotlib": "3.11.2"},
)


@dataclass
class Made:
    """A results folder under construction, and the catalogue that goes with it."""

    root: Path
    sample: bool = False
    catalogue: dict[str, Any] = field(
        default_factory=lambda: {
            "seed": 42,
            "tier": "standard",
            "work": {},
            "data": {},
            "models": {},
            "labs": {},
        }
    )

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def report(self) -> Path:
        return self.results / "report"

    def build(self, output: Path | None = None) -> Path:
        output = output or self.report
        build(self.results, output, self.catalogue, GRAPH, CONTEXT, logs=self.root / "logs")
        return output

    def run_dir(self, model: str, data: str, variant: str = "book") -> Path:
        return self.results / "models" / model / data / variant

    def data(self, name: str, title: str, *, fails: bool = False, **profile: Any) -> None:
        release = "sample" if self.sample else profile.pop("release", "full")
        self.catalogue["data"][name] = release
        folder = self.results / "data" / name
        profile = {
            "data": name,
            "title": title,
            "kind": "table",
            "variant": release,
            "licence": "CC BY 4.0",
            "homepage": f"https://example.org/{name}",
            "citation": "Moro, S., Cortez, P. and Rita, P. (2014). Decision Support Systems 62.",
            "notes": "",
            "target": "y",
            "rows": {"train": 36168, "test": 9043},
            "classes": {},
            "columns": [],
            "raw": []
            if self.sample
            else [
                {
                    "file": "bank.zip",
                    "bytes": 579043,
                    "sha256": "99d7e8eb12401ed278b793984423915411ea8df099e1795f9fefe254f513fe5e",
                }
            ],
        } | profile
        write_json(folder / "profile.json", profile)
        for part in ("train", "test"):  # whatever is in them: the report knows their digests only
            write_text(folder / f"{part}.arrow", f"{part} rows of {name}")
        if not fails:
            write_json(folder / "accepted.json", {})
        expectations = [
            {
                "expectation": "expect_column_values_to_be_between",
                "column": "age",
                "arguments": {"min_value": 18, "max_value": 95},
                "meaning": "Customers are adults",
                "success": not fails,
                "observed": {"min": 7 if fails else 18, "max": 95},
                "unexpected_count": 3 if fails else 0,
                "unexpected_rows": [7, 19, 44] if fails else [],
                "unexpected_values": [7, 12.5, 17] if fails else [],
                "remedy": f"the file is not the published release; delete data/raw/{name} "
                "and acquire it again",
            },
            {
                "expectation": "expect_table_row_count_to_equal",
                "column": None,
                "arguments": {"value": 45211},
                "meaning": "The release has a known number of rows",
                "success": True,
                "observed": 45211,
                "unexpected_count": None,
                "unexpected_rows": [],
                "unexpected_values": [],
                "remedy": "acquire it again",
            },
            {
                "expectation": "expect_column_values_to_be_in_set",
                "column": "marital",
                "arguments": {"value_set": ["divorced", "married", "single"]},
                "meaning": "Marital status is one of the documented categories",
                "success": True,
                "observed": ["divorced", "married", "single"],
                "unexpected_count": 0,
                "unexpected_rows": [],
                "unexpected_values": [],
                "remedy": "acquire it again",
            },
        ]
        write_json(
            folder / "validation.json",
            {
                "data": name,
                "variant": release,
                "kind": profile["kind"],
                "success": not fails,
                "rows": 45211,
                "expectations": expectations,
            },
        )

    def model(self, name: str, title: str, task: str, data: list[str], **entry: Any) -> None:
        self.catalogue["models"][name] = {
            "title": title,
            "section": "2.7",
            "task": task,
            "data": data,
            "estimator": f"sklearn.made_up.{title.title().replace(' ', '')}",
            "curves": [],
            "variants": {"book": {}},
        } | entry

    def run(
        self,
        model: str,
        data: str,
        variant: str = "book",
        *,
        true: Any,
        predicted: Any,
        probabilities: Any = None,
        classes: tuple[str, ...] = (),
        target: str = "y",
        history: str = "epoch\n",
        params: dict[str, Any] | None = None,
        preprocess: dict[str, Any] | None = None,
        cv: bool = True,
        draw_figures: bool = True,
        seconds: float = 1.234,
    ) -> Path:
        """Write everything that a training, a cross-validation and a drawing leave behind."""
        entry = self.catalogue["models"][model]
        folder = self.run_dir(model, data, variant)
        write_predictions(
            folder / "predictions.arrow", entry["task"], true, predicted, probabilities,
            classes, target,
        )  # fmt: skip
        metrics, undefined = score(entry["task"], true, predicted, probabilities)
        dummy = dummy_of(entry["task"], np.asarray(true), len(classes))
        baseline, _ = score(entry["task"], true, *dummy)
        write_json(
            folder / "metrics.json",
            {"metrics": metrics, "baseline": baseline, "undefined": undefined},
        )
        write_text(folder / "history.csv", history)
        rows = self.results / "data" / data
        record = {
            "job_key": f"{abs(hash_of(model + data + variant)):064x}",
            "model": model,
            "data": data,
            "variant": variant,
            "task": entry["task"],
            "data_variant": "sample" if self.sample else self.catalogue["data"][data],
            "seed": 42,
            "threads": 1,
            "estimator": entry["estimator"],
            "params": params or {"max_iter": 1000},
            "fitted_params": {"C": 1.0, "max_iter": 1000, "solver": None} | (params or {}),
            "preprocess": preprocess,
            "code": {
                "handbook.preprocess": "0123456789abcdef",
                "handbook.train": "fedcba9876543210",
            },
            "data_digests": {part: sha256(rows / f"{part}.arrow") for part in ("train", "test")},
            "versions": {"numpy": "2.4.6", "scikit-learn": "1.9.1"},
            "status": "FINISHED",
            "rows": {"train": 36168, "test": len(true)},
        }
        write_json(folder / "run.json", record)
        self.catalogue["work"][f"{model}/{data}/{variant}"] = work(record)
        write_json(
            folder / "context.json",
            {
                "started": "2026-11-20T10:00:00+00:00",
                "ended": "2026-11-20T10:00:02+00:00",
                "train_seconds": seconds,
                "step_times": [],
                "tier": "standard",
                "commit": CONTEXT.commit,
                "dirty": False,
            },
        )
        if draw_figures:
            names = figure_names(entry["task"], entry["curves"])
            out = {name: folder / "figures" / f"{name}.svg" for name in names}
            draw(names, folder, out, entry["curves"])
        if cv:
            write_json(
                self.results / "cv" / model / data / f"{variant}.json",
                cross_validated(record, metrics, baseline),
            )
        return folder

    def failed(self, model: str, data: str, error: str, variant: str = "book") -> None:
        entry = self.catalogue["models"][model]
        record = {
            "model": model,
            "data": data,
            "variant": variant,
            "task": entry["task"],
            "estimator": entry["estimator"],
            "params": {},
            "preprocess": None,
            "threads": 1,
            "seed": 42,
            "status": "FAILED",
            "error": error,
        }
        self.catalogue["work"][f"{model}/{data}/{variant}"] = work(record)
        write_json(self.root / "logs" / "train" / model / data / f"{variant}.failed.json", record)

    def lab(self, name: str, title: str, results: list[dict[str, Any]] | None) -> None:
        self.catalogue["labs"][name] = {"title": title, "section": "4.3.1"}
        if results is not None:
            write_json(
                self.results / "labs" / name / "result.json",
                {"lab": name, "section": "4.3.1", "title": title, "results": results},
            )


def hash_of(text: str) -> int:
    return sum(ord(letter) * 31**place for place, letter in enumerate(text))


def score(task: str, true: Any, predicted: Any, probabilities: Any) -> Any:
    import pandas as pd

    table = pd.DataFrame({"predicted": np.asarray(predicted)})
    if probabilities is not None:
        for code in range(probabilities.shape[1]):
            table[f"p:{code}"] = probabilities[:, code]
    return tasks.module(task).score(np.asarray(true), table)


def dummy_of(task: str, true: Any, classes: int) -> tuple[Any, Any]:
    if task == "regression":
        return np.full(len(true), true.mean()), None
    shares = np.bincount(true, minlength=classes) / len(true)
    return np.full(len(true), shares.argmax()), np.tile(shares, (len(true), 1))


def cross_validated(run: dict[str, Any], metrics: Any, baseline: Any) -> dict[str, Any]:
    shifts = (-0.004, 0.001, 0.003, -0.002, 0.002)

    def spread(value: float | None, shift: float) -> float | None:
        return None if value is None else value * (1 + shift)

    scores = [
        {"fold": fold} | {name: spread(value, shift) for name, value in metrics.items()}
        for fold, shift in enumerate(shifts)
    ]
    known = {name: value for name, value in metrics.items() if value is not None}
    task, data = run["task"], run["data"]
    return {
        "model": run["model"],
        "data": data,
        "variant": run["variant"],
        "task": task,
        "work": work(run),
        "data_digests": {"train": run["data_digests"]["train"]},
        "primary": "rmse"
        if task == "regression"
        else "roc_auc"
        if data == "bank-marketing"
        else "accuracy",
        "scheme": "stratified k-fold" if task == "classification" else "k-fold",
        "folds": 5,
        "level": 0.95,
        "scores": scores,
        "mean": metrics,
        "standard_error": {
            name: abs(known[name]) * 0.0013 if name in known else None for name in metrics
        },
        "interval": {
            name: [known[name] - abs(known[name]) * 0.0036, known[name] + abs(known[name]) * 0.0036]
            if name in known
            else None
            for name in metrics
        },
        "baseline": {"mean": baseline},
    }


def write_predictions(
    path: Path,
    task: str,
    true: Any,
    predicted: Any,
    probabilities: Any = None,
    classes: tuple[str, ...] = (),
    target: str = "y",
) -> None:
    columns = {"true": np.asarray(true), "predicted": np.asarray(predicted)}
    if probabilities is not None:
        columns |= {f"p:{code}": probabilities[:, code] for code in range(probabilities.shape[1])}
    about = {"task": task, "classes": list(classes), "target": target}
    table = pa.table(columns).replace_schema_metadata({b"handbook": json.dumps(about).encode()})
    path.parent.mkdir(parents=True, exist_ok=True)
    pa.feather.write_feather(table, path, compression="zstd")


def two_classes(rows: int, skill: float, seed: int = 0, base: float = 0.117) -> dict[str, Any]:
    """True classes and probabilities that separate them by `skill` standard deviations."""
    rng = np.random.default_rng(seed)
    true = (rng.random(rows) < base).astype(np.int64)
    logit = np.log(base / (1 - base)) + skill * (true * skill - skill / 2 + rng.normal(size=rows))
    p = 1 / (1 + np.exp(-logit))
    return {
        "true": true,
        "predicted": (p > 0.5).astype(np.int64),
        "probabilities": np.column_stack([1 - p, p]),
    }


def many_classes(rows: int, classes: int, skill: float, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    true = rng.integers(0, classes, rows)
    logits = rng.normal(size=(rows, classes))
    logits[np.arange(rows), true] += skill
    p = np.exp(logits * max(skill, 1))
    p /= p.sum(axis=1, keepdims=True)
    return {"true": true, "predicted": p.argmax(axis=1), "probabilities": p}


def furnish(made: Made) -> Made:
    """Fill a folder with what a rebuild of the first models could leave behind."""
    yes_no = {"no": {"train": 31937, "test": 7985}, "yes": {"train": 4231, "test": 1058}}
    made.data(
        "bank-marketing",
        "Bank marketing",
        release="bank-full",
        classes=yes_no,
        notes="Calls of a Portuguese bank. Duration is known only after the call.",
        columns=[
            {"name": "age", "type": "number", "missing": 0, "distinct": 77, "min": 18, "max": 95,
             "mean": 40.93621021432837, "std": 10.618762},
            {"name": "balance", "type": "number", "missing": 0, "distinct": 7168, "min": -8019,
             "max": 102127, "mean": 1362.272057, "std": 3044.765829},
            {"name": "job", "type": "category", "missing": 288, "distinct": 11,
             "top": [["blue-collar", 9732], ["management", 9458], ["technician", 7597]]},
        ],
    )  # fmt: skip
    made.data("credit-approval", "Australian credit approval", fails=True, classes=yes_no)
    made.data(
        "fashion-mnist",
        "Fashion-MNIST",
        kind="images",
        licence="MIT",
        classes={name: {"train": 6000, "test": 1000} for name in GARMENTS},
        rows={"train": 60000, "test": 10000},
        images={"shape": [28, 28], "mean": 72.94035, "std": 90.02118},
    )
    made.data("boston-housing", "Boston housing", target="medv", rows={"train": 404, "test": 102})
    made.data(
        "macbeth",
        "Macbeth",
        kind="text",
        licence="public domain",
        target="",
        rows={"train": 3000, "test": 330},
        text={"characters": 111661, "lines": 3330, "alphabet": "\n !&'(),-.:;<>?ABC[]abc"},
    )
    made.model(
        "logistic-regression", "Logistic regression", "classification",
        ["bank-marketing", "credit-approval"],
    )  # fmt: skip
    made.model(
        "rbf-network",
        "Radial basis function network",
        "classification",
        ["bank-marketing"],
        section="7.3",
        estimator="handbook.models.rbf.RBFClassifier",
        variants={"book": {"bank-marketing": {"accuracy": 0.88}}, "improved": {}},
    )
    made.model(
        "lenet",
        "LeNet",
        "classification",
        ["fashion-mnist"],
        section="3.13",
        estimator="handbook.models.lenet.LeNetClassifier",
        curves=["loss", "validation_loss", "accuracy"],
        variants={"book": {"fashion-mnist": {"accuracy": 0.8412}}},
    )
    made.model("mlp", "Multilayer perceptron", "classification", ["bank-marketing"])
    made.model("svc", "Support vector machine", "classification", ["bank-marketing"])
    made.model("ridge", "Ridge regression", "regression", ["boston-housing"], section="2.6.5")
    made.model("lasso", "Lasso", "regression", ["boston-housing"], section="2.6.4")

    table = {"categorical": "onehot", "numeric": "standard", "missing": "indicator"}
    no_yes = ("no", "yes")
    bank = "bank-marketing"
    made.run(
        "logistic-regression", bank, classes=no_yes, preprocess=table, **two_classes(9043, 1.7)
    )
    never = two_classes(9043, 0.45, seed=1)
    never["predicted"] = np.zeros_like(never["predicted"])
    made.run("rbf-network", bank, classes=no_yes, preprocess=table, seconds=94.2, **never)
    made.run(
        "rbf-network", bank, "improved", classes=no_yes, preprocess=table, cv=False,
        seconds=4012, **two_classes(9043, 1.3, seed=2),
    )  # fmt: skip
    made.failed("svc", bank, "HandbookError: bank-marketing: memory ran out\nat row 12 <of> many")
    epochs = "".join(
        f"{epoch},{2.2 * 0.75**epoch:.6f},{2.2 * 0.77**epoch:.6f},{1 - 0.7 * 0.8**epoch:.6f}\n"
        for epoch in range(1, 11)
    )
    made.run(
        "lenet", "fashion-mnist", classes=GARMENTS, seconds=512.7,
        history="epoch,loss,validation_loss,accuracy\n" + epochs,
        **many_classes(10000, 10, 2.6),
    )  # fmt: skip
    rng = np.random.default_rng(3)
    price = rng.gamma(6, 3.7, 102)
    for name, noise in (("ridge", 4.6), ("lasso", 5.1)):
        made.run(
            name, "boston-housing", target="medv", true=price, preprocess=table,
            predicted=price * 0.8 + 4.4 + rng.normal(0, noise, 102),
        )  # fmt: skip
    made.lab(
        "corr2d",
        "Two-dimensional cross-correlation",
        [
            {"name": "3x3 of 0..8 with 2x2 of 0..3", "computed": [[19, 25], [37, 43]],
             "expected": [[19, 25], [37, 43]], "source": "scipy.signal.correlate2d",
             "printed": [[19.0, 25.0], [37.0, 43.0]], "tolerance": 1e-9, "verdict": "agrees",
             "reason": ""},
            {"name": "saddle", "computed": 0.31234567, "expected": 0.31234567,
             "source": "closed form", "printed": 3.0, "tolerance": 1e-6,
             "verdict": "book differs", "reason": "the book's listing is wrong"},
        ],
    )  # fmt: skip
    made.lab("padding", "Padding", None)
    return made


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    def make(name: str = "made", *, sample: bool = False) -> Made:
        return Made(tmp_path / name, sample=sample)

    return make


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a furnished folder with its report, for tests that only read."""
    made = furnish(Made(tmp_path_factory.mktemp("furnished")))
    made.build()
    return made


if __name__ == "__main__":
    full = furnish(Made(Path(sys.argv[1]), sample="--sample" in sys.argv))
    print(full.build() / "index.html")
