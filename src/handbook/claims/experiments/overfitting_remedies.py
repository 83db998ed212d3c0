"""Claim of section 3.3.1: penalties, dropout, early stopping and augmentation curb overfitting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handbook.claims.finding import Finding, paired
from handbook.claims.images import drawn_rows
from handbook.data.dataset import Dataset
from handbook.models.cnn import CNNClassifier

__all__ = ["compute", "remedies"]


def remedies(
    weight_decay: float, dropout: float, validation: float, patience: int, shift: int
) -> dict[str, dict[str, Any]]:
    """Return the arguments of each remedy by its name; without any first, all together last."""
    each: dict[str, dict[str, Any]] = {
        "L2 penalty": {"weight_decay": weight_decay},
        "dropout": {"dropout": dropout},
        "early stopping": {"validation_fraction": validation, "patience": patience},
        "moved and mirrored images": {"shift": shift, "flip": True},
    }
    together = {name: value for own in each.values() for name, value in own.items()}
    return {"none": {}} | each | {"all": together}


def compute(
    data: Dataset,
    seeds: Sequence[int],
    rows: int,
    held_out: int,
    widths: list[int],
    dense: int,
    epochs: int,
    batch_size: int,
    rate: float,
    weight_decay: float,
    dropout: float,
    validation: float,
    patience: int,
    shift: int,
) -> Finding:
    """Train a convolutional network on few pictures of garments for long, so that it overfits.

    Then with an L2 penalty, dropout, early stopping on a part of the same few pictures, pictures
    moved and mirrored at random, and with all of them. What counts is the accuracy on other
    garments, and the gap from the accuracy on those learnt from. Same garments, same seed of the
    first weights.
    """
    tried = remedies(weight_decay, dropout, validation, patience, shift)
    held: dict[str, list[float]] = {name: [] for name in tried}
    gaps: dict[str, list[float]] = {name: [] for name in tried}
    for seed in seeds:
        fit, check = drawn_rows(data, seed, rows, held_out)
        for name, arguments in tried.items():
            model = CNNClassifier(
                epochs=epochs, learning_rate=rate, batch_size=batch_size,
                widths=widths, dense=dense, random_state=seed, **arguments,
            )  # fmt: skip
            model.fit(data.X[fit], data.labels[fit])
            held[name].append(float(model.score(data.X[check], data.labels[check])))
            gaps[name].append(float(model.score(data.X[fit], data.labels[fit])) - held[name][-1])
    names = [name for name in tried if name != "none"]
    keys = {name: name.split()[0].lower() for name in names}
    parts = []
    for name in names:
        remedy = "all remedies are used" if name == "all" else f"the remedy is {name}"
        parts += [
            paired(
                f"accuracy-{keys[name]}",
                f"{remedy} and accuracy counts",
                "accuracy on garments held out, with less without",
                held[name],
                held["none"],
            ),
            paired(
                f"gap-{keys[name]}",
                f"{remedy} and the gap counts",
                "gap from training to held-out accuracy, without less with",
                gaps["none"],
                gaps[name],
            ),
        ]
    return Finding(
        measured={f"accuracy held out, {name}": values for name, values in held.items()}
        | {f"gap, {name}": values for name, values in gaps.items()},
        parts=parts,
        plot={"held": held, "gaps": gaps},
    )
