"""The figures of models worked by hand: linear models, support vectors, radial basis functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from handbook.report.figures.panels import label, lines, panels, spoken
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
)

__all__ = ["gaussian_rbf", "linear_regression_toy", "r_squared", "svc_three_points"]

# The colours of the two classes, and the same nearly washed out for their regions.
_CLASSES = COLOURS[:2]
_REGIONS = ("#dbeaf4", "#fae3d4")
# Values this near to a line's level are noise of the solver, not a line.
_NOISE = 0.01


def linear_regression_toy(plot: Plot, caption: str) -> Drawn:
    """Draw the lines, and beside them each slope against the penalty."""
    x, at, penalties = np.array(plot["x"]), np.array(plot["at"]), plot["penalties"]
    title = "Least squares, lasso and ridge on the same points"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    reach = np.array([min(*x, *at) - 0.5, max(*x, *at) + 0.5])
    fits = {
        f"{line['name']}, slope {line['slope']:.3f}": line["slope"] * reach + line["intercept"]
        for line in plot["lines"]
    }
    lines(left, fits, reach)
    left.plot(x, plot["y"], "o", color=INK, markersize=5, label="points")
    ring = {"color": INK, "markersize": 5, "markerfacecolor": "none", "label": "predicted"}
    best = plot["lines"][0]
    left.plot(at, best["slope"] * at + best["intercept"], "o", **ring)
    label(left, "x", "y", title=f"penalty {plot['penalty']:g}", legend="upper left")

    slopes = {line["name"]: y for line, y in zip(plot["lines"], plot["slopes"], strict=True)}
    lines(right, slopes, penalties)
    right.axvline(plot["penalty"], color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    label(right, "penalty", "slope", "slope against penalty", "lower left", xscale="log")
    right.xaxis.set_major_formatter("{x:g}")  # the usual one writes powers as formulas
    fitted = ", ".join(f"{line['name']} {line['slope']:.3f}" for line in plot["lines"])
    ends = spoken(slopes, "{name} {first:.3f} to {last:.3f}", ", ")
    description = (
        f"{len(x)} points and the lines of three estimators. Slopes with penalty "
        f"{plot['penalty']:g}: {fitted}. From penalty {penalties[0]:g} to {penalties[-1]:g} the "
        f"slopes go: {ends}."
    )
    return Drawn(figure, title, description)


def r_squared(plot: Plot, caption: str) -> Drawn:
    """Draw the adjusted R² over the number of columns, one line for each R²."""
    rows, curves = plot["rows"], plot["adjusted"]
    title = "Adjusted R² falls below 0, and without a bound"
    figure, axes = panels(title, caption, 6.0, 4.2)
    lines(axes, curves, plot["columns"])
    axes.axhspan(0, 1, color="#eceff1", zorder=0)
    axes.axhline(0, color=QUIET, linewidth=0.8)
    label(axes, "columns", "adjusted R²", legend="lower left", ylim=(-4, 1))
    crossed = "; ".join(
        f"{name}, from {next(k for k, y in zip(plot['columns'], curve, strict=True) if y < 0)}"
        for name, curve in curves.items()
        if min(curve) < 0
    )
    description = (
        f"Adjusted R² by the number of columns for {rows} rows. The grey band is the range from 0 "
        f"to 1. Columns from which it is below 0: {crossed}."
    )
    return Drawn(figure, title, description)


def svc_three_points(plot: Plot, caption: str) -> Drawn:
    """Draw each kernel's regions over the points."""
    title = "; ".join(
        f"{panel['kernel']} kernel: {np.equal(panel['predicted'], plot['labels']).sum()} of "
        f"{len(plot['points'])} right"
        for panel in plot["panels"]
    )
    title = title[0].upper() + title[1:]
    figure, *axes = panels(title, caption, 8.0, 5.3, len(plot["panels"]), sharey=True)
    words = [_panel(*pair, plot) for pair in zip(axes, plot["panels"], strict=True)]
    axes[0].set_ylabel("second feature")
    figure.legend(handles=_keys(), loc="outside lower center", ncols=5)
    points = ", ".join(
        f"({x:g}, {y:g}) of class {code}"
        for (x, y), code in zip(plot["points"], plot["labels"], strict=True)
    )
    return Drawn(figure, title, f"Points: {points}. {' '.join(words)}")


def _panel(axes: Any, panel: Plot, plot: Plot) -> str:
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
    for code, colour, marker in zip((0, 1), _CLASSES, MARKERS[:2], strict=True):
        axes.plot(*points[labels == code].T, marker, color=colour, markersize=7)
    axes.plot(*points[panel["support"]].T, "o", color=INK, markersize=15, markerfacecolor="none")
    heading = f"{panel['kernel']} kernel, C = {panel['C']:g}"
    label(axes, "first feature", title=heading, aspect="equal")
    axes.locator_params(nbins=5)
    axes.grid(False)
    behaviour = "has a boundary between the classes"
    if values.max() <= 0 or values.min() >= 0:
        everywhere = f"class {int(values.max() > 0)} everywhere"
        text = {"ha": "center", "color": QUIET, "fontsize": 8, "transform": axes.transAxes}
        axes.text(0.5, 0.04, f"{everywhere}: no boundary", **text)
        behaviour = f"answers {everywhere}"
    predicted = ", ".join(map(str, panel["predicted"]))
    return (
        f"The {panel['kernel']} kernel {behaviour}; it gives the points the classes {predicted} "
        f"and rests on {len(panel['support'])} support vectors."
    )


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
    figure, left, right = panels(title, caption, 8.0, 4.3, 2)
    bells = zip(plot["widths"], COLOURS, plot["text"], plot["code"], strict=False)
    for width, colour, text, code in bells:
        left.plot(plot["distance"], text, color=colour, label=f"sigma {width:g}")
        left.plot(plot["distance"], code, color=colour, linestyle=DASHES[1])
    keys = [
        *left.get_legend_handles_labels()[0],
        Line2D([], [], color=QUIET, label="text: exp(−d²/sigma²)"),
        Line2D([], [], color=QUIET, linestyle=DASHES[1], label="program: exp(−d²/(2 sigma)²)"),
    ]
    left.legend(handles=keys, loc="upper right", ncols=2)
    left.set(ylim=(0, 1.4), yticks=np.arange(6) / 5)
    label(left, "distance from the centre", "activation", title="one unit")

    points, centers = np.array(plot["points"]), np.array(plot["centers"])
    right.plot(*points.T, "o", color=MAIN, markersize=3, label="points")
    right.plot(*centers.T, "X", color=MARK, markersize=8, label="centres by k-means")
    for center in centers:
        right.add_patch(Circle(center, plot["width"], fill=False, edgecolor=INK, clip_on=False))
    right.plot([], [], color=INK, linewidth=1, label=f"sigma = {plot['width']:.2f}")
    reach = plot["width"] * 1.05
    x, y = np.array([points.min(axis=0) - reach, points.max(axis=0) + reach]).T
    heading = "width from the centres: d_max / sqrt(2 M)"
    label(right, "first feature", "second feature", heading, aspect="equal", xlim=x, ylim=y)
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    listed = ", ".join(f"({x:.2f}, {y:.2f})" for x, y in centers)
    description = (
        f"Activation falls from 1 with the distance. At a distance of sigma (here "
        f"{plot['widths'][1]:g}) it is {np.exp(-1):.2f} in the form of the text and "
        f"{np.exp(-0.25):.2f} in that of the program. Beside it, {len(points)} points in "
        f"{len(centers)} groups, whose centres k-means "
        f"puts at {listed}; the width that follows is {plot['width']:.2f}.".replace("-0", "−0")
    )
    return Drawn(figure, title, description)
