"""What MLflow's entry of a run holds, taken from its record."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handbook.core.errors import HandbookError
from handbook.core.files import digest, sha256
from handbook.records.run import RunRecord, flat

__all__ = ["Step", "as_written", "content", "metrics", "note", "params", "steps", "tags"]


@dataclass(frozen=True)
class Step:
    """One value of a metric's history."""

    metric: str
    value: float
    step: int
    time: datetime


def content(record: RunRecord) -> str:
    """Return a digest of all that the entry shows, times and commit apart."""
    lasting = {key: value for key, value in record.run.items() if key not in ("started", "ended")}
    files: dict[str, str] = {}
    if record.folder is not None:
        names = ("metrics.json", "history.csv", "model.skops")
        paths = [*map(record.file, names), *record.drawings]
        files = {path.name: sha256(path) for path in paths}
    return digest(
        {"run": lasting, "folds": record.folds, "title": record.title, "book": record.book}
        | {"files": files}
    )


def metrics(record: RunRecord) -> dict[str, float]:
    """Return the metrics on the test rows, of the baseline and over folds, and what it cost."""
    parts = {
        "": record.metrics,
        "baseline_": record.baseline,
        "cv_": record.folds.get("mean", {}),
        "cv_se_": record.folds.get("standard_error", {}),
    }
    scores = {prefix + name: x for prefix, part in parts.items() for name, x in part.items()}
    context = record.context
    cost = {"train_seconds": context.get("train_seconds"), "train_mib": context.get("train_mib")}
    return {name: float(x) for name, x in (scores | cost).items() if x is not None}


def params(record: RunRecord) -> dict[str, str]:
    """Return the fitted model's parameters under their own names, and settings as ``run....``."""
    own = record.run.get("fitted_params") or record.run.get("params") or {}
    names = ("estimator", "preprocess", "seed", "threads")
    settings = {f"run.{key}": record.run.get(key) for key in names}
    return dict(flat(own)) | dict(
        flat({key: value for key, value in settings.items() if value is not None})
    )


def tags(record: RunRecord) -> dict[str, str]:
    """Return names, origin of code and data, versions, and the book's figures, as text."""
    run, context = record.run, record.context
    labels: dict[str, object] = {
        "model": record.model,
        "data": record.data,
        "variant": record.variant,
        "task": run.get("task"),
        "data_variant": run.get("data_variant"),
        "tier": context.get("tier"),
        "error": run.get("error"),
        "git.commit": context.get("commit"),
        "mlflow.source.git.commit": context.get("commit"),  # the one that MLflow shows
        "git.dirty": context.get("dirty"),
    }
    labels |= {f"digest.{part}": value for part, value in run.get("data_digests", {}).items()}
    labels |= {f"version.{name}": value for name, value in run.get("versions", {}).items()}
    labels |= {f"book.{metric}": value for metric, value in record.book.items()}
    return {key: str(value) for key, value in labels.items() if value is not None}


def note(record: RunRecord) -> str:
    """Describe the run in a sentence, and say where its data is generated."""
    sentence = f"{as_written(record.title)} on {record.data}, variant {record.variant}."
    if record.sample:
        sentence += (
            " Data: sample, a generated stand-in; its figures say nothing about the real data."
        )
    return sentence


def as_written(text: str) -> str:
    r"""Return Markdown that is shown as `text` is written.

    MLflow lets a note hold pictures and whole pages of other addresses.

    Examples
    --------
    >>> print(as_written("<iframe src=//a.b>"), as_written("![x](//a.b/c)"))
    &lt;iframe src=//a.b&gt; !\[x\](//a.b/c)
    """
    return re.sub(r"([\\`*_\[\]])", r"\\\1", html.escape(text, quote=False))


def steps(record: RunRecord) -> Iterator[Step]:
    """Yield the history: ``train_<column>`` of ``history.csv``, each step at its own time."""
    path = record.file("history.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    times = [datetime.fromisoformat(time) for time in record.context["step_times"]]
    if len(rows) != len(times):
        raise HandbookError(
            f"{path}: {len(rows)} rows, but context.json beside it has {len(times)} times; "
            "they are of two trainings: delete the folder and train again"
        )
    for row, time in zip(rows, times, strict=True):
        counter, *columns = row
        for name in columns:
            if row[name] != "":  # a metric may not be measured at every step
                yield Step(f"train_{name}", float(row[name]), int(float(row[counter])), time)
