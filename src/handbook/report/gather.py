"""What lies in the results folder, read once and typed for the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from handbook import tasks
from handbook.records import read_json
from handbook.report.figures import FIGURES, HISTORY, words
from handbook.report.results import DataSet, Figure, Lab, Run, index
from handbook.run_records import RunRecord, read

__all__ = ["data_sets", "labs", "runs"]


def runs(results: Path, logs: Path | None, catalogue: Mapping[str, Any]) -> list[Run]:
    """Return every run that the catalogue asks for, in its order.

    What lies in the folder without being asked for is left out: it belongs to another catalogue.
    """
    return [_run(results, catalogue, record) for record in read(results, catalogue, logs)]


def _run(results: Path, catalogue: Mapping[str, Any], record: RunRecord) -> Run:
    model, data, variant = (record.run[key] for key in ("model", "data", "variant"))
    task = catalogue["models"][model]["task"]
    known: Any = {"model": model, "data": data, "variant": variant, "task": task}
    known |= {"state": record.state, "record": record.run, "book": record.book, "why": record.why}
    if record.state != "finished":
        return Run(**known)
    scores = record.scores
    primary = record.folds.get("primary")
    if primary is None:
        profile = _optional(results / "data" / data / "profile.json") or {}
        primary = _primary(task, len(profile.get("classes") or ()))
    figures = _figures(record.file("figures"), f"figures/{record.name}")
    return Run(
        **known,
        metrics=scores["metrics"],
        baseline=scores["baseline"],
        undefined=scores["undefined"],
        cv=record.folds or None,
        times=record.context,
        figures=tuple(figures),
        primary=primary if primary in scores["metrics"] else "",
    )


@cache
def _primary(task: str, classes: int) -> str:
    name: str = tasks.module(task).primary(classes)
    return name


def _figures(folder: Path, copies: str) -> Iterator[Figure]:
    usual = [name for names in FIGURES.values() for name in names] + [HISTORY]
    found = sorted(folder.glob("*.svg"), key=lambda path: (index(usual, path.stem), path.stem))
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
    return read_json(path, made_by="make rebuild") if path.is_file() else None
