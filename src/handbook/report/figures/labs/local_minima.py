"""A wave with two minima."""

from __future__ import annotations

from handbook.report.figures.panels import label
from handbook.report.figures.style import INK, MAIN, MARK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the curve and mark its minima."""
    *others, deepest = plot["minima"]
    title = f"{len(plot['minima'])} minima; the deepest at x = {deepest[0]:.3f}"
    figure = canvas(title, caption, 5.6, 4.2)
    axes = figure.add_subplot()
    axes.plot(plot["x"], plot["y"], color=MAIN)
    if others:
        axes.plot(*zip(*others, strict=True), "s", color=INK, label="local minimum", markersize=7)
    axes.plot(*deepest, "v", color=MARK, label="global minimum", markersize=9)
    label(axes, "x", "x cos(πx)", legend="upper left")
    minima = ", ".join(f"{y:.4f} at x = {x:.4f}" for x, y in plot["minima"])
    description = (
        f"The curve x cos(πx) from {plot['x'][0]:g} to {plot['x'][-1]:g}. Its minima inside, "
        f"the deepest last: {minima}."
    )
    return Drawn(figure, title, description)
