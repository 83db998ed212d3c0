"""Which run is the best of its data set, and the titles that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from handbook import tasks
from handbook.records.run import RunRecord

__all__ = ["champions", "table", "titles"]


def champions(records: Iterable[RunRecord]) -> dict[tuple[str, str], RunRecord]:
    """Choose the best run of each data set and task by its cross-validated primary metric.

    The test rows have no say; runs out of date or without cross-validation take no part; equal
    means are settled by name, so that the choice does not depend on the order of the records.
    """
    best: dict[tuple[str, str], tuple[float, str, RunRecord]] = {}
    for record in records:
        primary = str(record.folds.get("primary"))
        mean = record.folds.get("mean", {}).get(primary)
        if record.state != "finished" or mean is None:
            continue
        loss = -mean if tasks.HIGHER_IS_BETTER[primary] else mean
        place = record.run["data"], record.run["task"]
        if place not in best or (loss, record.name) < best[place][:2]:
            best[place] = (loss, record.name, record)
    return {place: record for place, (_, _, record) in best.items()}


def titles(
    best: Mapping[tuple[str, str], RunRecord], catalogue: Mapping[str, Any]
) -> dict[str, dict[str, RunRecord]]:
    """Return the aliases of each model: ``champion-<data set>`` and the plain ``champion``.

    A model that wins on several data sets is plain champion on the first of its entry.
    """
    given: dict[str, dict[str, RunRecord]] = {}
    for model, entry in catalogue["models"].items():
        for data in entry["data"]:
            record = best.get((data, entry["task"]))
            if record is not None and record.run["model"] == model:
                aliases = given.setdefault(model, {})
                aliases[f"champion-{data}"] = record
                aliases.setdefault("champion", record)
    return given


def table(
    records: Iterable[RunRecord], best: Mapping[tuple[str, str], RunRecord]
) -> list[dict[str, Any]]:
    """Return one row a run, sorted, that says which are champions of their data set."""
    rows = (
        {key: record.run[key] for key in ("job_key", "model", "data", "variant")}
        | {"champion": best.get((record.run["data"], record.run["task"])) is record}
        for record in records
    )
    return sorted(rows, key=lambda row: (row["model"], row["data"], row["variant"]))
