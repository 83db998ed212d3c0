"""Lists of runs: chosen, sorted, and written for people or programs."""

from __future__ import annotations

import csv
import io
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from handbook.catalogue import reading
from handbook.catalogue.overview import overview
from handbook.core.columns import columns, shortened
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json
from handbook.core.numbers import cell, duration, estimate
from handbook.records.reader import ResultsFolder, read
from handbook.records.run import RunRecord
from handbook.tasks.metric import METRICS, Metric

__all__ = [
    "Bound", "as_json", "choose", "lines", "order", "runs_of", "said_of_unlisted", "select",
    "to_csv", "unlisted",
]  # fmt: skip

_STARTED = ("finished", "failed", "outdated")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_SECONDS = "seconds"


def runs_of(folder: Path) -> list[RunRecord]:
    """Read every run that a folder's catalogue asks for, finished or not.

    Parameters
    ----------
    folder : Path
        Holds ``results``, and ``params.yaml`` or the catalogue that the last run of the pipeline
        wrote there.

    Raises
    ------
    HandbookError
        There are no results.
    """
    return read(folder / "results", _catalogue(folder), folder / "logs")


def unlisted(folder: Path) -> list[str]:
    """Return the runs that have results in a folder and that its catalogue does not ask for.

    Their models have left the catalogue, or some of their variants or data sets have. None are
    told where the catalogue cannot be read.
    """
    try:
        work = _catalogue(folder)["work"]
    except HandbookError:
        return []
    records = sorted(ResultsFolder(folder / "results").records())
    names = [path.removeprefix("models/").removesuffix("/run.json") for path in records]
    return [name for name in names if name not in work]


def said_of_unlisted(names: Sequence[str]) -> str:
    """Say which runs lie there unasked for, and what to do about it."""
    runs = "a run" if len(names) == 1 else f"{len(names)} runs"
    return (
        f"{runs} that params.yaml no longer asks for ({shortened(names)}); delete the folders "
        "below results/models and results/cv to forget them"
    )


def _catalogue(folder: Path) -> Any:
    if (folder / "params.yaml").exists():
        return overview(reading.read(folder / "params.yaml"))
    for path in (folder / "results/catalogue.json", folder / "logs/catalogue.json"):
        if path.exists():
            return read_json(path, made_by="make rebuild")
    raise HandbookError(
        f"{folder.resolve()}: neither a project nor a folder of results; run this at the top of "
        "the project, or name a folder that `make demo` or `make rebuild` has filled"
    )


class Bound:
    """A bound on a metric or on the time of the training, such as ``accuracy>0.9``.

    ``cv_`` before a metric's name means its mean over folds. A run without the value passes no
    bound.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> bound = Bound("seconds < 2")
    >>> bound.name, bound.compare(1.5, bound.limit)
    ('seconds', True)
    """

    def __init__(self, text: str) -> None:
        parts = re.fullmatch(r"\s*(\w+)\s*(>=|<=|==|=|>|<)\s*(\S+)\s*", text)
        try:
            self.name, sign, limit = parts.groups() if parts else ("", "", "")
            self.limit = float(limit)
        except ValueError:
            raise HandbookError(
                f"{text!r} is no bound: write a metric, one of > >= < <= =, and a number, such as "
                "'accuracy>0.9' or 'cv_rmse<=5'"
            ) from None
        _check(self.name)
        self.compare = _COMPARISONS[sign]

    def holds(self, record: RunRecord) -> bool:
        """Tell whether a run's value is within the bound."""
        value = _value(record, self.name)
        return value is not None and self.compare(value, self.limit)


def _check(name: str) -> None:
    metric = name.removeprefix("cv_")
    if name != _SECONDS and metric not in METRICS:
        raise HandbookError(f"{name!r} is no metric; {nearest(metric, [*METRICS, _SECONDS])}")


def _value(record: RunRecord, name: str) -> float | None:
    if name == _SECONDS:
        return record.context.get("train_seconds")
    if name.startswith("cv_"):
        return record.mean(name.removeprefix("cv_"))
    return record.metrics.get(name)


def select(
    folder: Path, wanted: Mapping[str, Sequence[str]], bounds: Sequence[Bound]
) -> list[RunRecord]:
    """Choose among the runs of a folder; those that never started only where that is asked for.

    Parameters are those of :func:`runs_of` and :func:`choose`.

    Raises
    ------
    HandbookError
        No run has a value, or none has started and no state is asked for.
    """
    records = runs_of(folder)
    if not wanted["state"] and all(record.state == "missing" for record in records):
        raise HandbookError(
            f"{folder / 'results'}: no run has started here yet; `make demo` or `make rebuild` "
            "makes results, `dvc pull` brings those of this commit"
        )
    return choose(records, {**wanted, "state": wanted["state"] or _STARTED}, bounds)


def choose(
    records: Iterable[RunRecord], wanted: Mapping[str, Sequence[str]], bounds: Sequence[Bound] = ()
) -> list[RunRecord]:
    """Return the runs that have one of the wanted values in each field, and are within all bounds.

    Parameters
    ----------
    records : iterable of RunRecord
    wanted : mapping of str to sequence of str
        By field; where none are given, every value will do.
    bounds : sequence of Bound

    Raises
    ------
    HandbookError
        No run has a value.
    """
    records = list(records)
    for field, values in wanted.items():
        existing = {str(getattr(record, field)) for record in records}
        for value in values:
            if value not in existing and field != "state":
                raise HandbookError(f"--{field} {value}: no run has it; {nearest(value, existing)}")
    return [
        record
        for record in records
        if record.matches(wanted) and all(bound.holds(record) for bound in bounds)
    ]


def order(records: Sequence[RunRecord], by: str, *, reverse: bool = False) -> list[RunRecord]:
    """Sort runs by a metric, the best first, or by seconds, the fewest first.

    Runs without the value come last, either way.

    Raises
    ------
    HandbookError
        There is no such metric.
    """
    _check(by)
    higher = by != _SECONDS and METRICS[by.removeprefix("cv_")].higher
    with_value = [record for record in records if _value(record, by) is not None]
    with_value.sort(key=lambda record: _value(record, by) or 0.0, reverse=higher != reverse)
    return with_value + [record for record in records if _value(record, by) is None]


def as_json(records: Iterable[RunRecord]) -> list[dict[str, Any]]:
    """Return one object per run, None for what a run does not have."""
    return [
        {
            "model": record.model,
            "data": record.data,
            "variant": record.variant,
            "task": record.task or None,
            "state": record.state,
            "why": _why(record),
            "primary": record.primary or None,
            "metrics": record.metrics,
            "cv": {
                name: {"mean": mean, "interval": record.folds.get("interval", {}).get(name)}
                for name, mean in record.folds.get("mean", {}).items()
            },
            "seconds": record.context.get("train_seconds"),
            "commit": record.context.get("commit"),
            "job_key": record.job_key or None,
            "data_variant": record.run.get("data_variant"),
        }
        for record in records
    ]


def _why(record: RunRecord) -> str:
    """Return why a run is out of date, or the first line of the error that it failed with."""
    return record.why or record.run.get("error", "").partition("\n")[0]


def lines(records: Sequence[RunRecord], more: Sequence[str] = ()) -> Iterator[str]:
    """Yield the runs as a table.

    Parameters
    ----------
    records : sequence of RunRecord
    more : sequence of str
        Metrics to show besides each run's main one.
    """
    more = [name for name in dict.fromkeys(more) if name != _SECONDS]
    head = ["run", "state", "metric", "test rows", "cross-validated"]
    head += [*map(_title, more), "time", "job key"]
    cells = []
    for record in records:
        main, why, seconds = record.primary, _why(record), record.context.get("train_seconds")
        mean = record.mean(main)
        state = f"{record.state}: {why}"[:60] if why else record.state
        cells.append(
            [
                record.name,
                state + (" (sample)" if record.sample else ""),
                Metric.named(main).title if main else "-",
                cell(record.metrics.get(main)),
                "-" if mean is None else estimate(mean, record.interval(main)),
                *(cell(_value(record, name)) for name in more),
                "-" if seconds is None else duration(seconds),
                (record.job_key or "-")[:12],
            ]
        )
    yield from columns(head, cells, right=[3, *range(5, 6 + len(more))])
    yield f"{len(records)} run{'' if len(records) == 1 else 's'}"


def _title(metric: str) -> str:
    plain = Metric.named(metric.removeprefix("cv_")).title
    return f"{plain}, folds" if metric.startswith("cv_") else plain


def to_csv(records: Sequence[RunRecord]) -> str:
    """Return the runs as CSV, one column per metric; means over folds begin with ``cv_``."""
    rows = as_json(records)
    metrics = dict.fromkeys(name for row in rows for name in row["metrics"])
    folded = dict.fromkeys(name for row in rows for name in row["cv"])
    plain = ("model", "data", "variant", "task", "state", "seconds", "commit", "job_key")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*plain, *metrics, *(f"cv_{name}" for name in folded)])
    for row in rows:
        values = [row["metrics"].get(name) for name in metrics]
        means = [row["cv"].get(name, {}).get("mean") for name in folded]
        writer.writerow([*(row[key] for key in plain), *values, *means])
    return text.getvalue()
