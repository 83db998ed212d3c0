"""Whether the layers of chapter 4's network fit each other and its images (section 4.3)."""

from __future__ import annotations

import torch
from torch import nn

from handbook.labs.result import Result, against, outcome

__all__ = ["compute", "layers"]


def layers(channels: int, widths: list[int], dense: int, classes: int, side: int) -> nn.Sequential:
    """Build the network with dense layers for images of one side length.

    A 3 x 3 convolution gives each of `widths` in channels, and a pooling of 2 x 2 follows it. The
    dense layers give `dense` and `classes` numbers; the first is made for images of `side` pixels a
    side.
    """
    parts: list[nn.Module] = []
    for before, after in zip([channels, *widths], widths, strict=False):
        parts += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    numbers = widths[-1] * side_after(side, len(widths)) ** 2
    parts += [nn.Flatten(), nn.Linear(numbers, dense), nn.ReLU(), nn.Linear(dense, classes)]
    return nn.Sequential(*parts)


def side_after(side: int, poolings: int) -> int:
    """Return the side of an image after poolings of 2 x 2.

    Examples
    --------
    >>> side_after(28, 2), side_after(32, 2)
    (7, 8)
    """
    return side // int(2**poolings)


def compute(
    channels: int, side: int, sized_for: int, widths: list[int], dense: int, classes: int
) -> list[Result]:
    """Call the listed network, and a network whose dense layer fits the images."""
    images = torch.zeros(2, channels, side, side)
    listed = layers(channels, widths, dense, classes, sized_for)
    fitting = layers(channels, widths, dense, classes, side)
    convolved = fitting[:-4](images)  # (2, widths[-1], side / 4, side / 4)
    takes, gets = (
        widths[-1] * side_after(pixels, len(widths)) ** 2 for pixels in (sized_for, side)
    )
    return [
        against(f"the dense layer takes {takes} numbers and gets {gets}")(
            "the listing as it stands",
            outcome(lambda: listed(images)),
            "raises RuntimeError",
            printed="runs",
            reason=f"the dense layer is made for images of {sized_for} x {sized_for}, and called "
            f"on {side} x {side}",
            instead="works out the numbers that the dense layer gets from the images (model cnn)",
        ),
        against("the last channels times the halved sides, as each pooling halves them")(
            f"numbers that reach the dense layer from {side} x {side} pixels",
            convolved[0].numel(),
            gets,
            printed=takes,
            reason=f"that is the number for {sized_for} x {sized_for} pixels",
            instead="takes it from the images",
        ),
        against("a score for each class of each image")(
            "shape of the answer once the dense layer fits",
            list(fitting(images).shape),
            [2, classes],
        ),
    ]
