"""Train one run from several seeds, to see how far its test scores move with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from handbook import tasks
from handbook.core.files import sha256, write_json
from handbook.data import dataset
from handbook.training.saving import load
from handbook.training.tuning import fit
from handbook.training.uncertainty import ReseedSpec

__all__ = ["reseed"]


def reseed(
    spec: ReseedSpec,
    train_path: Path,
    test_path: Path,
    output: Path,
    *,
    judge_path: Path | None = None,
    say: Callable[[str], None],
) -> None:
    """Fit on all training rows from each seed, score on the test rows, and write every score.

    The rows and their split stay the same, and so does the judge of what is generated: all that
    moves is what the training draws. No seed is chosen by its score.
    """
    rows, held_out, run = dataset.read(train_path), dataset.read(test_path), spec.run
    tasks.targets(rows, run.task)  # refuses rows without labels where there must be some
    task, classes = tasks.module(run.task), len(rows.classes)
    judge = None if judge_path is None else load(judge_path, run.trusted)
    primary = task.primary(classes)
    scores: list[dict[str, float | None]] = []
    for seed in spec.seeds:
        estimator, _ = fit(run.model_copy(update={"seed": seed}), rows.X, rows.y, classes)
        metrics, _ = task.score(held_out.y, task.predict(estimator, held_out.X, classes, judge))
        scores.append(metrics)
        say(f"seed {seed}: {primary} {metrics[primary]:.4f}")
    names = [name for name in scores[0] if all(score[name] is not None for score in scores)]
    values = {name: [score[name] for score in scores] for name in names}
    write_json(
        output,
        run.names()
        | {
            "task": run.task,
            "work": spec.work,
            "params": run.params,
            "shortened": spec.shortened,
            "data_digests": {"train": sha256(train_path), "test": sha256(test_path)},
            "primary": primary,
            "seeds": spec.seeds,
            "scores": values,
            "mean": {name: float(np.mean(own)) for name, own in values.items()},  # type: ignore[arg-type]
            "deviation": {
                name: float(np.std(own, ddof=1))  # type: ignore[arg-type]
                for name, own in values.items()
            },
        },
    )
