"""Sizes of images after transposed convolutions (section 6.8.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from handbook.labs.result import Result, against, prints
from handbook.nn import corr2d, output_size, transposed_corr2d, transposed_output_size

__all__ = ["compute", "plot"]

# Sizes that section 6.8.2 states for its generator, and for its discriminator.
_BOOK_SIZES = [prints(32, 7401), prints(4, 7434), prints(8, 7553)]


def compute(up: list[dict[str, int]], down: list[dict[str, int]], seed: int) -> list[Result]:
    """Compute the sizes of images after transposed convolutions and after convolutions.

    `up` are transposed convolutions and `down` convolutions, each with `size`, `kernel`, `stride`
    and `padding`.
    """
    results = []
    for (settings, transposed), book in zip(_all(up, down), _BOOK_SIZES, strict=True):
        X, K = _drawn(settings, seed)
        steps = {name: settings[name] for name in ("stride", "padding")}
        ours = transposed_corr2d(X, K, **steps) if transposed else corr2d(X, K, **steps)
        operation: Any = torch.conv_transpose2d if transposed else torch.conv2d
        theirs = operation(torch.tensor(X), torch.tensor(K), **steps)
        name = "transposed convolution" if transposed else "convolution"
        form = "{size} x {size}, kernel {kernel}, stride {stride}, padding {padding}"
        case = f"{name} of {form.format(**settings)}"
        results += [
            against(f"torch.{operation.__name__}")(
                f"{case}: size of the output",
                _size(settings, transposed=transposed),
                theirs.shape[2],
                book=book,
            ),
            against(f"torch.{operation.__name__}")(
                f"{case}: first row of the output", ours[0, 0, 0], theirs[0, 0, 0]
            ),
        ]
    return results


def plot(up: list[dict[str, int]], down: list[dict[str, int]], seed: int) -> dict[str, Any]:
    """Return the size of the output over that of the input, for each setting."""
    lines = []
    for settings, transposed in _all(up, down):
        sizes = list(range(1 if transposed else settings["stride"], 33))
        lines.append(
            settings
            | {
                "transposed": transposed,
                "sizes": sizes,
                "outputs": [_size(settings | {"size": n}, transposed=transposed) for n in sizes],
                "output": _size(settings, transposed=transposed),
            }
        )
    return {"lines": lines}


def _all(up: list[dict[str, int]], down: list[dict[str, int]]) -> list[tuple[dict[str, int], bool]]:
    """Return all settings, and whether each is of a transposed convolution."""
    return [*((settings, True) for settings in up), *((settings, False) for settings in down)]


def _size(settings: dict[str, int], *, transposed: bool) -> int:
    rule = transposed_output_size if transposed else output_size
    return rule(
        settings["size"], settings["kernel"], stride=settings["stride"], padding=settings["padding"]
    )


def _drawn(settings: dict[str, int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng, size, kernel = np.random.default_rng(seed), settings["size"], settings["kernel"]
    return rng.normal(size=(1, 1, size, size)), rng.normal(size=(1, 1, kernel, kernel))
