"""Parts of the figures of labs: labels, lines, contours and paths on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import NullLocator

from handbook.report.figures.style import (
    INK,
    MARKERS,
    PAPER,
    QUIET,
    SHADES,
    Drawn,
    Plot,
    canvas,
    look,
)

__all__ = ["contours", "descents", "label", "lines", "logarithmic", "path"]

# Below this a loss is the square of rounding.
_FLOOR = 1e-32


def label(
    axes: Any, x: str = "", y: str = "", title: str = "", legend: str = "", **limits: Any
) -> None:
    """Label both axes; with a title above them and a legend at a place where these are given."""
    axes.set(xlabel=x, ylabel=y, **limits)
    if title:
        axes.set_title(title, fontsize=9)
    if legend:
        axes.legend(loc=legend)


def lines(axes: Any, series: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> None:
    """Draw curves by name, each with its own colour and dashes."""
    for index, (name, (x, y)) in enumerate(series.items()):
        axes.plot(x, y, label=name, **look(index))


def logarithmic(axes: Any, which: str = "y") -> None:
    """Make an axis logarithmic, its powers written as numbers."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter("{x:g}")  # the usual one writes powers as formulas
    axis.set_minor_locator(NullLocator())  # nine marks a decade say nothing, and fill the file


def contours(
    axes: Any, across: Sequence[float], up: Sequence[float], values: Any, levels: Sequence[float]
) -> None:
    """Draw lines of equal height."""
    heights = np.array(values)
    axes.contour(
        across, up, heights, sorted(levels), colors=SHADES[1], linewidths=0.6, alpha=0.45,
        linestyles="solid",
    )  # fmt: skip
    axes.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    axes.grid(False)


def path(axes: Any, points: Sequence[Sequence[float]], name: str, index: int) -> None:
    """Draw a path, a mark at some of its points, its start open."""
    x, y = np.array(points).T
    axes.plot(
        x, y, label=name, **look(index), marker=MARKERS[index % len(MARKERS)], markersize=4,
        markevery=max(1, len(x) // 12), linewidth=1.3,
    )  # fmt: skip
    axes.plot(x[:1], y[:1], "o", color=INK, markerfacecolor=PAPER, markersize=6)


def descents(plot: Plot, caption: str, title: str) -> Drawn:
    """Draw paths on x²: x by step, and the loss by step on a logarithmic axis."""
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    steps = {name: list(range(len(x))) for name, x in plot["paths"].items()}
    lines(left, {name: (steps[name], x) for name, x in plot["paths"].items()})
    left.axhline(0, color=QUIET, linewidth=0.8)
    label(left, "step", "x", title="where it is; the minimum is 0", legend="best")
    losses = {
        name: (steps[name], np.maximum(np.square(x), _FLOOR).tolist())
        for name, x in plot["paths"].items()
    }
    lines(right, losses)
    label(right, "step", "loss", title="loss x²")
    logarithmic(right)
    ends = "; ".join(
        f"{name} from {x[0]:g} to {x[-1]:.3g} in {len(x) - 1} steps"
        for name, x in plot["paths"].items()
    )
    return Drawn(figure, title, f"Descent on x². {ends[0].upper() + ends[1:]}.")
