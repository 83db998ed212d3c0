"""Cross-validate one run on its training rows; the held-out rows are never looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import LeaveOneOut

from handbook import tasks
from handbook.core.errors import HandbookError
from handbook.core.files import digest, sha256, work, write_json
from handbook.data import dataset
from handbook.tasks.interval import mean_interval
from handbook.tasks.metric import METRICS
from handbook.tasks.task import Task
from handbook.training.tuning import fit

__all__ = ["crossval", "summary"]


def crossval(
    spec: Mapping[str, Any], train_path: Path, output: Path, *, say: Callable[[str], None]
) -> None:
    """Fit and score every fold, the dummy baseline on the same folds, and write the scores.

    Preprocessing, searched settings and thresholds are fitted on each fold's training rows alone:
    for a setting with a search this is a nested cross-validation. Small sets are also folded
    repeatedly, and leave each row out once, where the spec asks for it.

    Parameters
    ----------
    spec : mapping
        See `Params.crossval_spec`.
    train_path : Path
        Prepared training rows.
    output : Path
        JSON with a score for every fold, mean, standard error and interval of each metric.
    say : callable
        Takes a line of progress.
    """
    rows = dataset.read(train_path)
    task = tasks.module(spec["task"])
    level, k = spec["level"], spec["folds"]
    repeats = spec["repeats"] if len(rows) <= spec.get("small", 0) else 1
    # The first repeat is the plain k-fold, the same for every model of the data set.
    rounds = [list(_folds(spec, rows, task, spec["seed"] + i, say)) for i in range(repeats)]
    first = rounds[0]
    scores = [fold.scores for fold in first]
    # Validation rows by training rows: 1/(k - 1), nearly.
    share = float(np.mean([fold.share for fold in first]))
    mean, error, interval = summary(scores, share, level)
    write_json(
        output,
        {
            "model": spec["model"],
            "data": spec["data"],
            "variant": spec["variant"],
            "task": spec["task"],
            "work": work(spec),
            "data_digests": {"train": sha256(train_path)},
            "scheme": task.SCHEME,
            "folds": k,
            "level": level,
            "share": share,
            # Which rows each fold left out: equal for all runs that may be compared.
            "split": digest({str(place): fold.rows for place, fold in enumerate(first)}),
            "primary": task.primary(len(rows.classes)),
            "scores": scores,
            "mean": mean,
            "standard_error": error,
            "interval": interval,
            "baseline": {"mean": summary([fold.baseline for fold in first], share, level)[0]},
            "chosen": [fold.chosen for fold in first] if spec["search"] else None,
            "repeated": _repeated(rounds, k, share, level) if repeats > 1 else None,
            "leave_one_out": _leave_one_out(spec, rows, task) if spec["leave_one_out"] else None,
        },
    )


class _Fold(NamedTuple):
    """What one fold gave."""

    scores: dict[str, Any]
    baseline: dict[str, Any]
    chosen: dict[str, Any] | None
    share: float
    rows: list[int]


def _folds(
    spec: Mapping[str, Any],
    rows: dataset.Dataset,
    task: Task,
    seed: int,
    say: Callable[[str], None],
) -> Iterator[_Fold]:
    """Fit and score every fold, and the dummy beside it."""
    classes = len(rows.classes)
    primary = task.primary(classes)
    folds = task.folds(tasks.targets(rows, spec["task"]), spec["folds"], seed, rows.groups)
    for number, (fit_on, check_on) in enumerate(folds):
        here, there = rows.rows(fit_on), rows.rows(check_on)
        fitted, chosen = fit(spec, here.X, here.y, classes)
        dummy = task.baseline().fit(here.X, here.y)
        known = {"fold": number, "rows": len(there)}
        scores, baseline = (
            known | task.score(there.y, task.predict(model, there.X, classes))[0]
            for model in (fitted, dummy)
        )
        searched = (chosen or {}).get("params")
        share = len(check_on) / len(fit_on)
        yield _Fold(scores, baseline, searched, share, np.asarray(check_on).tolist())
        say(f"fold {number + 1} of {spec['folds']}: {primary} {scores[primary]:.4f}")


def _repeated(
    rounds: Sequence[Sequence[_Fold]], k: int, share: float, level: float
) -> dict[str, Any]:
    """Summarise all folds of all repeats; the corrected interval narrows little with repeats."""
    mean, error, interval = summary([f.scores for folds in rounds for f in folds], share, level)
    return {
        "repeats": len(rounds),
        "folds": k,
        "mean": mean,
        "standard_error": error,
        "interval": interval,
    }


def _leave_one_out(spec: Mapping[str, Any], rows: dataset.Dataset, task: Task) -> dict[str, Any]:
    """Predict each row by a model of all others, and score the predictions together.

    A single row has no ROC AUC and no R2, so the metrics are of all rows at once. The standard
    error is s / sqrt(n) of what is a mean over rows, as if rows were independent: the n models
    are nearly the same one.
    """
    if len(rows) > spec["small"]:
        raise HandbookError(
            f"{spec['model']}: leave_one_out on {spec['data']} would fit {len(rows):,} times, and "
            f"a small set has at most {spec['small']:,} rows; take it out of params.yaml"
        )
    classes = len(rows.classes)
    said = []
    for fit_on, check_on in LeaveOneOut().split(rows.y):
        here, there = rows.rows(fit_on), rows.rows(check_on)
        fitted, _ = fit(spec, here.X, here.y, classes)
        said.append(task.predict(fitted, there.X, classes))
    table = pd.concat([row.table for row in said], ignore_index=True)
    metrics, _ = task.score(rows.y, replace(said[0], table=table))
    wrong = table["predicted"].to_numpy() - rows.y

    def spread(values: Any) -> float:
        return float(np.std(values, ddof=1) / math.sqrt(len(rows)))

    if classes:
        error = {"accuracy": spread(wrong == 0)}
    else:
        error = {"mse": spread(wrong**2), "mae": spread(np.abs(wrong))}
        # The delta method: the derivative of a square root is 1 / (2 sqrt).
        error["rmse"] = error["mse"] / (2 * math.sqrt(np.mean(wrong**2)))
    return {"rows": len(rows), "metrics": metrics, "standard_error": error}


def summary(
    scores: Sequence[Mapping[str, float | None]], share: float, level: float
) -> tuple[dict[str, float | None], dict[str, float | None], dict[str, list[float] | None]]:
    """Return mean, standard error and confidence interval of every metric over folds.

    See :func:`handbook.tasks.interval.mean_interval`; intervals are cut where the metric ends.

    Parameters
    ----------
    scores : sequence of k mappings
        Metric to score; ``fold`` and ``rows`` are passed over. A metric that is undefined (None)
        in any fold has no summary.
    share : float
        Validation rows divided by training rows of a fold: 1/(k - 1) for k-fold.
    level : float
        Level of the interval, such as 0.95.

    Examples
    --------
    >>> mean, error, interval = summary([{"rmse": 1.0}, {"rmse": 3.0}], share=1.0, level=0.5)
    >>> mean["rmse"], round(error["rmse"], 4), [round(end, 4) for end in interval["rmse"]]
    (2.0, 1.7321, [0.2679, 3.7321])
    """
    mean: dict[str, float | None] = {}
    error: dict[str, float | None] = {}
    interval: dict[str, list[float] | None] = {}
    for name in scores[0]:
        if name in ("fold", "rows"):
            continue
        values = [fold[name] for fold in scores]
        defined = [value for value in values if value is not None]
        if len(defined) < len(values):
            mean[name] = error[name] = interval[name] = None
            continue
        mean[name], error[name], interval[name] = mean_interval(
            defined, share, level, METRICS[name].bounds
        )
    return mean, error, interval
