"""How many blocks lie between an image of 64 x 64 and a single number (section 6.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from handbook.labs.result import Result, against, outcome

__all__ = ["compute", "discriminator", "generator"]


def generator(blocks: int, latent: int = 2, channels: int = 3) -> nn.Sequential:
    """Build transposed convolutions of 4 x 4: one that opens a point, blocks, and the image.

    Each of `blocks`, and the last layer, doubles the sides; `latent` counts the numbers of a point.
    """
    parts: list[nn.Module] = [nn.ConvTranspose2d(latent, 2, 4, stride=1, padding=0)]
    parts += [nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1) for _ in range(blocks)]
    return nn.Sequential(*parts, nn.ConvTranspose2d(2, channels, 4, stride=2, padding=1))


def discriminator(blocks: int, channels: int = 3) -> nn.Sequential:
    """Build convolutions of 4 x 4 the other way: the image, blocks, and a single number.

    The first layer, and each of `blocks`, halves the sides; `channels` are those of an image.
    """
    parts: list[nn.Module] = [nn.Conv2d(channels, 2, 4, stride=2, padding=1)]
    parts += [nn.Conv2d(2, 2, 4, stride=2, padding=1) for _ in range(blocks)]
    return nn.Sequential(*parts, nn.Conv2d(2, 1, 4))


def compute(side: int, fitting: int, listed: int) -> list[Result]:
    """Send a point and an image through as many blocks as fit, and through as many as listed."""
    point, image = torch.zeros(1, 2, 1, 1), torch.zeros(1, 3, side, side)
    block: Callable[..., Any] = lambda channels: nn.Conv2d(3, channels, 4)  # noqa: E731
    too_many = f"{listed} blocks stand between the first layer and the last where {fitting} fit"
    mended = f"has {fitting} blocks between the first layer and the last (model dcgan)"
    return [
        against("4 pixels, doubled by each block and by the last layer")(
            "side of a made image",
            generator(fitting)(point).shape[-1],
            side,
            printed=4 * 2 ** (listed + 1),
            reason=too_many,
            instead=mended,
        ),
        against("halved to 4 pixels a side, which the last kernel of 4 x 4 covers once")(
            f"discriminator of {fitting} blocks, shape of its answer",
            list(discriminator(fitting)(image).shape),
            [1, 1, 1, 1],
        ),
        against("2 pixels a side are left for a kernel of 4 x 4")(
            f"discriminator of {listed} blocks",
            outcome(lambda: discriminator(listed)(image)),
            "raises RuntimeError",
            printed="runs",
            reason=too_many,
            instead=mended,
        ),
        against("Python checks a call against the definition")(
            "a block called with arguments that it does not take",
            outcome(lambda: block(channels=64, strides=2)),
            "raises TypeError",
            printed="runs",
            reason="the blocks are called with other arguments than they are defined with, and "
            "the functions that update the two networks are called and nowhere defined",
            instead="builds both networks and trains them by one trainer (model dcgan)",
        ),
    ]
