"""Measurements of several seeds: a dot for each, and their mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from handbook.report.figures.style import COLOURS, MARKERS

__all__ = ["by_group", "over"]

# How far the dots of one place lie apart in all, in its unit.
_WIDTH = 0.3


def by_group(
    axes: Any,
    groups: Sequence[str],
    values: Sequence[Sequence[float]],
    index: int = 0,
    label: str = "",
    shift: float = 0.0,
) -> None:
    """Draw every seed's value above the name of its group, and the mean as a bar of a line."""
    colour = COLOURS[index % len(COLOURS)]
    for position, own in enumerate(values):
        spread = np.linspace(-_WIDTH / 2, _WIDTH / 2, len(own)) if len(own) > 1 else [0.0]
        middle = position + shift
        axes.plot(
            [middle + offset for offset in spread], own, MARKERS[index % len(MARKERS)],
            color=colour, markersize=3.5, alpha=0.7, label=label if position == 0 else None,
        )  # fmt: skip
        mean = float(np.mean(own))
        axes.plot([middle - 0.2, middle + 0.2], [mean, mean], color=colour, linewidth=2)
    axes.set_xticks(range(len(groups)), groups)
    axes.set_xlim(-0.6, len(groups) - 0.4)


def over(
    axes: Any,
    x: Sequence[float],
    values: Sequence[Sequence[float]],
    look: Callable[[int], dict[str, Any]],
    index: int = 0,
    label: str = "",
) -> None:
    """Draw every seed's value over a number as a dot, and a line through the means.

    `values` has for each x the values of all seeds.
    """
    style = look(index)
    axes.plot(x, [float(np.mean(own)) for own in values], label=label, **style)
    for at, own in zip(x, values, strict=True):
        axes.plot([at] * len(own), own, ".", color=style["color"], markersize=3, alpha=0.6)
