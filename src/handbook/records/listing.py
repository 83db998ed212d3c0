"""The runs of a folder as a list: chosen, sorted, and written for people or programs."""

from __future__ import annotations

import csv
import io
import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from handbook.catalogue import reading
from handbook.core.columns import columns
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json
from handbook.core.numbers import duration, estimate, number
from handbook.records.run import RunRecord, read
from handbook.tasks.metric import METRICS, Metric

__all__ = ["STATES", "bound", "choose", "lines", "listed", "order", "to_csv"]

Row = dict[str, Any]
Test = Callable[[Row], bool]

STATES = ("finished", "failed", "outdated", "missing")
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_SECONDS = "seconds"


def listed(folder: Path) -> list[Row]:
    """Return a row for every run that a folder's catalogue asks for, whatever became of it.

    Parameters
    ----------
    folder : Path
        Holds ``results``, and ``params.yaml`` or what the last run of the pipeline showed of it.

    Returns
    -------
    list of dict
        ``model``, ``data``, ``variant``, ``task``, ``state``, ``why``, ``primary``, ``metrics``
        on the test rows, ``cv`` (mean and interval by metric), ``seconds``, ``commit``,
        ``job_key``, ``data_variant``; None for what a run does not have.

    Raises
    ------
    HandbookError
        There are no results.
    """
    return [_row(record) for record in read(folder / "results", _shown(folder), folder / "logs")]


def _shown(folder: Path) -> Any:
    if (folder / "params.yaml").exists():
        return json.loads(reading.read(folder / "params.yaml").show_spec())
    for path in (folder / "results/catalogue.json", folder / "logs/catalogue.json"):
        if path.exists():
            return read_json(path, made_by="make rebuild")
    raise HandbookError(
        f"{folder.resolve()}: neither a project nor a folder of results; run this at the top of "
        "the project, or name a folder that `make demo` or `make rebuild` has filled"
    )


def _row(record: RunRecord) -> Row:
    run, scores, folds = record.run, record.scores, record.folds
    intervals = folds.get("interval", {})
    why = record.why or str(run.get("error", "")).partition("\n")[0]
    return {
        "model": run["model"],
        "data": run["data"],
        "variant": run["variant"],
        "task": run.get("task"),
        "state": record.state,
        "why": why,
        "primary": scores.get("primary"),
        "metrics": scores.get("metrics", {}),
        "cv": {
            name: {"mean": mean, "interval": intervals.get(name)}
            for name, mean in folds.get("mean", {}).items()
        },
        "seconds": record.context.get("train_seconds"),
        "commit": record.context.get("commit"),
        "job_key": run.get("job_key"),
        "data_variant": run.get("data_variant"),
    }


def bound(text: str) -> Test:
    """Return the test that a bound such as ``accuracy>0.9`` stands for.

    ``cv_`` before a metric's name means its mean over folds; ``seconds`` is the time of the
    training. A run without such a figure fails every bound.

    Examples
    --------
    >>> fast = bound("seconds < 2")
    >>> fast({"seconds": 1.5}), fast({"seconds": 2.5})
    (True, False)
    """
    found = re.fullmatch(r"\s*(\w+)\s*(>=|<=|==|=|>|<)\s*(\S+)\s*", text)
    try:
        name, sign, limit = found.groups() if found else ("", "", "")
        value = float(limit)
    except ValueError:
        raise HandbookError(
            f"{text!r} is no bound: write a metric, one of > >= < <= =, and a number, such as "
            "'accuracy>0.9' or 'cv_rmse<=5'"
        ) from None
    _check(name)
    compares = _COMPARED[sign]

    def holds(row: Row) -> bool:
        own = _figure(row, name)
        return own is not None and compares(own, value)

    return holds


def _check(name: str) -> None:
    metric = name.removeprefix("cv_")
    if name != _SECONDS and metric not in METRICS:
        raise HandbookError(f"{name!r} is no metric; {nearest(metric, [*METRICS, _SECONDS])}")


def _figure(row: Row, name: str) -> float | None:
    if name == _SECONDS:
        found = row["seconds"]
    elif name.startswith("cv_"):
        found = row["cv"].get(name.removeprefix("cv_"), {}).get("mean")
    else:
        found = row["metrics"].get(name)
    return None if found is None else float(found)


def choose(
    rows: Iterable[Row], asked: Mapping[str, Sequence[str]], tests: Sequence[Test]
) -> list[Row]:
    """Return the rows that have one of the values asked for in each field, and pass all tests.

    Raises
    ------
    HandbookError
        A value that no row has in its field.
    """
    rows = list(rows)
    for field, values in asked.items():
        known = {str(row[field]) for row in rows if row[field] is not None}
        for value in values:
            if value not in known and field != "state":
                raise HandbookError(f"--{field} {value}: no run has it; {nearest(value, known)}")
    return [
        row
        for row in rows
        if all(not values or row[field] in values for field, values in asked.items())
        and all(test(row) for test in tests)
    ]


def order(rows: Sequence[Row], by: str, *, reverse: bool = False) -> list[Row]:
    """Sort rows by a metric, the best first, or by seconds, the fewest first.

    Those without the figure come last, either way.

    Raises
    ------
    HandbookError
        There is no such metric.
    """
    _check(by)
    higher = by != _SECONDS and METRICS[by.removeprefix("cv_")].higher
    have = [row for row in rows if _figure(row, by) is not None]
    have.sort(key=lambda row: _figure(row, by) or 0.0, reverse=higher != reverse)
    return have + [row for row in rows if _figure(row, by) is None]


def lines(rows: Sequence[Row], more: Sequence[str] = ()) -> Iterator[str]:
    """Yield the rows as a table.

    Parameters
    ----------
    rows : sequence of dict
        As :func:`listed` gives them.
    more : sequence of str
        Metrics to show besides each run's main one.
    """
    more = [name for name in dict.fromkeys(more) if name != _SECONDS]
    head = [
        "run",
        "state",
        "metric",
        "test rows",
        "cross-validated",
        *map(_named, more),
        "time",
        "job key",
    ]
    cells = []
    for row in rows:
        main = row["primary"]
        folds = row["cv"].get(main, {})
        interval = folds.get("interval")
        state = f"{row['state']}: {row['why']}"[:60] if row["why"] else row["state"]
        sample = " (sample)" if row["data_variant"] == "sample" else ""
        cells.append(
            [
                f"{row['model']}/{row['data']}/{row['variant']}",
                state + sample,
                Metric.named(main).title if main else "-",
                _number(row["metrics"].get(main)),
                estimate(folds["mean"], interval and tuple(interval))
                if folds.get("mean") is not None
                else "-",
                *(_number(_figure(row, name)) for name in more),
                "-" if row["seconds"] is None else duration(row["seconds"]),
                (row["job_key"] or "-")[:12],
            ]
        )
    right = [3, *range(5, 6 + len(more))]
    yield from columns(head, cells, right=right)
    yield f"{len(rows)} run{'' if len(rows) == 1 else 's'}"


def _named(metric: str) -> str:
    plain = Metric.named(metric.removeprefix("cv_")).title
    return f"{plain}, folds" if metric.startswith("cv_") else plain


def _number(x: float | None) -> str:
    return "-" if x is None else number(x)


def to_csv(rows: Sequence[Row]) -> str:
    """Return the rows as CSV, a column a metric; the folds' means begin with ``cv_``."""
    metrics = dict.fromkeys(name for row in rows for name in row["metrics"])
    folded = dict.fromkeys(name for row in rows for name in row["cv"])
    plain = ("model", "data", "variant", "task", "state", "seconds", "commit", "job_key")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*plain, *metrics, *(f"cv_{name}" for name in folded)])
    for row in rows:
        figures = [row["metrics"].get(name) for name in metrics]
        means = [row["cv"].get(name, {}).get("mean") for name in folded]
        writer.writerow([*(row[key] for key in plain), *figures, *means])
    return text.getvalue()
