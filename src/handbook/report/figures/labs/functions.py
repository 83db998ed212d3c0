"""The figures of functions of one number: where they are flat."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D

from handbook.core.numbers import formatted
from handbook.report.figures.panels import label, panels
from handbook.report.figures.style import INK, MAIN, MARK, Drawn, Plot

__all__ = ["stationary_points"]

_MARKS = {"minimum": ("v", MARK), "maximum": ("^", INK), "undecided": ("s", INK)}


def stationary_points(plot: Plot, caption: str) -> Drawn:
    """Draw each curve with its flat points."""
    x, curves = plot["x"], plot["curves"]
    title = "One minimum, or several, or one that is not the lowest point"
    figure, *row = panels(title, caption, 8.4, 3.6, len(curves))
    words = []
    for axes, curve in zip(row, curves, strict=True):
        y, points = np.array(curve["y"]), curve["points"]
        axes.plot(x, y, color=MAIN)
        for name, (marker, colour) in _MARKS.items():
            where = [(a, b) for a, b, kind in points if kind == name]
            if where:
                axes.plot(*zip(*where, strict=True), marker, color=colour, markersize=7)
        shape = "convex" if curve["convex"] else "not convex"
        label(axes, "x", title=f"{curve['name']}: {shape}")
        listed = ", ".join(
            f"a {kind} of {formatted(b, '.3g')} at {formatted(a, '.3g')}" for a, b, kind in points
        )
        words.append(f"{curve['name']} is {shape}: {listed}")
    keys = [
        Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=7, label=name)
        for name, (marker, colour) in _MARKS.items()
        if any(kind == name for curve in curves for _, _, kind in curve["points"])
    ]
    figure.legend(handles=keys, loc="outside lower right", ncols=len(keys))
    last = curves[-1]
    # The cubic is drawn where its flat points can be seen.
    row[-1].set(xlim=(-2, 2), ylim=(-3, 3))
    description = (
        f"From {formatted(x[0], 'g')} to {x[-1]:g}, {'; '.join(words)}. At the left end "
        f"{last['name']} is {formatted(last['y'][0], 'g')}, far below its minimum."
    )
    return Drawn(figure, title, description)
