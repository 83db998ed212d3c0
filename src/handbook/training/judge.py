"""Fit the classifier that looks at generated pictures: the scale is fixed before they are made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.data import dataset
from handbook.training.build import build
from handbook.training.saving import save
from handbook.training.spec import JudgeSpec

__all__ = ["judge"]

_CHECKED = 0.1  # share of the training rows on which the judge itself is judged


def judge(
    spec: JudgeSpec, train_path: Path, *, model: Path, record: Path, say: Callable[[str], None]
) -> None:
    """Fit a classifier on nine tenths of the training rows, and measure it on the last.

    Written are the fitted classifier (`model`) and JSON with its accuracy (`record`).

    Raises
    ------
    HandbookError
        The rows have no such labels.
    """
    rows = dataset.read(train_path)
    labels = rows.y if spec.labels == "classes" else rows.groups
    if labels is None:
        raise HandbookError(
            f"judges.{spec.data}.labels: {spec.data} has no {spec.labels}; use the other of "
            "'classes' and 'groups' in params.yaml"
        )
    _, counts = np.unique(labels, return_counts=True)
    fit_on, check_on = train_test_split(
        np.arange(len(labels)),
        test_size=_CHECKED,
        # a group of one picture cannot be on both sides
        stratify=labels if counts.min() > 1 and len(counts) < _CHECKED * len(labels) else None,
        random_state=spec.seed,
    )
    fit_on.sort()
    estimator = build(spec, rows.X)
    estimator.fit(rows.X[fit_on], labels[fit_on])
    right = estimator.predict(rows.X[check_on]) == labels[check_on]
    most_common = np.mean(labels[check_on] == np.bincount(labels[fit_on]).argmax())
    say(
        f"accuracy {right.mean():.4f} on {len(check_on):,} of {len(labels):,} training rows, "
        f"{len(counts)} {spec.labels}; the most common one {most_common:.4f}"
    )
    save(estimator, model, spec.trusted)
    write_json(
        record,
        {
            "data": spec.data,
            "data_variant": rows.variant,
            "labels": spec.labels,
            "kinds": len(counts),
            "rows": {"fitted": len(fit_on), "checked": len(check_on)},
            "accuracy": float(right.mean()),
            "baseline": float(most_common),
        },
    )
