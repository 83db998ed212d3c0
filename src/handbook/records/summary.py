"""The end of a rebuild: the best runs, and where the report is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.core.numbers import estimate, number
from handbook.records.champions import champions, standing
from handbook.records.events import last_of
from handbook.records.failures import read_failures
from handbook.records.run import RunRecord
from handbook.tasks.metric import Metric

__all__ = ["lines", "scores", "ui"]

# Lines of a terminal, less those that stand below.
_SCREEN = 20


def lines(folder: Path) -> Iterator[str]:
    """Yield the best run of each data set in `folder`, and where to look further."""
    results = folder / "results"
    records = read_json(results / "runs.json", made_by="make rebuild")
    samples = {record["data_variant"] for record in records} == {"sample"}
    yield ""
    yield f"{len(records)} runs; the best of each data set, by the mean over folds:"
    groups: dict[tuple[str, str], list[RunRecord]] = {}
    for row in records:
        groups.setdefault((row["data"], row["task"]), []).append(_record(row))
    best = champions(record for group in groups.values() for record in group)
    for group, runs in groups.items():
        yield _row(best[group]) if group in best else _unranked(runs)
    yield ""
    if samples:
        yield "These numbers come from generated sample data; `make rebuild` runs the real data."
    yield f"Report:  {(results / 'report' / 'index.html').resolve().as_uri()}"
    yield from _of_last_run(folder)
    yield f"MLflow:  {ui(folder)}"


def ui(folder: Path) -> str:
    """Return the command that opens MLflow on the runs of a folder."""
    return "make ui" if folder == Path() else f"make ui FOLDER={folder}"


def scores(records: Iterable[RunRecord]) -> Iterator[str]:
    """Yield a line of each finished run, the best of a data set first, as many as a screen has."""
    finished = sorted(
        (record for record in records if record.state == "finished"),
        key=lambda record: (record.data, record.task, standing(record)),
    )
    yield from map(_row, finished[:_SCREEN])
    if len(finished) > _SCREEN:
        yield f"and {len(finished) - _SCREEN} more: the report has them"


def _record(row: Mapping[str, Any]) -> RunRecord:
    """Read a run back from its row of the table of all runs."""
    names: Any = {key: row[key] for key in ("model", "data", "variant", "task")}
    folds: Any = row["cv"] or {}
    scores: Any = {key: row[key] for key in ("primary", "metrics", "baseline")}
    return RunRecord(names, scores=scores, folds=folds)


def _row(record: RunRecord) -> str:
    name, interval = record.primary, record.interval(record.primary)
    test, dummy = number(record.metrics.get(name)), number(record.baseline.get(name))
    where = f"{record.model} / {record.data} / {record.variant}"
    folds = estimate(record.mean(name), interval)
    title = Metric.named(name).title
    return f"{where:<52} {title} {folds} over folds, {test} on test rows, dummy {dummy}"


def _unranked(runs: Sequence[RunRecord]) -> str:
    first = runs[0]
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    return f"{f'{first.data}, {first.task}':<52} {count}, not ranked: without folds none is best"


def _of_last_run(folder: Path) -> Iterator[str]:
    """Say that the report is of an earlier run, where the last one failed."""
    try:
        failed = read_failures(last_of(folder), folder)
    except HandbookError:  # results that were brought here
        return
    if failed.jobs:
        yield (
            f"         which an earlier run made: in the last one {failed.headline}, see "
            f"{(folder / 'logs' / 'report' / 'index.html').resolve().as_uri()}"
        )
