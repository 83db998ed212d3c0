"""Bring the results of all runs into one table, and the same numbers in DVC's form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handbook.records import read_json

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
    """
    table: list[dict[str, Any]] = []
    nested: dict[str, Any] = {}
    runs = (
        (model, data, variant)
        for model, entry in catalogue["models"].items()
        for data in entry["data"]
        for variant in entry["variants"]
    )
    for model, data, variant in runs:
        folder = results / "models" / model / data / variant
        run, scores = read_json(folder / "run.json"), read_json(folder / "metrics.json")
        folds = read_json(results / "cv" / model / data / f"{variant}.json")
        entry = catalogue["models"][model]
        table.append(
            {
                "model": model,
                "data": data,
                "variant": variant,
                "title": entry["title"],
                "section": entry["section"],
                "task": run["task"],
                "metrics": scores["metrics"],
                "baseline": scores["baseline"],
                "book": entry["variants"][variant].get(data),
                "cv": {key: folds[key] for key in ("mean", "standard_error", "interval")},
                "primary": folds["primary"],
                "train_seconds": read_json(folder / "context.json")["train_seconds"],
                "data_variant": run["data_variant"],
                "job_key": run["job_key"],
            }
        )
        # DVC's metrics are numbers: an undefined one is left out.
        known = {name: value for name, value in scores["metrics"].items() if value is not None}
        nested.setdefault(model, {}).setdefault(data, {})[variant] = known
    return table, nested
