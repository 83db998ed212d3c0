"""Claim of sections 3.2.4 and 6.7.4.1: ReLU units die at high rates, leaky ones do not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from handbook.claims.finding import Finding, paired
from handbook.claims.images import parted
from handbook.claims.networks import accuracy, dense, fresh, train
from handbook.data.dataset import Dataset

__all__ = ["chain", "compute", "dead_share"]


def chain(slope: float, inputs: int, width: int, layers: int, classes: int) -> nn.Sequential:
    """Return dense layers of one width, He's first weights, a leaky ReLU of a slope behind each."""
    network = dense([inputs, *[width] * layers, classes], partial(nn.LeakyReLU, slope))
    for part in network:
        if isinstance(part, nn.Linear):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
    return network


def dead_share(network: nn.Module, X: Tensor) -> float:
    """Return the share of hidden units whose input is below 0 for every row.

    A ReLU gives 0 there and passes no gradient back: its unit learns no more from these rows.
    """
    dead: list[Tensor] = []

    def look(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        dead.append((inputs[0] < 0).all(dim=0))

    hooks = [
        part.register_forward_pre_hook(look)
        for part in network.modules()
        if isinstance(part, nn.LeakyReLU)
    ]
    with torch.inference_mode():
        network(X)
    for hook in hooks:
        hook.remove()
    return float(torch.cat(dead).double().mean())


def compute(
    data: Dataset,
    seeds: Sequence[int],
    rows: int,
    held_out: int,
    shrink: int,
    width: int,
    layers: int,
    epochs: int,
    batch_size: int,
    usual: float,
    high: float,
    slopes: list[float],
) -> Finding:
    """Train a chain of dense layers on small digits with leaky ReLUs of several slopes.

    A slope of 0 is the ReLU. After training at a usual and at a high rate, units are counted whose
    input is below 0 for every training row, and the accuracy on digits held out is measured. Same
    digits, same first weights, same batches.
    """
    dead: dict[str, list[list[float]]] = {"usual": [], "high": []}
    scores: dict[str, list[list[float]]] = {"usual": [], "high": []}
    for seed in seeds:
        fit, check = parted(data, seed, rows, held_out, shrink)
        inputs = fit.X[0].numel()
        for name, rate in (("usual", usual), ("high", high)):
            stuck, right = [], []
            for slope in slopes:
                network = fresh(partial(chain, slope, inputs, width, layers, 10), seed)
                train(
                    network, fit.X, fit.y,
                    seed=seed, epochs=epochs, batch_size=batch_size, rate=rate, momentum=0.0,
                )  # fmt: skip
                stuck.append(dead_share(network, fit.X))
                right.append(accuracy(network, *check))
            dead[name].append(stuck)
            scores[name].append(right)
    by_slope = {name: np.transpose(values).tolist() for name, values in dead.items()}
    right_by_slope = {name: np.transpose(values).tolist() for name, values in scores.items()}
    leaky = slopes.index(0.01)
    measured: dict[str, Sequence[float]] = {}
    parts = []
    for name, rate in (("usual", usual), ("high", high)):
        for position, slope in enumerate(slopes):
            about = f"slope {slope:g}, rate {rate:g}"
            measured[f"dead, {about}"] = by_slope[name][position]
            measured[f"accuracy, {about}"] = right_by_slope[name][position]
        parts += [
            paired(
                f"dead-{name}",
                f"dead units count at the {name} rate",
                "share of dead units with ReLU less with slope 0.01",
                by_slope[name][0],
                by_slope[name][leaky],
            ),
            paired(
                f"accuracy-{name}",
                f"accuracy counts at the {name} rate",
                "accuracy with slope 0.01 less with ReLU",
                right_by_slope[name][leaky],
                right_by_slope[name][0],
            ),
        ]
    return Finding(
        measured=measured,
        parts=parts,
        plot={"slopes": slopes, "dead": by_slope, "accuracy": right_by_slope}
        | {"rates": {"usual": usual, "high": high}},
    )
