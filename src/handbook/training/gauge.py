"""Confidence intervals of the scores on test rows, of all runs on a data set and their dummies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from handbook import tasks
from handbook.core.files import read_json, write_json
from handbook.core.folders import DataFolder, RunFolder
from handbook.data import arrow, dataset
from handbook.tasks.resampling import Resampling
from handbook.tasks.score_intervals import Intervals, score_intervals
from handbook.training.uncertainty import GaugeSpec

__all__ = ["gauge"]


def gauge(
    spec: GaugeSpec, output: Path, *, results: Path = Path("results"), say: Callable[[str], None]
) -> None:
    """Write the interval of every test score on a data set, from the predictions that lie there.

    Nothing is fitted but the dummies, which look at no column; no prediction is made again. Each
    run stands with the key of its job, so that intervals of earlier predictions are told apart.
    """
    how = Resampling(spec.level, spec.draws, spec.seed)
    folder = DataFolder(spec.data, results)
    labelled = [task for task in dict.fromkeys(spec.runs.values()) if task not in tasks.JUDGED]
    # Images take seconds to read, and what is made of them has no interval.
    rows, held_out = (
        (dataset.read(folder.train), dataset.read(folder.test)) if labelled else (None, None)
    )
    runs: dict[str, dict[str, Any]] = {}
    for name, task in spec.runs.items():
        of_run = RunFolder(name, results)
        record, scores = read_json(of_run.record), read_json(of_run.metrics)
        intervals = _of_predictions(task, of_run.predictions, held_out, scores["metrics"], how)
        runs[name] = {"job_key": record["job_key"], "intervals": intervals}
        say(f"{name}: {sum(1 for entry in intervals.values() if entry['interval'])} intervals")
    dummies = {
        task: _of_dummy(task, rows, held_out, how)
        for task in labelled
        if rows is not None and held_out is not None
    }
    settings = {"data": spec.data, "level": spec.level, "draws": spec.draws, "seed": spec.seed}
    write_json(output, settings | {"runs": runs, "dummies": dummies})


def _of_predictions(
    task: str, path: Path, held_out: dataset.Dataset | None, metrics: Any, how: Resampling
) -> Intervals:
    truth, classes = (None, 0) if held_out is None else (held_out.y, len(held_out.classes))
    table, _ = arrow.read(path)
    return score_intervals(task, table.to_pandas(), truth, classes, metrics, how)


def _of_dummy(
    task: str, rows: dataset.Dataset, held_out: dataset.Dataset, how: Resampling
) -> Intervals:
    module, classes = tasks.module(task), len(rows.classes)
    predictions = module.predict(module.baseline().fit(rows.X, rows.y), held_out.X, classes)
    metrics, _ = module.score(held_out.y, predictions)
    return score_intervals(task, predictions.table, held_out.y, classes, metrics, how)
