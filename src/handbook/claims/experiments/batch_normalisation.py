"""Claim of section 6.7.4.2: batch normalisation trains faster and is less sensitive to settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import nn

from handbook.claims.finding import Finding, paired
from handbook.claims.images import parted
from handbook.claims.networks import accuracy, convolutional, fresh, train
from handbook.data.dataset import Dataset

__all__ = ["compute", "multiplied"]


def multiplied(normalised: bool, scale: float, side: int, widths: Sequence[int]) -> nn.Sequential:
    """Return a convolutional network whose first weights are multiplied by a scale."""
    network = convolutional(side, widths, normalised=normalised)
    with torch.no_grad():
        for part in network:
            if isinstance(part, nn.Conv2d | nn.Linear):
                part.weight.mul_(scale)
    return network


def compute(
    data: Dataset,
    seeds: Sequence[int],
    rows: int,
    held_out: int,
    shrink: int,
    widths: list[int],
    epochs: int,
    batch_size: int,
    rates: list[float],
    scales: list[float],
    rate: float,
    enough: float,
) -> Finding:
    """Train a small convolutional network on few digits for a short time, with and without.

    The accuracy on digits held out is measured for rates over several powers of ten, and at one
    rate for first weights that are multiplied. A setting trains where the accuracy is enough. Same
    digits, same first weights, same batches.
    """
    grids = [(1.0, own) for own in rates], [(scale, rate) for scale in scales]
    scores: dict[str, list[list[list[float]]]] = {"rates": [], "scales": []}
    for seed in seeds:
        fit, check = parted(data, seed, rows, held_out, shrink)
        for name, grid in zip(scores, grids, strict=True):
            own: list[list[float]] = []
            for normalised in (False, True):
                own.append([])
                for scale, tried in grid:
                    build = partial(multiplied, normalised, scale, fit.X.shape[-1], widths)
                    network = fresh(build, seed)
                    train(
                        network, fit.X, fit.y,
                        seed=seed, epochs=epochs, batch_size=batch_size, rate=tried,
                    )  # fmt: skip
                    own[-1].append(accuracy(network, *check))
            scores[name].append(own)
    by_rate, by_scale = (np.array(scores[name]) for name in ("rates", "scales"))  # (seeds, 2, n)
    plain, normal = by_rate[:, 0], by_rate[:, 1]
    trained = [(values >= enough).mean(axis=1) for values in (plain, normal)]
    scaled = [(by_scale[:, i] >= enough).mean(axis=1) for i in (0, 1)]
    best = [values.max(axis=1) for values in (plain, normal)]
    measured = {
        f"accuracy, {kind}, rate {own:g}": by_rate[:, i, j].tolist()
        for i, kind in enumerate(("plain", "normalised"))
        for j, own in enumerate(rates)
    } | {
        f"accuracy, {kind}, weights times {own:g}": by_scale[:, i, j].tolist()
        for i, kind in enumerate(("plain", "normalised"))
        for j, own in enumerate(scales)
    }
    return Finding(
        measured=measured,
        parts=[
            paired(
                "faster",
                "training is short",
                "accuracy at the best rate, with less without",
                best[1].tolist(),
                best[0].tolist(),
            ),
            paired(
                "rate",
                "the rate is set wrongly",
                "share of rates that train, with less without",
                trained[1].tolist(),
                trained[0].tolist(),
            ),
            paired(
                "weights",
                "the first weights are set wrongly",
                "share of scales that train, with less without",
                scaled[1].tolist(),
                scaled[0].tolist(),
            ),
        ],
        plot={
            "rates": rates,
            "scales": scales,
            "by_rate": by_rate.transpose(1, 2, 0),
            "by_scale": by_scale.transpose(1, 2, 0),
            "enough": enough,
        },
    )
