"""What becomes of a layer's output when its image is shifted (section 4.2.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.peers import torch_corr2d
from handbook.labs.result import Array, Result, against, implies
from handbook.nn import corr2d, max_pool2d

__all__ = ["compute", "follows", "plot"]


def follows(before: Array, after: Array, steps: int) -> str:
    """Tell whether an output stayed, moved down by so many rows, or changed.

    Rows that came in at the edge are left out.

    Examples
    --------
    >>> follows(np.array([[1.0], [2.0], [0.0]]), np.array([[9.0], [1.0], [2.0]]), steps=1)
    'moved alike'
    """
    if np.allclose(before, after):
        return "stayed"
    return "moved alike" if np.allclose(before[:-steps], after[steps:]) else "changed"


def compute(size: int, kernel: int, shift: int, seed: int) -> list[Result]:
    """Shift a picture, and compare the outputs of a convolution, a dense layer and pooling."""
    image, moved, weights, dense = _drawn(size, kernel, shift, seed)
    steps = size - kernel + 1
    spread = (image.ravel() @ dense).reshape(steps, steps)
    spread_moved = (moved.ravel() @ dense).reshape(steps, steps)
    pooled = [max_pool2d(corr2d(each, weights)[None, None], 2)[0, 0] for each in (image, moved)]
    whole = [corr2d(each, weights).max() for each in (image, moved)]
    return [
        against("torch.nn.functional.conv2d, its output rolled by torch.roll")(
            f"cross-correlation of the picture moved by {shift}: rows that did not come in",
            corr2d(moved, weights)[shift:],
            torch.roll(torch.tensor(torch_corr2d(image, weights)), shift, dims=0)[shift:],
        ),
        against("its weights are the same everywhere")(
            "what the cross-correlation did",
            follows(corr2d(image, weights), corr2d(moved, weights), shift),
            "moved alike",
            book=implies("moved alike", 5118),
        ),
        against("its weights differ from place to place")(
            "what a dense layer of random weights did",
            follows(spread, spread_moved, shift),
            "changed",
        ),
        against(f"a shift of {shift} is no multiple of the stride 2")(
            "what pooling by 2 x 2 behind the cross-correlation did",
            follows(pooled[0], pooled[1], 1),
            "changed",
        ),
        against("the same numbers, at other places")(
            "largest number of the output, before and after", whole, [whole[0]] * 2
        ),
    ]


def plot(size: int, kernel: int, shift: int, seed: int) -> dict[str, Any]:
    """Return picture and outputs, before and after the shift."""
    image, moved, weights, dense = _drawn(size, kernel, shift, seed)
    steps = size - kernel + 1
    return {
        "shift": shift,
        "kernel": weights,
        "images": [image, moved],
        "convolved": [corr2d(each, weights) for each in (image, moved)],
        "dense": [(each.ravel() @ dense).reshape(steps, steps).round(2) for each in (image, moved)],
    }


def _drawn(size: int, kernel: int, shift: int, seed: int) -> tuple[Array, ...]:
    """Return a picture with a figure on black, the same lower, a kernel and dense weights."""
    rng = np.random.default_rng(seed)
    image, side = np.zeros((size, size)), size // 3
    image[2 : 2 + side, 2 : 2 + side] = rng.integers(1, 4, (side, side))
    weights = rng.integers(-2, 3, (kernel, kernel)).astype(float)
    dense = rng.normal(size=(size**2, (size - kernel + 1) ** 2))
    return image, np.roll(image, shift, axis=0), weights, dense
