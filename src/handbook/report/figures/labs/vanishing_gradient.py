"""The derivative of tanh, far out and deep down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.report.figures.panels import lines, logarithmic
from handbook.report.figures.style import Drawn, canvas

__all__ = ["draw"]


def draw(plot: Mapping[str, Any], caption: str) -> Drawn:
    """Draw tanh with its derivative, and the derivative by depth."""
    title = "Behind tanh a gradient vanishes, far from 0 and in depth"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    lines(
        left,
        {"tanh": (plot["x"], plot["tanh"]), "its derivative": (plot["x"], plot["slope"])},
    )
    left.set_title("one unit", fontsize=9)
    left.set(xlabel="x", ylabel="value")
    left.legend(loc="upper left")
    depths = {name: (range(1, len(found) + 1), found) for name, found in plot["depths"].items()}
    lines(right, depths)
    logarithmic(right)
    right.set_title(f"a stack of units, from x = {plot['from']:g}", fontsize=9)
    right.set(xlabel="layers", ylabel="derivative of the last with respect to x")
    right.legend(loc="lower left")
    right.locator_params(axis="x", integer=True)
    said = "; ".join(f"{name} {found[-1]:.2g}" for name, found in plot["depths"].items())
    layers = len(next(iter(plot["depths"].values())))
    return Drawn(
        figure,
        title,
        f"The derivative of tanh is 1 at 0 and {plot['slope'][-1]:.2g} at {plot['x'][-1]:g}. "
        f"Through {layers} layers it is: {said}.",
    )
