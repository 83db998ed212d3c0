"""The derivative of tanh, far out and deep down."""

from __future__ import annotations

from handbook.report.figures.panels import label, lines, logarithmic
from handbook.report.figures.style import Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw tanh with its derivative, and the derivative by depth."""
    title = "Behind tanh a gradient vanishes, far from 0 and in depth"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    lines(
        left,
        {"tanh": (plot["x"], plot["tanh"]), "its derivative": (plot["x"], plot["slope"])},
    )
    label(left, "x", "value", title="one unit", legend="upper left")
    depths = {name: (range(1, len(slopes) + 1), slopes) for name, slopes in plot["depths"].items()}
    lines(right, depths)
    logarithmic(right)
    right.set_title(f"a stack of units, from x = {plot['from']:g}", fontsize=9)
    label(right, "layers", "derivative of the last with respect to x", legend="lower left")
    right.locator_params(axis="x", integer=True)
    ends = "; ".join(f"{name} {slopes[-1]:.2g}" for name, slopes in plot["depths"].items())
    layers = len(next(iter(plot["depths"].values())))
    description = (
        f"The derivative of tanh is 1 at 0 and {plot['slope'][-1]:.2g} at {plot['x'][-1]:g}. "
        f"Through {layers} layers it is: {ends}."
    )
    return Drawn(figure, title, description)
