"""Two bells of one name, and centres with their width."""

from __future__ import annotations

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
    QUIET,
    Drawn,
    Plot,
    canvas,
)

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
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
