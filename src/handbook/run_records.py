"""Run records as they lie on disk: what was trained, what failed, which run is the champion."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from handbook import tasks
from handbook.errors import HandbookError
from handbook.records import digest, read_json, sha256

__all__ = ["RunRecord", "Step", "champions", "failed", "finished", "flat", "table", "titles"]


@dataclass(frozen=True)
class Step:
    """One value of a metric's history."""

    metric: str
    value: float
    step: int
    time: datetime


@dataclass(frozen=True)
class RunRecord:
    """One run, finished or failed, with everything that is told of it.

    Parameters
    ----------
    run : mapping
        Content of ``run.json``, or of the record of a failure.
    context : mapping
        When and from which commit it ran: what differs between two equal runs.
    scores : mapping
        Content of ``metrics.json``; empty for a failure.
    folds : mapping
        Content of the cross-validation's file; empty where there is none.
    title : str
        Name of the model for people.
    book : mapping of str to float
        The book's printed figures.
    folder : Path or None
        Where the run's files lie; None for a failure.
    held_out : Path or None
        The test rows, of which the first few serve as an example.
    """

    run: Mapping[str, Any]
    context: Mapping[str, Any]
    scores: Mapping[str, Any]
    folds: Mapping[str, Any]
    title: str
    book: Mapping[str, float]
    folder: Path | None = None
    held_out: Path | None = None

    @property
    def name(self) -> str:
        """Model, data set and variant as one path."""
        return "/".join(self.run[key] for key in ("model", "data", "variant"))

    @property
    def job_key(self) -> str:
        """Digest of all that the run depends on."""
        return str(self.run["job_key"])

    @property
    def status(self) -> str:
        """FINISHED or FAILED."""
        return str(self.run["status"])

    @cached_property
    def content(self) -> str:
        """Digest of what is told of the run, times and commit apart."""
        told = {key: value for key, value in self.run.items() if key not in ("started", "ended")}
        files: dict[str, str] = {}
        if self.folder is not None:
            named = [self.file(name) for name in ("metrics.json", "history.csv", "model.skops")]
            files = {path.name: sha256(path) for path in [*named, *self.figures]}
        return digest(
            {"run": told, "folds": self.folds, "title": self.title, "book": self.book}
            | {"files": files}
        )

    @property
    def figures(self) -> list[Path]:
        """The run's drawings."""
        return sorted(self.file("figures").glob("*.svg"))

    @property
    def started(self) -> datetime:
        """When the run began."""
        return datetime.fromisoformat(self.context["started"])

    @property
    def ended(self) -> datetime:
        """When the run ended."""
        return datetime.fromisoformat(self.context["ended"])

    def file(self, name: str) -> Path:
        """Return the path of one of a finished run's files."""
        if self.folder is None:
            raise ValueError(f"{self.name} failed: it has no files")
        return self.folder / name

    def metrics(self) -> dict[str, float]:
        """Return the metrics on the test rows, the baseline's and the folds', those defined."""
        told = {
            "": self.scores.get("metrics", {}),
            "baseline_": self.scores.get("baseline", {}),
            "cv_": self.folds.get("mean", {}),
            "cv_se_": self.folds.get("standard_error", {}),
        }
        found = {
            prefix + name: float(value)
            for prefix, values in told.items()
            for name, value in values.items()
            if value is not None
        }
        if "train_seconds" in self.context:
            found["train_seconds"] = float(self.context["train_seconds"])
        return found

    def settings(self) -> dict[str, str]:
        """Return the model's settings under their own names, the rest of the run's beside them."""
        kept = ("estimator", "preprocess", "seed", "threads")
        return dict(flat(self.run.get("fitted_params") or self.run.get("params") or {})) | dict(
            flat({f"run.{key}": self.run[key] for key in kept if self.run.get(key) is not None})
        )

    def tags(self) -> dict[str, str]:
        """Return what tells the run from others: its names, its data, its code, the book."""
        run, context = self.run, self.context
        told = {key: run.get(key) for key in ("model", "data", "variant", "task", "data_variant")}
        told |= {
            "tier": context.get("tier", run.get("tier")),
            "error": run.get("error"),
            "git.commit": context.get("commit"),
            "mlflow.source.git.commit": context.get("commit"),  # the one that MLflow shows
            "git.dirty": context.get("dirty"),
        }
        told |= {f"digest.{part}": value for part, value in run.get("data_digests", {}).items()}
        told |= {f"version.{name}": value for name, value in run.get("versions", {}).items()}
        told |= {f"book.{metric}": value for metric, value in self.book.items()}
        return {key: str(value) for key, value in told.items() if value is not None}

    def note(self) -> str:
        """Say in a sentence what the run is, and whether its data is real."""
        note = f"{self.title} on {self.run['data']}, variant {self.run['variant']}."
        if self.run.get("data_variant") == "sample":
            note += (
                " Data: sample, a generated stand-in; its figures say nothing about the real data."
            )
        return note

    def steps(self) -> Iterator[Step]:
        """Yield the histories: ``train_<column>`` of ``history.csv`` at each step's own time."""
        path = self.file("history.csv")
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        times = [datetime.fromisoformat(time) for time in self.context["step_times"]]
        if len(rows) != len(times):
            raise HandbookError(
                f"{path}: {len(rows)} rows, but context.json beside it has {len(times)} times; "
                "they are of two trainings: delete the folder and train again"
            )
        for row, time in zip(rows, times, strict=True):
            counter, *columns = row
            for name in columns:
                if row[name] == "":  # not measured at this step
                    continue
                yield Step(f"train_{name}", float(row[name]), int(float(row[counter])), time)


def finished(results: Path, catalogue: Mapping[str, Any]) -> list[RunRecord]:
    """Read the runs of the catalogue that were trained, in the catalogue's order.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        ``models``: name -> ``title``, ``data`` (names) and ``variants`` (name -> data set ->
        metric -> the book's figure).
    """
    found = []
    for model, entry in catalogue["models"].items():
        for data in entry["data"]:
            for variant, book in entry["variants"].items():
                folder = results / "models" / model / data / variant
                if not (folder / "run.json").exists():
                    continue
                folds = results / "cv" / model / data / f"{variant}.json"
                found.append(
                    RunRecord(
                        run=read_json(folder / "run.json"),
                        context=read_json(folder / "context.json"),
                        scores=read_json(folder / "metrics.json"),
                        folds=read_json(folds) if folds.exists() else {},
                        title=entry["title"],
                        book=book.get(data) or {},
                        folder=folder,
                        held_out=results / "data" / data / "test.arrow",
                    )
                )
    return found


def failed(logs: Path) -> list[RunRecord]:
    """Read the records that failed trainings left, by name."""
    found = []
    for path in sorted(logs.glob("train/**/*.failed.json")):
        run = read_json(path)
        # without a key of its own a failure is known by what it says
        told = {key: value for key, value in run.items() if key not in ("started", "ended")}
        found.append(
            RunRecord(
                run={"job_key": digest(told)} | run,
                context=run,
                scores={},
                folds={},
                title=str(run["model"]),
                book={},
            )
        )
    return found


def champions(records: Iterable[RunRecord]) -> dict[str, RunRecord]:
    """Choose the best run of each data set by its cross-validated primary metric.

    The test rows have no say; runs without cross-validation take no part; equal means are
    settled by name, so that the choice does not depend on the order of the records.
    """
    best: dict[str, tuple[float, str, RunRecord]] = {}
    for record in records:
        primary = str(record.folds.get("primary"))
        mean = record.folds.get("mean", {}).get(primary)
        if record.status != "FINISHED" or mean is None:
            continue
        loss = -mean if tasks.HIGHER_IS_BETTER[primary] else mean
        data = record.run["data"]
        if data not in best or (loss, record.name) < best[data][:2]:
            best[data] = (loss, record.name, record)
    return {data: record for data, (_, _, record) in best.items()}


def titles(
    best: Mapping[str, RunRecord], catalogue: Mapping[str, Any]
) -> dict[str, dict[str, RunRecord]]:
    """Return the aliases of each model: ``champion-<data set>`` and the plain ``champion``.

    A model that wins on several data sets is plain champion on the first of its entry.
    """
    given: dict[str, dict[str, RunRecord]] = {}
    for model, entry in catalogue["models"].items():
        for data in entry["data"]:
            record = best.get(data)
            if record is not None and record.run["model"] == model:
                aliases = given.setdefault(model, {})
                aliases[f"champion-{data}"] = record
                aliases.setdefault("champion", record)
    return given


def table(records: Iterable[RunRecord], best: Mapping[str, RunRecord]) -> list[dict[str, Any]]:
    """Return one row a run, sorted, that says which are champions of their data set."""
    rows = (
        {key: record.run[key] for key in ("job_key", "model", "data", "variant")}
        | {"champion": best.get(record.run["data"]) is record}
        for record in records
    )
    return sorted(rows, key=lambda row: (row["model"], row["data"], row["variant"]))


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield nested settings as dotted names with plain text.

    Examples
    --------
    >>> list(flat({"ridge": 0.1, "preprocess": {"numeric": "standard"}, "layers": [3, 2]}))
    [('ridge', '0.1'), ('preprocess.numeric', 'standard'), ('layers', '[3, 2]')]
    """
    if isinstance(value, Mapping) and (value or not prefix):
        for key, inner in value.items():
            yield from flat(inner, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
