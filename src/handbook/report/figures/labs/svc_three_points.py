"""Decision regions, margins and support vectors of two kernels, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from handbook.report.figures.panels import label
from handbook.report.figures.style import COLOURS, INK, PAPER, QUIET, Drawn, Plot, canvas

__all__ = ["draw"]

# The colours of the two classes, and the same nearly washed out for their regions.
_CLASSES = (COLOURS[0], COLOURS[1])
_REGIONS = ("#dbeaf4", "#fae3d4")
_MARKERS = ("o", "s")
# Values this near to a line's level are noise of the solver, not a line.
_NOISE = 0.01


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw each kernel's regions over the points."""
    n = len(plot["points"])
    right = {panel["kernel"]: _right(plot, panel) for panel in plot["panels"]}
    title = "; ".join(f"{kernel} kernel: {count} of {n} right" for kernel, count in right.items())
    figure = canvas(title[0].upper() + title[1:], caption, 8.0, 5.3)
    rows = figure.subplots(1, len(plot["panels"]), sharey=True)
    sentences = [
        _panel(axes, plot, panel) for axes, panel in zip(rows, plot["panels"], strict=True)
    ]
    rows[0].set_ylabel("second feature")
    figure.legend(handles=_keys(), loc="outside lower center", ncols=5)
    points = ", ".join(
        f"({x:g}, {y:g}) of class {code}"
        for (x, y), code in zip(plot["points"], plot["labels"], strict=True)
    )
    return Drawn(figure, title[0].upper() + title[1:], f"Points: {points}. {' '.join(sentences)}")


def _panel(axes: Any, plot: Plot, panel: Plot) -> str:
    """Draw one kernel; return it in words."""
    values, points = np.array(panel["values"]), np.array(plot["points"])
    across, up, labels = plot["across"], plot["up"], np.array(plot["labels"])
    axes.contourf(across, up, values, levels=[-np.inf, 0, np.inf], colors=_REGIONS)
    levels = [
        level for level in (-1, 0, 1) if values.min() + _NOISE < level < values.max() - _NOISE
    ]
    if levels:
        dashes = ["solid" if level == 0 else "dashed" for level in levels]
        axes.contour(across, up, values, levels, colors=INK, linestyles=dashes, linewidths=1.2)
    for code, colour, marker in zip((0, 1), _CLASSES, _MARKERS, strict=True):
        axes.plot(*points[labels == code].T, marker, color=colour, markersize=7)
    axes.plot(*points[panel["support"]].T, "o", color=INK, markersize=15, markerfacecolor="none")
    label(
        axes, "first feature", title=f"{panel['kernel']} kernel, C = {panel['C']:g}", aspect="equal"
    )
    axes.locator_params(nbins=5)
    axes.grid(False)
    only = int(values.max() > 0)
    alone = values.max() <= 0 or values.min() >= 0
    if alone:
        axes.text(
            0.5, 0.04, f"class {only} everywhere: no boundary", transform=axes.transAxes,
            ha="center", color=QUIET, fontsize=8,
        )  # fmt: skip
    where = f"answers class {only} everywhere" if alone else "has a boundary between the classes"
    given = ", ".join(map(str, panel["predicted"]))
    return (
        f"The {panel['kernel']} kernel {where}; it gives the points the classes {given} and rests "
        f"on {len(panel['support'])} support vectors."
    )


def _right(plot: Plot, panel: Plot) -> int:
    return sum(a == b for a, b in zip(plot["labels"], panel["predicted"], strict=True))


def _keys() -> list[Line2D]:
    """Legend: what each mark means, whether or not it occurs."""
    bare: dict[str, Any] = {"linestyle": "none", "markersize": 7}
    return [
        Line2D([], [], marker="o", color=_CLASSES[0], label="class 0", **bare),
        Line2D([], [], marker="s", color=_CLASSES[1], label="class 1", **bare),
        Line2D(
            [], [], marker="o", color=INK, markerfacecolor=PAPER, linestyle="none", markersize=11,
            label="support vector",
        ),
        Line2D([], [], color=INK, linewidth=1.2, label="boundary"),
        Line2D([], [], color=INK, linewidth=1.2, linestyle="dashed", label="margin"),
    ]  # fmt: skip
