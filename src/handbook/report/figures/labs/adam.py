"""Adam with the gradient of each step, and with one drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.report.figures.panels import lines, logarithmic
from handbook.report.figures.style import Drawn, canvas

__all__ = ["draw"]


def draw(plot: Mapping[str, Any], caption: str) -> Drawn:
    """Draw losses and weights by step."""
    names = list(plot["loss"])
    title = "Adam finds the line; with a gradient drawn once it walks away"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    lines(left, {name: (range(len(loss)), loss) for name, loss in plot["loss"].items()})
    logarithmic(left)
    left.set_title("mean squared error", fontsize=9)
    left.set(xlabel="step", ylabel="loss")
    left.legend(loc="center right")
    weights = {
        f"{weight}, {name}": (range(len(plot[weight][name])), plot[weight][name])
        for name in names
        for weight in ("w", "b")
    }
    lines(right, weights)
    right.set_title("weights; the line has w = 2, b = 0", fontsize=9)
    right.set(xlabel="step", ylabel="weight")
    right.legend(loc="lower left")
    said = "; ".join(
        f"{name}: loss from {loss[0]:.3g} to {loss[-1]:.3g}" for name, loss in plot["loss"].items()
    )
    return Drawn(
        figure, title, f"{said[0].upper() + said[1:]} in {len(plot['loss'][names[0]]) - 1} steps."
    )
