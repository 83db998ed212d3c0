"""Three ways to choose rows: losses by epoch and paths."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import contours, label, lines, logarithmic, path
from handbook.report.figures.style import INK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the excess of the loss by epoch, and the paths of both slopes."""
    title = "The fewer rows a step takes, the further an epoch leads"
    figure = canvas(title, caption, 8.0, 4.6)
    left, right = figure.subplots(1, 2)
    lines(left, {name: (range(len(loss)), loss) for name, loss in plot["loss"].items()})
    logarithmic(left)
    left.set_title("mean squared error above least squares", fontsize=9)
    label(left, "epoch", "excess", legend="center right")
    values = np.array(plot["values"])
    levels = np.quantile(values, [0.02, 0.08, 0.2, 0.35, 0.55, 0.75, 0.9]).tolist()
    contours(right, plot["across"], plot["up"], values, levels)
    for index, (name, points) in enumerate(plot["paths"].items()):
        path(right, points, name, index)
    right.plot(*plot["best"][1:], "*", color=INK, markersize=12, label="least squares")
    right.set_title("the two slopes, epoch by epoch", fontsize=9)
    label(right, "first slope", "second slope", legend="lower right")
    excesses = "; ".join(f"{name} {loss[-1]:.2g}" for name, loss in plot["loss"].items())
    description = (
        f"Excess of the mean squared error over least squares after "
        f"{len(next(iter(plot['loss'].values()))) - 1} epochs: {excesses}. On contours of the loss "
        f"all rows come part of the way to ({plot['best'][1]:.2f}, {plot['best'][2]:.2f}), few "
        "rows all of it."
    )
    return Drawn(figure, title, description)
