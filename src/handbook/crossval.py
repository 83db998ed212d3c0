"""Cross-validate one run on its training rows; the held-out rows are never looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student
from sklearn.base import clone

from handbook import store, tasks
from handbook.errors import HandbookError
from handbook.estimator import build
from handbook.records import sha256, work, write_json

__all__ = ["crossval", "summary"]


def crossval(
    spec: Mapping[str, Any], train_path: Path, output: Path, *, say: Callable[[str], None]
) -> None:
    """Fit and score every fold, the dummy baseline on the same folds, and write the scores.

    Preprocessing is part of the estimator, so it is fitted on each fold's training rows alone.

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
    rows = store.read(train_path)
    if rows.y is None:
        raise HandbookError(f"{spec['data']}: has no labels for the task {spec['task']!r}")
    y = rows.y
    task = tasks.module(spec["task"])
    classes = len(rows.classes)
    estimator, dummy = build(spec, rows.X), task.baseline()
    primary = task.primary(classes)
    scores: list[dict[str, Any]] = []
    baseline: list[dict[str, Any]] = []
    shares = []
    for fold, (fit_on, check_on) in enumerate(
        task.folds(y, spec["folds"], spec["seed"], rows.groups)
    ):
        here, there = rows.rows(fit_on), rows.rows(check_on)
        for model, into in ((estimator, scores), (dummy, baseline)):
            fitted = clone(model).fit(here.X, here.y)
            metrics, _ = task.score(there.y, task.predict(fitted, there.X, classes))
            into.append({"fold": fold, "rows": len(there)} | metrics)
        shares.append(len(check_on) / len(fit_on))
        say(f"fold {fold + 1} of {spec['folds']}: {primary} {scores[-1][primary]:.4f}")
    level = spec["level"]
    mean, error, interval = summary(scores, float(np.mean(shares)), level)
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
            "folds": spec["folds"],
            "level": level,
            "primary": primary,
            "scores": scores,
            "mean": mean,
            "standard_error": error,
            "interval": interval,
            "baseline": {"mean": summary(baseline, float(np.mean(shares)), level)[0]},
        },
    )


def summary(
    scores: Sequence[Mapping[str, float | None]], share: float, level: float
) -> tuple[dict[str, float | None], dict[str, float | None], dict[str, list[float] | None]]:
    """Return mean, standard error and confidence interval of every metric over folds.

    Training sets of different folds overlap, so the scores are not independent and s / sqrt(k)
    is too small. The standard error here is the corrected one, s sqrt(1/k + share), and the
    interval is mean -+ t(k - 1) times it, cut where the metric ends.

    Parameters
    ----------
    scores : sequence of k mappings
        Metric to score; ``fold`` and ``rows`` are passed over. A metric that is undefined (None)
        in any fold has no summary.
    share : float
        Validation rows divided by training rows of a fold: 1/(k - 1) for k-fold.
    level : float
        Level of the interval, such as 0.95.

    References
    ----------
    Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52.

    Examples
    --------
    >>> mean, error, interval = summary([{"rmse": 1.0}, {"rmse": 3.0}], share=1.0, level=0.5)
    >>> mean["rmse"], round(error["rmse"], 4), [round(end, 4) for end in interval["rmse"]]
    (2.0, 1.7321, [0.2679, 3.7321])
    """
    k = len(scores)
    mean: dict[str, float | None] = {}
    error: dict[str, float | None] = {}
    interval: dict[str, list[float] | None] = {}
    quantile = float(student.ppf((1 + level) / 2, k - 1))
    for name in scores[0]:
        if name in ("fold", "rows"):
            continue
        values = [fold[name] for fold in scores]
        known = [value for value in values if value is not None]
        if len(known) < k:
            mean[name] = error[name] = interval[name] = None
            continue
        center = float(np.mean(known))
        spread = float(np.std(known, ddof=1)) * math.sqrt(1 / k + share)
        mean[name], error[name] = center, spread
        # A share cannot be below 0: cutting there loses no coverage.
        low, high = tasks.bounds(name)
        interval[name] = [
            max(low, center - quantile * spread),
            min(high, center + quantile * spread),
        ]
    return mean, error, interval
