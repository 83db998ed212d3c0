"""What MLflow's entry of a run holds, taken from its record."""

from __future__ import annotations

import csv
import getpass
import html
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mlflow.entities import Dataset, DatasetInput, InputTag

from handbook.core.errors import HandbookError
from handbook.core.files import digest, sha256
from handbook.core.numbers import estimate, number
from handbook.records.run import RunRecord, flat
from handbook.tasks.metric import Metric

__all__ = [
    "LAYOUT",
    "SOURCE",
    "Step",
    "as_written",
    "content",
    "inputs",
    "metrics",
    "note",
    "page",
    "params",
    "said_of",
    "steps",
    "tags",
    "user",
]

#: What made a run, as MLflow shows it; by it our runs are told from those of others.
SOURCE = "handbook train"

#: How entries are laid out. A store that has them in another way gets them anew.
LAYOUT = 3
# Below the address at which `make ui` shows MLflow, it shows the report.
_REPORT = "/report"


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
        | {"files": files, "layout": LAYOUT}
    )


def metrics(record: RunRecord) -> dict[str, float]:
    """Return the metrics on the test rows, of the dummy and over folds, and what it took.

    MLflow draws a chart of each, and makes a group of what stands before the stroke.
    """
    context = record.context
    parts = {
        "test": record.metrics,
        "dummy": record.baseline,
        "cv": record.folds.get("mean", {}),
        "usage": {name: context.get(name) for name in ("train_seconds", "train_mib")},
    }
    scores = {f"{part}/{name}": x for part, own in parts.items() for name, x in own.items()}
    return {name: float(x) for name, x in scores.items() if x is not None}  # type: ignore[arg-type]


def inputs(record: RunRecord) -> list[DatasetInput]:
    """Return the rows that the run was trained on and those it was measured on."""
    rows = record.run.get("rows", {})
    uses = {"train": "training", "test": "testing"}
    return [
        DatasetInput(
            Dataset(
                name=f"{record.data}/{part}",
                digest=digest_of_rows[:16],  # MLflow keeps 36 characters
                source_type="local",
                source=json.dumps({"uri": f"results/data/{record.data}/{part}.arrow"}),
                profile=json.dumps({"num_rows": rows[part]}) if part in rows else None,
            ),
            [InputTag("mlflow.data.context", uses[part])],
        )
        for part, digest_of_rows in record.run.get("data_digests", {}).items()
        if part in uses
    ]


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
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": SOURCE,
        "mlflow.user": user(),
    }
    labels |= {f"digest.{part}": value for part, value in run.get("data_digests", {}).items()}
    labels |= {f"version.{name}": value for name, value in run.get("versions", {}).items()}
    labels |= {f"book.{metric}": value for metric, value in record.book.items()}
    errors = record.folds.get("standard_error", {})
    labels |= {
        f"cv.standard_error.{metric}": f"{value:.4g}" for metric, value in errors.items() if value
    }
    return {key: str(value) for key, value in labels.items() if value is not None}


def user() -> str:
    """Return who tracks, or the number that stands for somebody without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def note(record: RunRecord) -> str:
    """Describe the run, say where its data is generated, and link to its page in the report."""
    sentences = [f"{as_written(record.title)} on {record.data}, variant {record.variant}."]
    if record.state == "finished":
        sentences.append(f"{said_of(record)}.")
        sentences.append(f"Its page: {page(f'models/{record.model}.html')}.")
    if record.sample:
        sentences.append(
            "Data: sample, a generated stand-in; its figures say nothing about the real data."
        )
    return " ".join(sentences)


def said_of(record: RunRecord) -> str:
    """Say how a run does by the metric that ranks models of its task."""
    name = record.primary
    test, dummy = number(record.metrics.get(name)), number(record.baseline.get(name))
    rows = f"test rows {test}, dummy {dummy}"
    mean = record.mean(name)
    if mean is None:
        return f"{Metric.named(name).title}: {rows}"
    return f"{Metric.named(name).title} {estimate(mean, record.interval(name))} over folds; {rows}"


def page(path: str) -> str:
    """Return a link to a page of the report, which names its file too.

    Examples
    --------
    >>> page("data/iris.html")
    '[results/report/data/iris.html](/report/data/iris.html)'
    """
    return f"[results/report/{path}]({_REPORT}/{path})"


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
    """Yield the history: ``train/<column>`` of ``history.csv``, each step at its own time."""
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
                yield Step(f"train/{name}", float(row[name]), int(float(row[counter])), time)
