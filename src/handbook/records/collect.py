"""Bring the results of all runs into one table, and the same numbers in DVC's form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from handbook.core.errors import HandbookError
from handbook.records.run import RunRecord, read
from handbook.tasks.pairwise import compare

__all__ = ["Collected", "collect"]

_SUMMARY = ("mean", "standard_error", "interval")


class Collected(NamedTuple):
    """All runs in one place.

    Parameters
    ----------
    table : list of dict
        One record a run.
    metrics : dict
        Nested as model / data / variant / metric.
    comparisons : dict
        By data set and task, what :func:`handbook.tasks.pairwise.compare` says of the runs.
    """

    table: list[dict[str, Any]]
    metrics: dict[str, Any]
    comparisons: dict[str, Any]


def collect(results: Path, catalogue: Mapping[str, Any]) -> Collected:
    """Read the records of all runs, and compare those of each data set.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        What is shown of `params.yaml`: see `Params.show_spec`.

    Raises
    ------
    HandbookError
        If a run or its cross-validation is missing, or not of the catalogue and the data as
        they are.
    """
    table: list[dict[str, Any]] = []
    nested: dict[str, Any] = {}
    folded: dict[tuple[str, str], dict[str, Any]] = {}
    for record in read(results, catalogue):
        _check(record)
        run, folds, metrics = record.run, record.folds, record.scores["metrics"]
        table.append(
            {
                "model": run["model"],
                "data": run["data"],
                "variant": run["variant"],
                "title": record.title,
                "section": catalogue["models"][run["model"]]["section"],
                "task": run["task"],
                "metrics": metrics,
                "baseline": record.scores["baseline"],
                "book": record.book or None,
                "threshold": (run.get("chosen") or {}).get("threshold"),
                "cv": {key: folds[key] for key in _SUMMARY} if folds else None,
                "primary": record.scores["primary"],
                "train_seconds": record.context["train_seconds"],
                "data_variant": run["data_variant"],
                "job_key": run["job_key"],
            }
        )
        if folds:
            alike = folded.setdefault((run["data"], run["task"]), {})
            alike[f"{run['model']}/{run['variant']}"] = folds
        # DVC's metrics are numbers: an undefined one is left out.
        known = {name: value for name, value in metrics.items() if value is not None}
        nested.setdefault(run["model"], {}).setdefault(run["data"], {})[run["variant"]] = known
    if any(row["data_variant"] == "sample" for row in table):
        nested["data"] = "sample"  # never to be taken for real
    comparisons: dict[str, Any] = {}
    for (data, task), runs in folded.items():
        compared = compare(runs)
        if compared is not None:
            comparisons.setdefault(data, {})[task] = compared
    return Collected(table, nested, comparisons)


def _check(record: RunRecord) -> None:
    fault = {"finished": "", "outdated": f"is out of date ({record.why})"}.get(
        record.state, "is not trained"
    )
    if not fault and record.folded and not record.folds:
        fault = "has no cross-validation of its setting and rows"
    if fault:
        raise HandbookError(f"{record.name} {fault}; `make rebuild` makes what is missing")
