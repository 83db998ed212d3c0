"""How the runs of a data set rank, which of them is the best, and the titles that follow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from handbook.catalogue.overview import Overview
from handbook.records.run import RunRecord
from handbook.tasks.metric import Metric

__all__ = ["champions", "ranked", "rows", "standing", "table", "titles"]

_Run = TypeVar("_Run", bound=RunRecord)


def ranked(record: RunRecord) -> bool:
    """Tell whether a run takes part in a ranking: it has finished, and has a mean over folds.

    A score on the test rows alone is of one split: it ranks nothing.
    """
    return record.state == "finished" and record.mean(record.primary) is not None


def standing(record: RunRecord) -> tuple[int, float, str]:
    """Return a key that sorts the runs of a data set and task, the best first.

    Those that take no part come after all others, in the order given. Equal means are settled as
    :meth:`handbook.tasks.metric.Metric.standing` says.
    """
    mean = record.mean(record.primary) if ranked(record) else None
    return Metric.named(record.primary).standing(mean, record.name)


def champions(records: Iterable[_Run]) -> dict[tuple[str, str], _Run]:
    """Choose the best run of each data set and task by its cross-validated primary metric.

    The console, the report and MLflow name these and no others: see :func:`standing`. A data set
    and task of which no run takes part in the ranking has none.
    """
    compared: dict[tuple[str, str], list[_Run]] = defaultdict(list)
    for record in records:
        if ranked(record):
            compared[record.data, record.task].append(record)
    return {group: min(runs, key=standing) for group, runs in compared.items()}


def titles(
    best: Mapping[tuple[str, str], RunRecord], catalogue: Overview
) -> dict[str, dict[str, RunRecord]]:
    """Return the aliases of each model and of each data set.

    A data set's ``champion`` is its best run, whatever the model. With several tasks, each has a
    ``champion-<task>``, and the plain one is that of the task that comes first in the catalogue. A
    model has ``champion-<data set>`` for each data set on which it wins, and is plain ``champion``
    on the first of its entry.
    """
    aliases_of: dict[str, dict[str, RunRecord]] = defaultdict(dict)
    several = Counter(data for data, _ in best)
    for model, entry in catalogue["models"].items():
        for data in entry["data"]:
            record = best.get((data, entry["task"]))
            if record is None:
                continue
            if several[data] > 1:
                aliases_of[data][f"champion-{entry['task']}"] = record
            aliases_of[data].setdefault("champion", record)
            if record.model == model:
                aliases_of[model][f"champion-{data}"] = record
                aliases_of[model].setdefault("champion", record)
    return dict(aliases_of)


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


def rows(records: Iterable[RunRecord]) -> list[dict[str, Any]]:
    """Return the table of the finished runs; it names no champion while any run is missing."""
    records = list(records)
    finished = [record for record in records if record.state == "finished"]
    return table(finished, champions(finished) if len(finished) == len(records) else {})
