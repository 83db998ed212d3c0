"""Learning and validation curves: whether a model needs more rows, more freedom or less."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import cross_validate, learning_curve, validation_curve

from handbook import tasks
from handbook.core.errors import HandbookError
from handbook.core.files import sha256, write_json
from handbook.data import dataset
from handbook.tasks.metric import METRICS
from handbook.training.build import build
from handbook.training.spec import DiagnoseSpec
from handbook.training.tuning import nested_name, with_degree

__all__ = ["diagnose"]

_SHARES = (0.05, 0.1, 0.25, 0.5, 1.0)
_LEAST = 20  # rows; fewer say nothing


def diagnose(
    spec: DiagnoseSpec, train_path: Path, output: Path, *, say: Callable[[str], None]
) -> None:
    """Score a model on growing shares of its rows, and over values of one parameter.

    Each point is fitted on folds of the training rows: the training score on the rows that were
    fitted, the validation score on the fold left out. `output` is JSON with the scores of every
    split for each size and each value.

    References
    ----------
    Handbook, section 2.17.1; Perlich, Provost and Simonoff (2003), "Tree induction vs. logistic
    regression: a learning-curve analysis".
    """
    rows = dataset.read(train_path)
    run = spec.run
    if run.fit_rows is not None:
        rows = _few(rows, run.fit_rows, run.seed)
    if rows.y is None:
        raise HandbookError(f"{run.data}: has no labels for the task {run.task!r}")
    task = tasks.module(run.task)
    classes = len(rows.classes)
    estimator = build(run, rows.X)
    metric = task.primary(classes)
    sign = METRICS[metric].sign

    def listed(scores: Any) -> list[list[float]]:
        return [[float(sign * score) for score in each] for each in scores]

    # Large sets say enough with three splits, and with some of their rows.
    k = spec.folds if len(rows) <= spec.rows else 3
    rows = _few(rows, spec.rows, run.seed)
    folds = list(task.folds(tasks.targets(rows, run.task), k, run.seed, rows.groups))
    most = min(len(fit_on) for fit_on, _ in folds)
    sizes = sorted({max(round(share * most), min(_LEAST, most)) for share in _SHARES})
    common: dict[str, Any] = {"scoring": task.scorer(classes), "error_score": "raise", "cv": folds}
    sizes, *learning = learning_curve(
        estimator, rows.X, rows.y, train_sizes=sizes, shuffle=True, random_state=run.seed, **common
    )
    say(f"{len(sizes)} sizes up to {most:,} rows")
    validation = None
    if spec.parameter is not None:
        freed = build(with_degree(run, {spec.parameter: spec.values}), rows.X)
        name = nested_name(spec.parameter, run)
        curves = validation_curve(
            freed, rows.X, rows.y, param_name=name, param_range=spec.values, **common
        )
        validation = {
            "parameter": spec.parameter,
            "values": spec.values,
            "train": listed(curves[0]),
            "validation": listed(curves[1]),
        }
        say(f"{len(spec.values)} values of {spec.parameter}")
    dummy = cross_validate(task.baseline(), rows.X, rows.y, **common)["test_score"]
    write_json(
        output,
        run.names()
        | {
            "data_variant": rows.variant,
            "work": run.work,
            "data_digests": {"train": sha256(train_path)},
            "metric": metric,
            "rows": len(rows),
            "learning": {
                "sizes": [int(size) for size in sizes],
                "train": listed(learning[0]),
                "validation": listed(learning[1]),
            },
            "validation": validation,
            "baseline": float(sign * np.mean(dummy)),
        },
    )


def _few(rows: dataset.Dataset, most: int, seed: int) -> dataset.Dataset:
    """Return at most so many rows, drawn at random."""
    if len(rows) <= most:
        return rows
    drawn = np.random.default_rng(seed).permutation(len(rows))[:most]
    return rows.rows(np.sort(drawn))
