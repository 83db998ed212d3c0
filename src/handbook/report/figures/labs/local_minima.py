"""A wave with two minima."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.report.figures.style import INK, MAIN, MARK, Drawn, canvas

__all__ = ["draw"]


def draw(plot: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the curve and mark its minima."""
    *others, deepest = plot["minima"]
    title = f"{len(plot['minima'])} minima; the deepest at x = {deepest[0]:.3f}"
    figure = canvas(title, caption, 5.6, 4.2)
    axes = figure.add_subplot()
    axes.plot(plot["x"], plot["y"], color=MAIN)
    if others:
        axes.plot(*zip(*others, strict=True), "s", color=INK, label="local minimum", markersize=7)
    axes.plot(*deepest, "v", color=MARK, label="global minimum", markersize=9)
    axes.set(xlabel="x", ylabel="x cos(πx)")
    axes.legend(loc="upper left")
    said = ", ".join(f"{y:.4f} at x = {x:.4f}" for x, y in plot["minima"])
    return Drawn(
        figure,
        title,
        f"The curve x cos(πx) from {plot['x'][0]:g} to {plot['x'][-1]:g}. Its minima inside, "
        f"the deepest last: {said}.",
    )
