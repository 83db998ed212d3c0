"""Made-up truths and predictions, and what follows from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather

from handbook import tasks
from handbook.records.run import RunRecord
from handbook.tasks.task import Predictions


def hash_of(text: str) -> int:
    return sum(ord(letter) * 31**place for place, letter in enumerate(text))


def score(task: str, true: Any, predicted: Any, probabilities: Any, scores: Any = None) -> Any:
    import pandas as pd

    table = pd.DataFrame({"predicted": np.asarray(predicted)})
    if probabilities is not None:
        for code in range(probabilities.shape[1]):
            table[f"p:{code}"] = probabilities[:, code]
    if scores is not None:
        table["score"] = scores
    classes = 0 if scores is None else 2
    return tasks.module(task).score(np.asarray(true), Predictions(table, classes=classes))


def dummy_of(task: str, true: Any, classes: int) -> tuple[Any, Any]:
    if task == "regression":
        return np.full(len(true), true.mean()), None
    shares = np.bincount(true, minlength=classes) / len(true)
    return np.full(len(true), shares.argmax()), np.tile(shares, (len(true), 1))


def cross_validated(
    run: dict[str, Any], metrics: Any, baseline: Any, **more: Any
) -> dict[str, Any]:
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
        "work": RunRecord(run).work,
        "data_digests": {"train": run["data_digests"]["train"]},
        "primary": "rmse"
        if task == "regression"
        else "roc_auc"
        if data.startswith("bank-marketing")
        else "accuracy",
        "scheme": "stratified k-fold" if task == "classification" else "k-fold",
        "folds": 5,
        "share": 0.25,
        "split": f"folds of {data}",
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
        "chosen": None,
        "repeated": None,
        "leave_one_out": None,
    } | more


def write_predictions(
    path: Path,
    task: str,
    true: Any,
    predicted: Any,
    probabilities: Any = None,
    classes: tuple[str, ...] = (),
    target: str = "y",
    scores: Any = None,
) -> None:
    columns = {"true": np.asarray(true), "predicted": np.asarray(predicted)}
    if probabilities is not None:
        columns |= {f"p:{code}": probabilities[:, code] for code in range(probabilities.shape[1])}
    if scores is not None:
        columns["score"] = np.asarray(scores)
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
