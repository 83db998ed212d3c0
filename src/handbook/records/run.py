"""Run records as they lie on disk: what was trained, whether it is current, what failed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from handbook.core.errors import HandbookError
from handbook.core.files import digest, read_json, sha256, work

__all__ = ["RunRecord", "State", "Step", "failed", "flat", "read"]

State = Literal["finished", "failed", "outdated", "missing"]

_MADE_BY = "make rebuild"


@dataclass(frozen=True)
class Step:
    """One value of a metric's history."""

    metric: str
    value: float
    step: int
    time: datetime


@dataclass(frozen=True)
class RunRecord:
    """One run with everything that is told of it.

    Parameters
    ----------
    state : str
        ``finished``; ``failed``; ``outdated``, if it was trained on other rows or by other settings
        than those of now; ``missing``, if there is neither a result nor a record of a failure.
    run : mapping
        Content of ``run.json``, or of the record of a failure; the bare names where it is missing.
    context : mapping
        When and from which commit it ran: what differs between two equal runs.
    scores : mapping
        Content of ``metrics.json``; empty for a failure.
    folds : mapping
        Content of the cross-validation's file; empty where there is none of the same setting on
        the same rows.
    title : str
        Name of the model for people.
    book : mapping of str to float
        The book's printed figures.
    folded : bool
        Whether the catalogue asks for its cross-validation.
    why : str
        Why it is out of date.
    folder : Path or None
        Where the run's files lie; None for a failure.
    """

    state: State
    run: Mapping[str, Any]
    title: str
    context: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    folds: Mapping[str, Any] = field(default_factory=dict)
    book: Mapping[str, float] = field(default_factory=dict)
    folded: bool = True
    why: str = ""
    folder: Path | None = None

    @property
    def name(self) -> str:
        """Model, data set and variant as one path."""
        return "/".join(self.run[key] for key in ("model", "data", "variant"))

    @property
    def job_key(self) -> str:
        """Digest of all that the run depends on."""
        return str(self.run["job_key"])

    @property
    def sample(self) -> bool:
        """Whether its data was generated."""
        return bool(self.run.get("data_variant") == "sample")

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
        cost = {
            name: self.context[name]
            for name in ("train_seconds", "train_mib")
            if name in self.context
        }
        return found | {name: float(value) for name, value in cost.items()}

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
        if self.sample:
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


def read(results: Path, catalogue: Mapping[str, Any], logs: Path | None = None) -> list[RunRecord]:
    """Read every run that the catalogue asks for, in its order, whatever has become of it.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        See `Params.show_spec`.
    logs : Path or None
        Folder of logs, where failed trainings left their records.
    """
    names = [
        (model, data, variant)
        for model, entry in catalogue["models"].items()
        for data in entry["data"]
        for variant, about in entry["variants"].items()
        if data in about["data"]
    ]
    accepted = {data: _accepted(results / "data" / data) for data in {name[1] for name in names}}
    return [_read(results, catalogue, logs, *name, accepted[name[1]]) for name in names]


def _read(
    results: Path,
    catalogue: Mapping[str, Any],
    logs: Path | None,
    model: str,
    data: str,
    variant: str,
    accepted: Mapping[str, str] | None,
) -> RunRecord:
    entry = catalogue["models"][model]
    place = f"{model}/{data}/{variant}"
    asked = catalogue["work"].get(place)
    about = entry["variants"][variant]
    known: Any = {"title": entry["title"], "book": about["book"].get(data, {})}
    known["folded"] = about["folded"]
    folder = results / "models" / place
    told = {name: folder / f"{name}.json" for name in ("run", "context", "metrics")}
    if not all(path.exists() for path in told.values()):
        failure = logs and logs / "train" / f"{place}.failed.json"
        if failure and failure.exists():
            run = read_json(failure, made_by=_MADE_BY)
            if work(run) == asked:
                return RunRecord("failed", run, context=run, **known)
        return RunRecord("missing", {"model": model, "data": data, "variant": variant}, **known)
    run, context, scores = (read_json(path, made_by=_MADE_BY) for path in told.values())
    path = results / "cv" / f"{place}.json"
    folds = read_json(path, made_by=_MADE_BY) if path.exists() else {}
    train = run["data_digests"]["train"]
    if folds and (folds["work"] != work(run) or folds["data_digests"]["train"] != train):
        folds = {}
    why = ""
    if work(run) != asked:
        why = "params.yaml asks for other settings"
    elif accepted is None:
        why = "its data is not accepted"
    elif run["data_digests"] != accepted or run["data_variant"] != catalogue["data"][data]:
        why = "it was trained on other rows"
    return RunRecord(
        "outdated" if why else "finished",
        run,
        context=context,
        scores=scores,
        folds=folds,
        why=why,
        folder=folder,
        **known,
    )


def _accepted(folder: Path) -> dict[str, str] | None:
    """Return the digests of a data set's rows, None where they did not pass the gate."""
    rows = {part: folder / f"{part}.arrow" for part in ("train", "test")}
    if not all(path.exists() for path in (folder / "accepted.json", *rows.values())):
        return None
    return {part: sha256(path) for part, path in rows.items()}


def failed(logs: Path) -> list[RunRecord]:
    """Read the records that failed trainings left, by name."""
    found = []
    for path in sorted(logs.glob("train/**/*.failed.json")):
        run = read_json(path, made_by=_MADE_BY)
        # without a key of its own a failure is known by what it says
        told = {key: value for key, value in run.items() if key not in ("started", "ended")}
        run = {"job_key": digest(told)} | run
        found.append(RunRecord("failed", run, title=str(run["model"]), context=run))
    return found


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
