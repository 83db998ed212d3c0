"""Which run is the best of its data set, and the titles that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from handbook.catalogue.overview import Overview
from handbook.records.run import RunRecord
from handbook.tasks.metric import METRICS

__all__ = ["champions", "table", "titles"]


def champions(records: Iterable[RunRecord]) -> dict[tuple[str, str], RunRecord]:
    """Choose the best run of each data set and task by its cross-validated primary metric.

    The test rows have no say; runs out of date or without cross-validation take no part. Equal
    means are settled as :meth:`handbook.tasks.metric.Metric.standing` says.
    """
    compared: dict[tuple[str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        if record.state == "finished" and _mean(record) is not None:
            compared[record.data, record.task].append(record)

    def standing(record: RunRecord) -> Any:
        return METRICS[record.folds["primary"]].standing(_mean(record), record.name)

    return {group: min(runs, key=standing) for group, runs in compared.items()}


def _mean(record: RunRecord) -> float | None:
    return record.mean(record.folds.get("primary", ""))


def titles(
    best: Mapping[tuple[str, str], RunRecord], catalogue: Overview
) -> dict[str, dict[str, RunRecord]]:
    """Return the aliases of each model: ``champion-<data set>`` and the plain ``champion``.

    A model that wins on several data sets is plain champion on the first of its entry.
    """
    aliases_of: dict[str, dict[str, RunRecord]] = {}
    for model, entry in catalogue["models"].items():
        for data in entry["data"]:
            record = best.get((data, entry["task"]))
            if record is not None and record.model == model:
                aliases = aliases_of.setdefault(model, {})
                aliases[f"champion-{data}"] = record
                aliases.setdefault("champion", record)
    return aliases_of


def table(
    records: Iterable[RunRecord], best: Mapping[tuple[str, str], RunRecord]
) -> list[dict[str, Any]]:
    """Return one row a run, sorted, that says which are champions of their data set."""
    rows = (
        {
            "job_key": record.job_key,
            "model": record.model,
            "data": record.data,
            "variant": record.variant,
            "champion": best.get((record.data, record.task)) is record,
        }
        for record in records
    )
    return sorted(rows, key=lambda row: (row["model"], row["data"], row["variant"]))
