"""The figures of models worked by hand: linear models, support vectors, radial basis functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from handbook.report.figures.panels import label
from handbook.report.figures.style import (
    COLOURS,
    DASHES,
    INK,
    MAIN,
    MARK,
    MARKERS,
    PAPER,
    QUIET,
    Drawn,
    Plot,
    canvas,
)

__all__ = ["gaussian_rbf", "linear_regression_toy", "svc_three_points"]

# The colours of the two classes, and the same nearly washed out for their regions.
_CLASSES = (COLOURS[0], COLOURS[1])
_REGIONS = ("#dbeaf4", "#fae3d4")
# Values this near to a line's level are noise of the solver, not a line.
_NOISE = 0.01


def linear_regression_toy(plot: Plot, caption: str) -> Drawn:
    """Draw the lines, and beside them each slope against the penalty."""
    names = [line["name"] for line in plot["lines"]]
    title = "Least squares, lasso and ridge on the same points"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    reach = [min(plot["x"] + plot["at"]) - 0.5, max(plot["x"] + plot["at"]) + 0.5]
    for line, colour, dashes in zip(plot["lines"], COLOURS, DASHES, strict=False):
        heights = [line["slope"] * x + line["intercept"] for x in reach]
        left.plot(
            reach,
            heights,
            color=colour,
            linestyle=dashes,
            label=f"{line['name']}, slope {line['slope']:.3f}",
        )
    left.plot(plot["x"], plot["y"], "o", color=INK, markersize=5, label="points")
    best = plot["lines"][0]
    heights = [best["slope"] * x + best["intercept"] for x in plot["at"]]
    left.plot(
        plot["at"], heights, "o", color=INK, markersize=5, markerfacecolor="none",
        label="predicted",
    )  # fmt: skip
    label(left, "x", "y", title=f"penalty {plot['penalty']:g}", legend="upper left")

    for name, slopes, colour, dashes in zip(names, plot["slopes"], COLOURS, DASHES, strict=False):
        right.plot(plot["penalties"], slopes, color=colour, linestyle=dashes, label=name)
    right.axvline(plot["penalty"], color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    label(right, "penalty", "slope", title="slope against penalty", xscale="log")
    right.xaxis.set_major_formatter("{x:g}")  # the usual one writes powers as formulas
    right.legend(loc="lower left")
    given = ", ".join(f"{line['name']} {line['slope']:.3f}" for line in plot["lines"])
    ends = ", ".join(
        f"{name} {slopes[0]:.3f} to {slopes[-1]:.3f}"
        for name, slopes in zip(names, plot["slopes"], strict=True)
    )
    description = (
        f"{len(plot['x'])} points and the lines of three estimators. Slopes with penalty "
        f"{plot['penalty']:g}: {given}. From penalty {plot['penalties'][0]:g} to "
        f"{plot['penalties'][-1]:g} the slopes go: {ends}."
    )
    return Drawn(figure, title, description)


def svc_three_points(plot: Plot, caption: str) -> Drawn:
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
    for code, colour, marker in zip((0, 1), _CLASSES, MARKERS, strict=False):
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


def gaussian_rbf(plot: Plot, caption: str) -> Drawn:
    """Draw activation over distance, and beside it points, centres and width."""
    title = "The program’s bell is twice as wide as the text’s"
    figure = canvas(title, caption, 8.0, 4.3)
    left, right = figure.subplots(1, 2)
    for width, colour, text, code in zip(
        plot["widths"], COLOURS, plot["text"], plot["code"], strict=False
    ):
        left.plot(plot["distance"], text, color=colour, label=f"sigma {width:g}")
        left.plot(plot["distance"], code, color=colour, linestyle=DASHES[1])
    keys = [
        *left.get_legend_handles_labels()[0],
        Line2D([], [], color=QUIET, label="text: exp(−d²/sigma²)"),
        Line2D([], [], color=QUIET, linestyle=DASHES[1], label="program: exp(−d²/(2 sigma)²)"),
    ]
    left.legend(handles=keys, loc="upper right", ncols=2)
    left.set_title("one unit", fontsize=9)
    label(left, "distance from the centre", "activation", ylim=(0, 1.4), yticks=np.arange(6) / 5)

    points, centers = np.array(plot["points"]), np.array(plot["centers"])
    right.plot(*points.T, "o", color=MAIN, markersize=3, label="points")
    right.plot(*centers.T, "X", color=MARK, markersize=8, label="centres by k-means")
    for center in centers:
        right.add_patch(
            Circle(center, plot["width"], facecolor="none", edgecolor=INK, clip_on=False)
        )
    right.plot([], [], color=INK, linewidth=1, label=f"sigma = {plot['width']:.2f}")
    low, high = points.min(axis=0), points.max(axis=0)
    reach = plot["width"] * 1.05
    right.set_title("width from the centres: d_max / sqrt(2 M)", fontsize=9)
    label(
        right,
        "first feature",
        "second feature",
        aspect="equal",
        xlim=(low[0] - reach, high[0] + reach),
        ylim=(low[1] - reach, high[1] + reach),
    )
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    at = plot["widths"][1]
    placed = ", ".join(f"({x:.2f}, {y:.2f})" for x, y in centers)
    description = (
        f"Activation falls from 1 with the distance. At a distance of sigma (here {at:g}) it is "
        f"{np.exp(-1):.2f} in the form of the text and {np.exp(-0.25):.2f} in that of the "
        f"program. Beside it, {len(points)} points in {len(centers)} groups, whose centres k-means "
        f"puts at {placed}; the width that follows is {plot['width']:.2f}.".replace("-0", "−0")
    )
    return Drawn(figure, title, description)
