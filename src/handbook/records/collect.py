"""Bring the results of all runs into one table, and the same numbers in DVC's form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from handbook.catalogue.overview import Overview
from handbook.core.errors import HandbookError
from handbook.records.reader import read
from handbook.records.run import Context, RunRecord
from handbook.tasks.pairwise import compare

__all__ = ["Collected", "collect", "comparisons"]


class Collected(NamedTuple):
    """All runs as tables.

    Parameters
    ----------
    table : list of dict
        One row per run.
    metrics : dict
        Nested as model / data / variant / metric: all that were measured on the test rows.
    primary : dict
        Nested likewise, one number a run: the mean over folds of the metric that ranks it,
        ``<metric>_folds``, by which experiments can be chosen; without folds, ``<metric>_test``.
    comparisons : dict
        By data set and task, the result of :func:`handbook.tasks.pairwise.compare`.
    times : dict
        By the name of each run, when and from which commit it ran, and what it cost. They stand
        apart since they are all that differs where the same runs are made again.
    """

    table: list[dict[str, Any]]
    metrics: dict[str, Any]
    primary: dict[str, Any]
    comparisons: dict[str, Any]
    times: dict[str, Context]


def collect(results: Path, catalogue: Overview) -> Collected:
    """Read the records of all runs, and compare those of each data set.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        What is shown of `params.yaml`: see `handbook.catalogue.overview`.

    Raises
    ------
    HandbookError
        If a run or its cross-validation is missing, or not of the catalogue and the data as
        they are.
    """
    records = read(results, catalogue)
    for record in records:
        _check(record)
    # DVC's metrics are numbers: undefined ones are left out.
    metrics = _nested(records, lambda record: record.defined())
    table = [_row(record, catalogue) for record in records]
    times = {record.name: _times(record) for record in records}
    return Collected(table, metrics, _nested(records, _primary), comparisons(records), times)


def _nested(
    records: Iterable[RunRecord], numbers: Callable[[RunRecord], Mapping[str, float]]
) -> dict[str, Any]:
    """Return numbers of each run by model, data set and variant."""
    nested: dict[str, Any] = {}
    for record in records:
        own = nested.setdefault(record.model, {}).setdefault(record.data, {})
        own[record.variant] = dict(numbers(record))
        if record.sample:
            nested["data"] = "sample"  # never to be taken for real
    return nested


def _primary(record: RunRecord) -> dict[str, float]:
    mean = record.mean(record.primary)
    if mean is not None:
        return {f"{record.primary}_folds": mean}
    score = record.metrics.get(record.primary)
    return {} if score is None else {f"{record.primary}_test": score}


def comparisons(records: Iterable[RunRecord]) -> dict[str, Any]:
    """Compare the cross-validations of runs, those on each data set with each other.

    Returns
    -------
    dict
        By data set and task, the result of :func:`handbook.tasks.pairwise.compare`.
    """
    folded: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records:
        if record.folds:
            runs = folded.setdefault((record.data, record.task), {})
            runs[f"{record.model}/{record.variant}"] = record.folds
    compared: dict[str, Any] = {}
    for (data, task), runs in folded.items():
        if (result := compare(runs)) is not None:
            compared.setdefault(data, {})[task] = result
    return compared


def _times(record: RunRecord) -> Context:
    times = record.context.copy()
    times.pop("step_times", None)
    return times


def _row(record: RunRecord, catalogue: Overview) -> dict[str, Any]:
    folds = record.folds
    summary = {key: folds[key] for key in ("mean", "standard_error", "interval")} if folds else None
    return {
        "model": record.model,
        "data": record.data,
        "variant": record.variant,
        "title": record.title,
        "section": catalogue["models"][record.model]["section"],
        "task": record.task,
        "metrics": record.metrics,
        "baseline": record.baseline,
        "book": record.book or None,
        "threshold": (record.run.get("chosen") or {}).get("threshold"),
        "cv": summary,
        "primary": record.primary,
        "data_variant": record.run["data_variant"],
        "job_key": record.job_key,
    }


def _check(record: RunRecord) -> None:
    fault = {"finished": "", "outdated": f"is out of date ({record.why})"}.get(
        record.state, "is not trained"
    )
    if not fault and record.folded and not record.folds:
        fault = "has no cross-validation of its setting and rows"
    if fault:
        raise HandbookError(f"{record.name} {fault}; `make rebuild` makes what is missing")
