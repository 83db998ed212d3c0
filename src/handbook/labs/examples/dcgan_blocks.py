"""Whether the blocks of chapter 6's networks lead from a point to an image and back (6.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from handbook.labs.result import Result, against, outcome, prints

__all__ = ["compute", "discriminator", "generator"]


def generator(blocks: int, latent: int = 2, channels: int = 3) -> nn.Sequential:
    """Build transposed convolutions of 4 x 4: one that opens a point, blocks, and the image.

    Each of `blocks`, and the last layer, doubles the sides; `latent` counts the numbers of a point.
    """
    parts: list[nn.Module] = [nn.ConvTranspose2d(latent, 2, 4, stride=1, padding=0)]
    parts += [nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1) for _ in range(blocks)]
    return nn.Sequential(*parts, nn.ConvTranspose2d(2, channels, 4, stride=2, padding=1))


def discriminator(blocks: int, channels: int = 3) -> nn.Sequential:
    """Build convolutions of 4 x 4 the other way: blocks, and one that gives a single number.

    Each of `blocks` halves the sides; `channels` are those of an image.
    """
    parts = [
        nn.Conv2d(channels if block == 0 else 2, 2, 4, stride=2, padding=1)
        for block in range(blocks)
    ]
    return nn.Sequential(*parts, nn.Conv2d(2, 1, 4))


def compute(side: int, fitting: int, listed: int) -> list[Result]:
    """Count the blocks that lead from a latent point to an image and back, listed and needed."""
    point, image = torch.zeros(1, 2, 1, 1), torch.zeros(1, 3, side, side)
    block: Callable[..., Any] = _generator_block
    return [
        against("4 pixels, doubled by each block and by the last layer")(
            f"side of an image that the listed generator makes, of {listed} blocks",
            generator(listed)(point).shape[-1],
            4 * 2 ** (listed + 1),
            book=prints(side, (7389, 7473)),
            fault="contradicts itself",
            reason=f"{listed} blocks stand between the first layer and the last, where {fitting} "
            f"lead to {side} pixels",
            instead=f"has {fitting} blocks between the first layer and the last (model dcgan)",
        ),
        against("4 pixels, doubled by each block and by the last layer")(
            f"side of a made image, of {fitting} blocks",
            generator(fitting)(point).shape[-1],
            side,
        ),
        against("halved to 4 pixels a side, which the last kernel of 4 x 4 covers once")(
            f"channels, rows and columns of the discriminator's answer, of {listed} blocks",
            list(discriminator(listed)(image).shape[1:]),
            [1, 1, 1],
            book=prints([1, 1, 1], (7588, 7599)),
        ),
        against("halved: (16 + 2 - 4) / 2 + 1 pixels")(
            "shape after one block of the discriminator: images, channels, rows, columns",
            list(nn.Conv2d(3, 20, 4, stride=2, padding=1)(torch.zeros(2, 3, 16, 16)).shape),
            [2, 20, 8, 8],
            book=prints([2, 20, 8, 8], 7571),
        ),
        against("Python checks a call against the definition")(
            "shape after one block of the generator",
            outcome(lambda: block(20)),
            "raises TypeError",
            book=prints([2, 20, 32, 32], (7407, 7416)),
            fault="crashes when run",
            reason="the listed class takes five arguments, none with a default, and is called with "
            "one; where the network is built, the stride is given by another name",
            instead="builds both networks and trains them by one trainer (model dcgan)",
        ),
    ]


def _generator_block(
    in_channels: int, out_channels: int, kernel_size: int, stride: int, padding: int
) -> nn.Module:
    """Take what the generator's block takes, none of which has a default."""
    return nn.ConvTranspose2d(in_channels, out_channels, kernel_size, stride, padding)
