"""Claim of sections 4.1 and 4.2: convolutions learn more with fewer weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn

from handbook.claims.finding import Finding, paired
from handbook.claims.images import parted
from handbook.claims.networks import accuracy, convolutional, dense, fresh, train
from handbook.data.dataset import Dataset

__all__ = ["compute", "shuffled", "weights"]


def weights(network: nn.Module) -> int:
    """Count the numbers that a network learns.

    Examples
    --------
    >>> weights(nn.Linear(3, 2))
    8
    """
    return sum(parameter.numel() for parameter in network.parameters())


def shuffled(images: Tensor, seed: int) -> Tensor:
    """Return images, (B, C, H, W), whose pixels all changed places, in the same way in each."""
    order = torch.randperm(
        images.shape[2] * images.shape[3], generator=torch.Generator().manual_seed(seed)
    )
    return images.flatten(2)[..., order].reshape(images.shape)


def compute(
    data: Dataset,
    seeds: Sequence[int],
    few: int,
    many: int,
    held_out: int,
    widths: list[int],
    hidden: int,
    batches: int,
    batch_size: int,
    rates: list[float],
) -> Finding:
    """Train a convolutional network and one of dense layers on pictures of garments.

    Once the pixels are in their places, once they are shuffled, in the same way in every picture:
    dense layers see the same, and neighbours are no neighbours any more. The convolutional network
    has fewer weights. Measured is the accuracy on garments held out, at the best of the same rates,
    for few and for more rows and as many batches. Same garments, same batches.
    """
    counts: dict[str, int] = {}
    scores: dict[str, list[float]] = {}
    for seed in seeds:
        for count in (few, many):
            fit, check = parted(data, seed, count, held_out)
            side = fit.X.shape[-1]
            builds = {
                "convolutions": partial(convolutional, side, widths),
                "dense layers": partial(dense, [side * side, hidden, hidden, 10]),
            }
            for places in ("in place", "shuffled"):
                X, X_check = fit.X, check.X
                if places == "shuffled":
                    X, X_check = shuffled(X, seed), shuffled(X_check, seed)
                for name, build in builds.items():
                    reached: list[float] = []
                    for rate in rates:
                        network = fresh(build, seed)
                        counts[name] = weights(network)
                        train(
                            network, X, fit.y, seed=seed, epochs=batches * batch_size // count,
                            batch_size=batch_size, rate=rate,
                        )  # fmt: skip
                        reached.append(accuracy(network, X_check, check.y))
                    scores.setdefault(f"{name}, {places}, {count} rows", []).append(max(reached))
    parts = []
    for amount, count in (("few", few), ("many", many)):
        for places, when in (
            ("in place", "pixels are in their places"),
            ("shuffled", "pixels are shuffled"),
        ):
            convolved = scores[f"convolutions, {places}, {count} rows"]
            connected = scores[f"dense layers, {places}, {count} rows"]
            ahead, behind = (
                (convolved, connected) if places == "in place" else (connected, convolved)
            )
            names = ("convolutions", "dense layers")
            first, second = names if places == "in place" else names[::-1]
            parts.append(
                paired(
                    f"{places.replace(' ', '-')}-{amount}",
                    f"{when} and rows are {amount}",
                    f"accuracy of {first} less that of {second}",
                    ahead,
                    behind,
                )
            )
    return Finding(
        measured={f"accuracy, {name}": values for name, values in scores.items()},
        parts=parts,
        plot={"rows": [few, many], "scores": scores, "weights": counts},
    )
