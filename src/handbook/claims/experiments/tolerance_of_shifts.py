"""Claim of sections 4.2.3 and 4.6: pooling and moved images make networks tolerate shifts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from torch import Tensor, nn

from handbook.claims.finding import Finding, paired
from handbook.claims.images import parted
from handbook.claims.networks import accuracy, convolutional, dense, fresh, train
from handbook.data.dataset import Dataset
from handbook.models.images.augment import shifted

__all__ = ["NETWORKS", "build", "compute", "moved"]


def moved(images: Tensor, down: int, across: int) -> Tensor:
    """Return images, (B, C, H, W), moved by whole pixels; pixels from outside are 0.

    Examples
    --------
    >>> import torch
    >>> moved(torch.tensor([[[[1, 2], [3, 4]]]]), 1, 0).tolist()
    [[[[0, 0], [1, 2]]]]
    """
    height, width = images.shape[2:]
    reach = max(abs(down), abs(across))
    padded = nn.functional.pad(images, (reach, reach, reach, reach))
    top, left = reach - down, reach - across
    return padded[:, :, top : top + height, left : left + width]


# What halves a map: the largest value of squares of 2x2, their mean, or the value in a corner, as
# a convolution with a stride of 2 does. So all three have the same weights.
_POOLS: dict[str, Callable[[], nn.Module]] = {
    "max pooling": lambda: nn.MaxPool2d(2),
    "mean pooling": lambda: nn.AvgPool2d(2),
    "no pooling": lambda: nn.MaxPool2d(1, stride=2),
}
#: Each network by its name, with what halves its maps (None: it has dense layers alone), and
#: whether its training images are moved.
NETWORKS: dict[str, tuple[str | None, bool]] = {
    "dense layers": (None, False),
    **{name: (name, False) for name in _POOLS},
    "max pooling, moved": ("max pooling", True),
}


def build(pooling: str | None, side: int, widths: Sequence[int]) -> nn.Sequential:
    """Return an untrained network."""
    if pooling is None:
        return dense([side * side, 8 * widths[-1], 10])
    return convolutional(side, widths, _POOLS[pooling])


def compute(
    data: Dataset,
    seeds: Sequence[int],
    rows: int,
    held_out: int,
    widths: list[int],
    epochs: int,
    batch_size: int,
    rate: float,
    shifts: list[int],
    most: int,
) -> Finding:
    """Train networks on digits as they are, and measure them on other digits, moved.

    A convolutional network halves its maps by the largest value of squares of 2x2, by their mean,
    or by taking one corner, which pools nothing; one more learns from digits that are moved at
    random; one has dense layers alone. What counts is the accuracy kept: that on moved digits less
    that on the same digits unmoved, a mean over moves up, down, left and right.
    """
    scores: dict[str, list[list[float]]] = {name: [] for name in NETWORKS}
    for seed in seeds:
        fit, check = parted(data, seed, rows, held_out)
        side = fit.X.shape[-1]
        for name, (pooling, moving) in NETWORKS.items():
            network = fresh(partial(build, pooling, side, widths), seed)
            train(
                network, fit.X, fit.y, seed=seed, epochs=epochs, batch_size=batch_size, rate=rate,
                alter=(lambda X, generator: shifted(X, most, generator)) if moving else None,
            )  # fmt: skip
            by_shift = []
            for shift in shifts:
                moves = {(shift, 0), (-shift, 0), (0, shift), (0, -shift)}
                right = [accuracy(network, moved(check.X, *move), check.y) for move in moves]
                by_shift.append(float(np.mean(right)))
            scores[name].append(by_shift)
    kept = {name: np.array(own) - np.array(own)[:, :1] for name, own in scores.items()}
    parts = []
    for shift in shifts[1:3]:
        position = shifts.index(shift)
        pixels = "1 pixel" if shift == 1 else f"{shift} pixels"
        for name in ("max pooling", "mean pooling"):
            parts.append(
                paired(
                    f"{name.split()[0]}-{shift}",
                    f"{name} meets digits moved by {pixels}",
                    "accuracy kept, with pooling less without",
                    kept[name][:, position].tolist(),
                    kept["no pooling"][:, position].tolist(),
                )
            )
    position = shifts.index(most)
    parts.append(
        paired(
            "moved",
            "training digits are moved too",
            "accuracy kept, with moved training digits less without",
            kept["max pooling, moved"][:, position].tolist(),
            kept["max pooling"][:, position].tolist(),
        )
    )
    return Finding(
        measured={
            f"accuracy, {name}, moved by {shift}": [own[position] for own in values]
            for name, values in scores.items()
            for position, shift in enumerate(shifts)
        },
        parts=parts,
        plot={
            "shifts": shifts,
            "scores": {name: np.transpose(own) for name, own in scores.items()},
            "most": most,
        },
    )
