"""What lies in the results folder, read once and typed for the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from handbook import tasks
from handbook.errors import HandbookError
from handbook.records import read_json
from handbook.report.figures import FIGURES, HISTORY, Words, words

__all__ = ["DataSet", "Figure", "Lab", "Run", "Verdict", "data_sets", "labs", "runs"]

Estimates = Mapping[str, float | None]


class Figure(NamedTuple):
    """A drawn figure and where the report keeps its copy."""

    name: str
    source: Path
    copy: str
    words: Words


class Verdict(NamedTuple):
    """Whether a model beats the dummy by one metric, and what that is judged by."""

    beats: Literal["yes", "unclear", "no"]
    why: str


@dataclass(frozen=True)
class Run:
    """One combination of model, data set and variant, whether it has results or not.

    ``state`` is ``missing`` where neither results nor a record of a failure exist.
    """

    model: str
    data: str
    variant: str
    task: str
    state: Literal["finished", "failed", "missing"]
    record: Mapping[str, Any] = field(default_factory=dict)
    metrics: Estimates = field(default_factory=dict)
    baseline: Estimates = field(default_factory=dict)
    undefined: Mapping[str, str] = field(default_factory=dict)
    book: Mapping[str, float] = field(default_factory=dict)
    cv: Mapping[str, Any] | None = None
    times: Mapping[str, Any] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    primary: str = ""

    @property
    def anchor(self) -> str:
        """Place of the run on its model's page."""
        return f"{self.data}-{self.variant}"

    @property
    def sample(self) -> bool:
        """Whether the data was generated."""
        return self.record.get("data_variant") == "sample"

    @property
    def shown(self) -> list[str]:
        """Metrics of the overview: the primary, the familiar, and what the book prints."""
        familiar = {"classification": "accuracy", "regression": "r2"}.get(self.task, self.primary)
        names = dict.fromkeys([self.primary, familiar, *self.book])
        return [name for name in names if name in self.metrics]

    @property
    def ordered(self) -> list[str]:
        """All metrics, in the order that is the same everywhere."""
        return sorted(self.metrics, key=_place)

    def mean(self, metric: str) -> float | None:
        """Mean over folds."""
        found: float | None = self.cv["mean"].get(metric) if self.cv else None
        return found

    def interval(self, metric: str) -> tuple[float, float] | None:
        """Interval of that mean."""
        found = self.cv["interval"].get(metric) if self.cv else None
        return (found[0], found[1]) if found and None not in found else None

    def dummy_mean(self, metric: str) -> float | None:
        """Mean of the dummy over the same folds."""
        found: float | None = self.cv["baseline"]["mean"].get(metric) if self.cv else None
        return found

    def verdict(self, metric: str) -> Verdict | None:
        """Compare with the dummy: by the interval over folds, else by the test rows alone."""
        sign = 1 if tasks.HIGHER_IS_BETTER.get(metric, True) else -1
        interval, dummy = self.interval(metric), self.dummy_mean(metric)
        if interval is not None and dummy is not None:
            low, high = sorted(sign * end for end in interval)
            if low > sign * dummy:
                return Verdict("yes", "the whole interval is better")
            if high < sign * dummy:
                return Verdict("no", "the whole interval is worse")
            return Verdict("unclear", "the interval holds the dummy's value")
        ours, dummy = self.metrics.get(metric), self.baseline.get(metric)
        if ours is None or dummy is None:
            return None
        better = sign * ours > sign * dummy
        return Verdict("yes" if better else "no", "on the test rows alone")

    @property
    def rank(self) -> tuple[int, float]:
        """Where the run stands in its table: best first, failures last."""
        best = self.mean(self.primary)
        best = self.metrics.get(self.primary) if best is None else best
        sign = -1 if tasks.HIGHER_IS_BETTER.get(self.primary, True) else 1
        order = {"finished": 0, "failed": 2, "missing": 3}[self.state]
        return (order, sign * best) if best is not None else (max(order, 1), 0.0)


@dataclass(frozen=True)
class DataSet:
    """A data set's profile and validation, either of which may be missing."""

    name: str
    release: str
    profile: Mapping[str, Any] | None
    validation: Mapping[str, Any] | None

    @property
    def title(self) -> str:
        """Name for people."""
        return str((self.profile or {}).get("title") or self.name)

    @property
    def sample(self) -> bool:
        """Whether the data was generated."""
        return "sample" in {(self.profile or {}).get("variant"), self.release}

    @property
    def expectations(self) -> list[Mapping[str, Any]]:
        """Failed expectations first."""
        found = (self.validation or {}).get("expectations", [])
        return sorted(found, key=lambda one: bool(one["success"]))

    @property
    def failures(self) -> list[Mapping[str, Any]]:
        """Expectations that do not hold."""
        return [one for one in self.expectations if not one["success"]]


@dataclass(frozen=True)
class Lab:
    """A lab's results, None where it has not run."""

    name: str
    title: str
    section: str
    results: tuple[Mapping[str, Any], ...] | None


def runs(results: Path, logs: Path | None, catalogue: Mapping[str, Any]) -> list[Run]:
    """Return every run that the catalogue asks for, in its order.

    What lies in the folder without being asked for is left out: it belongs to another catalogue.
    """
    return [
        _run(results, logs, catalogue, model, data, variant)
        for model, entry in catalogue["models"].items()
        for data in entry["data"]
        for variant in entry["variants"]
    ]


def _run(
    results: Path,
    logs: Path | None,
    catalogue: Mapping[str, Any],
    model: str,
    data: str,
    variant: str,
) -> Run:
    entry = catalogue["models"][model]
    folder = results / "models" / model / data / variant
    book = entry["variants"][variant] or {}
    known = {"model": model, "data": data, "variant": variant, "task": entry["task"]}
    known["book"] = book.get(data) or {}
    cv = _optional(results / "cv" / model / data / f"{variant}.json")
    record, scores = _optional(folder / "run.json"), _optional(folder / "metrics.json")
    if record is None or scores is None:
        failed = logs and _optional(logs / "train" / model / data / f"{variant}.failed.json")
        if failed:
            return Run(**known, state="failed", record=failed, cv=cv)
        return Run(**known, state="missing", cv=cv)
    profile = _optional(results / "data" / data / "profile.json") or {}
    primary = _primary(entry["task"], len(profile.get("classes") or ()))
    return Run(
        **known,
        state="finished",
        record=record,
        metrics=scores["metrics"],
        baseline=scores.get("baseline") or {},
        undefined=scores.get("undefined") or {},
        cv=cv,
        times=_optional(folder / "context.json") or {},
        figures=tuple(_figures(folder / "figures", f"figures/{model}/{data}/{variant}")),
        primary=primary if primary in scores["metrics"] else min(scores["metrics"], key=_place),
    )


@cache
def _primary(task: str, classes: int) -> str:
    name: str = tasks.module(task).primary(classes)
    return name


def _figures(folder: Path, copies: str) -> Iterator[Figure]:
    usual = [name for names in FIGURES.values() for name in names] + [HISTORY]
    found = sorted(folder.glob("*.svg"), key=lambda path: (_index(usual, path.stem), path.stem))
    for path in found:
        yield Figure(path.stem, path, f"{copies}/{path.name}", words(path))


def data_sets(results: Path, catalogue: Mapping[str, Any]) -> list[DataSet]:
    """Return every data set of the catalogue, in its order."""
    return [
        DataSet(
            name=name,
            release=release,
            profile=_optional(results / "data" / name / "profile.json"),
            validation=_optional(results / "data" / name / "validation.json"),
        )
        for name, release in catalogue["data"].items()
    ]


def labs(results: Path, catalogue: Mapping[str, Any]) -> list[Lab]:
    """Return every lab of the catalogue, in its order."""
    found = []
    for name, entry in catalogue.get("labs", {}).items():
        result = _optional(results / "labs" / name / "result.json")
        found.append(
            Lab(
                name=name,
                title=entry["title"],
                section=entry["section"],
                results=None if result is None else tuple(result["results"]),
            )
        )
    return found


def _optional(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        return read_json(path)
    except json.JSONDecodeError as error:
        raise HandbookError(
            f"{path}: not JSON ({error}); delete it and run the workflow again"
        ) from error


def _place(metric: str) -> tuple[int, str]:
    return _index(list(tasks.METRICS), metric), metric


def _index(known: list[str], name: str) -> int:
    return known.index(name) if name in known else len(known)
