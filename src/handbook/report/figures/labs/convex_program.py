"""Projected descent into a triangle and along its edge."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import contours, label, path
from handbook.report.figures.style import INK, MAIN, MARK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw both paths on contours of the sum of squares."""
    title = "The sum of squares is least at the origin, or half way along the edge"
    figure = canvas(title, caption, 5.6, 5.6)
    axes = figure.add_subplot()
    ends = np.linspace(-0.4, 3.4, 77)
    squares = ends[None, :] ** 2 + ends[:, None] ** 2
    contours(axes, ends.tolist(), ends.tolist(), squares, [0.1, 0.5, 1, 2, 4, 6, 9])
    axes.fill([0, 1, 0], [0, 0, 1], color=MAIN, alpha=0.18, label="allowed: x ≥ 0, sum ≤ 1")
    for index, (name, points) in enumerate(plot["paths"].items()):
        path(axes, points, f"descent, {name}", index)
        axes.plot(*points[-1], "*", color=INK, markersize=11)
    axes.plot(*plot["book"], "X", color=MARK, markersize=10, label="printed as the minimum")
    label(axes, "first entry", "second entry", legend="upper right", aspect="equal")
    ends_of = "; ".join(
        f"{name}: ({points[-1][0]:.3g}, {points[-1][1]:.3g})"
        for name, points in plot["paths"].items()
    )
    x, y = plot["book"]
    description = (
        f"Circles of equal sum of squares and the triangle that is allowed. Descent ends, {ends_of}"
        f". The printed point ({x:g}, {y:g}) lies outside."
    )
    return Drawn(figure, title, description)
