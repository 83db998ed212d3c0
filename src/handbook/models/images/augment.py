"""Altered copies of images to train on: moved by a few pixels, mirrored."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["flipped", "shifted"]


def shifted(images: Tensor, most: int, generator: torch.Generator) -> Tensor:
    """Move each image, (B, C, H, W), by random whole pixels; pixels from outside it are 0.

    All moves up to `most` are equally likely, along both axes. The generator is on any device.

    Examples
    --------
    >>> image = torch.tensor([[[[1, 2], [3, 4]]]], dtype=torch.uint8)
    >>> shifted(image, 1, torch.Generator().manual_seed(4)).tolist()
    [[[[0, 1], [0, 3]]]]
    """
    height, width = images.shape[2:]
    padded = nn.functional.pad(images, (most, most, most, most))
    # all windows of the images' size, as a view: (B, C, 2 most + 1, 2 most + 1, H, W)
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)
    offsets = torch.randint(
        2 * most + 1, (2, len(images)), generator=generator, device=generator.device
    )
    down, across = offsets.to(images.device)
    return windows[torch.arange(len(images), device=images.device), :, down, across]


def flipped(images: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror each image, (B, C, H, W), left to right with probability one half.

    The generator is on any device.

    Examples
    --------
    >>> images = torch.tensor([[[[1, 2]]], [[[3, 4]]]], dtype=torch.uint8)
    >>> flipped(images, torch.Generator().manual_seed(1)).flatten(1).tolist()
    [[1, 2], [4, 3]]
    """
    chosen = torch.rand(len(images), generator=generator, device=generator.device) < 0.5
    return torch.where(chosen.to(images.device)[:, None, None, None], images.flip(3), images)
