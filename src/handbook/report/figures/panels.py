"""Parts of the figures of labs: axes, labels, curves, contours, paths, and curves in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
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

__all__ = [
    "contours",
    "descents",
    "label",
    "lines",
    "logarithmic",
    "marked",
    "panels",
    "path",
    "spoken",
]

# Below this a loss is the square of rounding.
_FLOOR = 1e-32

Numbers = Sequence[float] | npt.NDArray[np.float64]


def panels(
    title: str, caption: str, width: float, height: float, columns: int = 1, **options: Any
) -> tuple[Any, ...]:
    """Return a figure of `width` by `height` inches and its axes, side by side."""
    figure = canvas(title, caption, width, height)
    return figure, *figure.subplots(1, columns, squeeze=False, **options).flat


def label(
    axes: Any, x: str = "", y: str = "", title: str = "", legend: str = "", **limits: Any
) -> None:
    """Label both axes; add a title above them and a legend at a location where these are given."""
    axes.set(xlabel=x, ylabel=y, **limits)
    if title:
        axes.set_title(title, fontsize=9)
    if legend:
        axes.legend(loc=legend)


def marked(index: int) -> dict[str, Any]:
    """Return colour, dashes and marker of a line that is one of several."""
    return {**look(index), "marker": MARKERS[index % len(MARKERS)]}


def lines(
    axes: Any,
    series: Mapping[str, Numbers],
    x: Numbers | None = None,
    looks: Callable[[int], Mapping[str, Any]] = look,
    **options: Any,
) -> None:
    """Draw curves by name over `x`, without it over steps from 0, each with its own look."""
    for index, (name, y) in enumerate(series.items()):
        steps = range(len(y)) if x is None else x
        axes.plot(steps, y, label=name, **looks(index), **options)


def logarithmic(axes: Any, which: str = "y") -> None:
    """Make an axis logarithmic, its powers written as numbers."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter("{x:g}")  # the usual one writes powers as formulas
    axis.set_minor_locator(NullLocator())  # nine marks a decade say nothing, and fill the file


def contours(
    axes: Any, across: Numbers, up: Numbers, heights: npt.ArrayLike, levels: Numbers
) -> None:
    """Draw lines of equal height."""
    axes.contour(
        across, up, heights, sorted(levels), colors=SHADES[1], linewidths=0.6, alpha=0.45,
        linestyles="solid",
    )  # fmt: skip
    axes.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    axes.grid(False)


def path(axes: Any, points: Sequence[Sequence[float]], name: str, index: int) -> None:
    """Draw a path, a mark at some of its points, its start open."""
    x, y = np.array(points).T
    every = max(1, len(x) // 12)
    axes.plot(x, y, label=name, **marked(index), markersize=4, markevery=every, linewidth=1.3)
    axes.plot(x[:1], y[:1], "o", color=INK, markerfacecolor=PAPER, markersize=6)


def spoken(series: Mapping[str, Sequence[float]], form: str, between: str = "; ") -> str:
    """Describe curves by name, first and last value, and number of steps between these.

    Examples
    --------
    >>> spoken({"slow": [4, 2], "fast": [4, 1, 0]}, "{name} to {last:g} in {steps}")
    'slow to 2 in 1; fast to 0 in 2'
    """
    return between.join(
        form.format(name=name, first=y[0], last=y[-1], steps=len(y) - 1)
        for name, y in series.items()
    )


def descents(plot: Plot, caption: str, title: str) -> Drawn:
    """Draw paths on x²: x by step, and the loss by step on a logarithmic axis."""
    paths = plot["paths"]
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    lines(left, paths)
    left.axhline(0, color=QUIET, linewidth=0.8)
    label(left, "step", "x", title="where it is; the minimum is 0", legend="best")
    lines(right, {name: np.maximum(np.square(x), _FLOOR) for name, x in paths.items()})
    label(right, "step", "loss", title="loss x²")
    logarithmic(right)
    ends = spoken(paths, "{name} from {first:g} to {last:.3g} in {steps} steps")
    return Drawn(figure, title, f"Descent on x². {ends[0].upper() + ends[1:]}.")
