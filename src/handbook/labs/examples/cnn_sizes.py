"""Whether the layers of chapter 4's network fit each other and its images (section 4.3)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from handbook.labs.result import Result, against, implies, outcome

__all__ = ["answer", "compute", "convolutions"]


def convolutions(channels: int, widths: list[int]) -> nn.Sequential:
    """Build a convolution of 3 x 3 for each of `widths`, padded so that the sides stay."""
    parts: list[nn.Module] = []
    for before, after in pairwise([channels, *widths]):
        parts += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*parts)


def answer(
    images: torch.Tensor, widths: list[int], dense: int, classes: int, side: int
) -> torch.Tensor:
    """Send images, (B, C, H, W), through the network; give a number for each class.

    It lays out what the convolutions give as rows for its dense layers, which are made for images
    of `side` pixels a side.
    """
    numbers = widths[-1] * side**2
    head = nn.Sequential(nn.Linear(numbers, dense), nn.ReLU(), nn.Linear(dense, classes))
    rows = convolutions(images.shape[1], widths)(images).view(-1, numbers)
    return torch.as_tensor(head(rows))


def compute(
    channels: int, side: int, sized_for: int, widths: list[int], dense: int, classes: int
) -> list[Result]:
    """Pass an image through the book's network, and through one whose dense layers fit it."""
    image = torch.zeros(1, channels, side, side)
    takes, gets = (widths[-1] * pixels**2 for pixels in (sized_for, side))
    return [
        against(f"rows of {takes:,} cannot be made of {gets:,} numbers")(
            "the listing as it stands",
            outcome(lambda: answer(image, widths, dense, classes, sized_for)),
            "raises RuntimeError",
            book=implies("runs", (5263, 5268, 5270)),
            fault="crashes when run",
            reason=f"the network is made for images of {sized_for} x {sized_for}, and called on "
            f"one of {side} x {side}",
            instead="works out the numbers that the dense layers get from the images (model cnn)",
        ),
        against("the last channels times the pixels: nothing makes the image smaller")(
            f"numbers that reach the dense layers from {side} x {side} pixels",
            convolutions(channels, widths)(image).numel(),
            gets,
            book=implies(takes, (5242, 5251)),
            fault="contradicts itself",
            reason=f"that is the number for {sized_for} x {sized_for} pixels",
            instead="takes it from the images",
        ),
        against("a score for each class")(
            "shape of the answer once the dense layers fit",
            list(answer(image, widths, dense, classes, side).shape),
            [1, classes],
        ),
    ]
