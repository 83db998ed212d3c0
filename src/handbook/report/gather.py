"""What lies in the results folder, read once and typed for the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from handbook import tasks
from handbook.errors import HandbookError
from handbook.records import read_json
from handbook.report.figures import FIGURES, HISTORY, words
from handbook.report.results import DataSet, Figure, Lab, Run, index

__all__ = ["data_sets", "labs", "runs"]


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
    primary = (cv or {}).get("primary")
    if primary is None:
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
    if not path.is_file():
        return None
    try:
        return read_json(path)
    except json.JSONDecodeError as error:
        raise HandbookError(
            f"{path}: not JSON ({error}); delete it and run the workflow again"
        ) from error
