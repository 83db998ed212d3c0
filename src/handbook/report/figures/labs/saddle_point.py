"""Descent on a saddle, on its ridge and beside it."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import contours, label, lines, path
from handbook.report.figures.style import INK, QUIET, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw both paths on contours, and their heights."""
    nudge = plot["nudge"]
    title = "On the ridge descent stops at the saddle; beside it, it falls"
    figure = canvas(title, caption, 8.0, 4.4)
    left, right = figure.subplots(1, 2)
    ends = np.linspace(-plot["reach"], plot["reach"], 61)
    values = ends[None, :] ** 2 - ends[:, None] ** 2
    contours(left, ends.tolist(), ends.tolist(), values, [-1, -0.5, -0.1, 0, 0.1, 0.5, 1])
    names = ["y = 0 at the start", f"y = {nudge:g} at the start"]
    for index, (name, points) in enumerate(zip(names, plot["paths"], strict=True)):
        path(left, points, name, index)
    left.plot(0, 0, "X", color=INK, markersize=9, label="saddle")
    label(left, "x", "y", title="contours of x² − y²", legend="lower left", aspect="equal")
    lines(
        right,
        {
            name: (range(len(heights)), heights)
            for name, heights in zip(names, plot["heights"], strict=True)
        },
    )
    right.axhline(0, color=QUIET, linewidth=0.8)
    label(right, "step", "x² − y²", title="height", legend="lower left")
    resting, leaving = (heights[-1] for heights in plot["heights"])
    description = (
        f"Descent on x² − y². From y = 0 the height ends at {resting:.2g}, the saddle; from y = "
        f"{nudge:g} it lingers near 0, then falls to {leaving:.3g} in "
        f"{len(plot['heights'][1]) - 1} steps."
    )
    return Drawn(figure, title, description)
