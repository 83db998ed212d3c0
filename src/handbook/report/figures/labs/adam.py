"""Adam with the gradient of each step, and with one drawn once."""

from __future__ import annotations

from handbook.report.figures.panels import label, lines, logarithmic
from handbook.report.figures.style import Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw losses and weights by step."""
    names = list(plot["loss"])
    title = "Adam finds the line; with a gradient drawn once it walks away"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    lines(left, {name: (range(len(loss)), loss) for name, loss in plot["loss"].items()})
    logarithmic(left)
    label(left, "step", "loss", title="mean squared error", legend="center right")
    weights = {
        f"{weight}, {name}": (range(len(plot[weight][name])), plot[weight][name])
        for name in names
        for weight in ("w", "b")
    }
    lines(right, weights)
    label(right, "step", "weight", title="weights; the line has w = 2, b = 0", legend="lower left")
    ends = "; ".join(
        f"{name}: loss from {loss[0]:.3g} to {loss[-1]:.3g}" for name, loss in plot["loss"].items()
    )
    return Drawn(
        figure, title, f"{ends[0].upper() + ends[1:]} in {len(plot['loss'][names[0]]) - 1} steps."
    )
