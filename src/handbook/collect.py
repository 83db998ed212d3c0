"""Bring the results of all runs into one table, and the same numbers in DVC's form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handbook.errors import HandbookError
from handbook.run_records import RunRecord, read

__all__ = ["collect"]


def collect(
    results: Path, catalogue: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return one record a run, and metrics nested as model / data / variant / metric.

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
                "cv": {key: folds[key] for key in ("mean", "standard_error", "interval")},
                "primary": folds["primary"],
                "train_seconds": record.context["train_seconds"],
                "data_variant": run["data_variant"],
                "job_key": run["job_key"],
            }
        )
        # DVC's metrics are numbers: an undefined one is left out.
        known = {name: value for name, value in metrics.items() if value is not None}
        nested.setdefault(run["model"], {}).setdefault(run["data"], {})[run["variant"]] = known
    if any(row["data_variant"] == "sample" for row in table):
        nested["data"] = "sample"  # never to be taken for real
    return table, nested


def _check(record: RunRecord) -> None:
    fault = {"finished": "", "outdated": f"is out of date ({record.why})"}.get(
        record.state, "is not trained"
    )
    if not fault and not record.folds:
        fault = "has no cross-validation of its setting and rows"
    if fault:
        raise HandbookError(f"{record.name} {fault}; `make rebuild` makes what is missing")
