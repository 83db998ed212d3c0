"""Cross-validate one run on its training rows; the held-out rows are never looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import LeaveOneOut

from handbook import tasks
from handbook.core.errors import HandbookError
from handbook.core.files import digest, sha256, write_json
from handbook.data import dataset
from handbook.tasks.interval import mean_interval
from handbook.tasks.metric import METRICS
from handbook.tasks.task import Task
from handbook.training.folds import Folds
from handbook.training.spec import CrossvalSpec
from handbook.training.tuning import fit

__all__ = ["crossval", "summary"]


def crossval(
    spec: CrossvalSpec, train_path: Path, output: Path, *, say: Callable[[str], None]
) -> None:
    """Fit and score every fold, the dummy baseline on the same folds, and write the scores.

    Preprocessing, searched settings and thresholds are fitted on each fold's training rows alone:
    for a setting with a search this is a nested cross-validation. Small sets are also folded
    repeatedly, and leave each row out once, where the specification says so. `output` is JSON with
    a score for every fold, mean, standard error and interval of each metric.
    """
    rows, run = dataset.read(train_path), spec.run
    task = tasks.module(run.task)
    repeats = spec.repeats if len(rows) <= spec.small else 1
    # The first repeat is the plain k-fold, the same for every model of the data set.
    rounds = [_round(spec, rows, task, run.seed + i, say) for i in range(repeats)]
    first, level, share = rounds[0], spec.level, rounds[0].share
    write_json(
        output,
        run.names()
        | {
            "task": run.task,
            "work": run.work,
            "data_digests": {"train": sha256(train_path)},
            "scheme": task.SCHEME,
            "folds": spec.folds,
            "level": level,
            "share": share,
            # Which rows each fold left out: equal for all runs that may be compared.
            "split": digest({str(number): rows for number, rows in enumerate(first.left_out)}),
            "primary": task.primary(len(rows.classes)),
            "scores": first.scores,
            **summary(first.scores, share, level),
            "baseline": {"mean": summary(first.baseline, share, level)["mean"]},
            "chosen": first.chosen if run.search else None,
            "repeated": _repeated(rounds, spec.folds, level) if repeats > 1 else None,
            "leave_one_out": _leave_one_out(spec, rows, task) if spec.leave_one_out else None,
        },
    )


class _Round(NamedTuple):
    """One round of folds; a list item for each fold."""

    scores: list[dict[str, Any]]
    baseline: list[dict[str, Any]]
    chosen: list[dict[str, Any] | None]
    left_out: list[list[int]]
    # Validation rows by training rows: 1/(k - 1), nearly.
    share: float


def _round(
    spec: CrossvalSpec, rows: dataset.Dataset, task: Task, seed: int, say: Callable[[str], None]
) -> _Round:
    """Fit and score every fold, and the dummy beside it."""
    classes, y = len(rows.classes), tasks.targets(rows, spec.run.task)
    primary = task.primary(classes)
    folds = Folds(rows.X, rows.y, task.folds(y, spec.folds, seed, rows.groups))
    left_out = [np.asarray(check_on).tolist() for _, check_on in folds.splits]
    scored = _Round([], [], [], left_out, folds.share)
    for number in range(len(folds)):
        fold = folds[number]
        model, chosen = fit(spec.run, fold.X_fit, fold.y_fit, classes)
        dummy = task.baseline().fit(fold.X_fit, fold.y_fit)
        for estimator, records in ((model, scored.scores), (dummy, scored.baseline)):
            predictions = task.predict(estimator, fold.X_check, classes)
            scores = task.score(fold.y_check, predictions)[0]
            records.append({"fold": number, "rows": len(left_out[number])} | scores)
        scored.chosen.append((chosen or {}).get("params"))
        say(f"fold {number + 1} of {spec.folds}: {primary} {scored.scores[-1][primary]:.4f}")
    return scored


def _repeated(rounds: Sequence[_Round], k: int, level: float) -> dict[str, Any]:
    """Summarise all folds of all repeats; the corrected interval narrows little with repeats."""
    scores = [fold for scored in rounds for fold in scored.scores]
    return {"repeats": len(rounds), "folds": k, **summary(scores, rounds[0].share, level)}


def _leave_one_out(spec: CrossvalSpec, rows: dataset.Dataset, task: Task) -> dict[str, Any]:
    """Predict each row by a model of all others, and score the predictions together.

    A single row has no ROC AUC and no R2, so the metrics are of all rows at once. The standard
    error is s / sqrt(n) of what is a mean over rows, as if rows were independent: the n models
    are nearly the same one.
    """
    if len(rows) > spec.small:
        raise HandbookError(
            f"{spec.run.model}: leave_one_out on {spec.run.data} would fit {len(rows):,} times, "
            f"and a small set has at most {spec.small:,} rows; take it out of params.yaml"
        )
    classes = len(rows.classes)
    folds = Folds(rows.X, rows.y, LeaveOneOut().split(rows.y))
    parts = []
    for number in range(len(folds)):
        fold = folds[number]
        model, _ = fit(spec.run, fold.X_fit, fold.y_fit, classes)
        parts.append(task.predict(model, fold.X_check, classes))
    table = pd.concat([part.table for part in parts], ignore_index=True)
    metrics, _ = task.score(rows.y, replace(parts[0], table=table))
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
) -> dict[str, dict[str, Any]]:
    """Return mean, standard error and confidence interval of every metric over folds.

    See :func:`handbook.tasks.interval.mean_interval`; intervals are cut where the metric ends. Of
    the `scores` of a fold, ``fold`` and ``rows`` are passed over; a metric that is undefined (None)
    in any fold has no summary.

    Examples
    --------
    >>> over_folds = summary([{"rmse": 1.0}, {"rmse": 3.0}], share=1.0, level=0.5)
    >>> over_folds["mean"], round(over_folds["standard_error"]["rmse"], 4)
    ({'rmse': 2.0}, 1.7321)
    """
    over_folds: dict[str, dict[str, Any]] = {"mean": {}, "standard_error": {}, "interval": {}}
    for name in scores[0]:
        if name in ("fold", "rows"):
            continue
        values = [fold[name] for fold in scores]
        defined = [value for value in values if value is not None]
        measures: Sequence[Any] = (None, None, None)
        if len(defined) == len(values):
            measures = mean_interval(defined, share, level, METRICS[name].bounds)
        for part, measure in zip(over_folds.values(), measures, strict=True):
            part[name] = measure
    return over_folds
