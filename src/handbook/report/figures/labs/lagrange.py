"""Where a circle touches a line."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import contours, label
from handbook.report.figures.style import COLOURS, INK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the constraint, the touching circle and both gradients."""
    point, normal = np.array(plot["point"]), np.array(plot["normal"], float)
    title = f"At the minimum both gradients are parallel; the multiplier is {plot['multiplier']:g}"
    figure = canvas(title, caption, 5.6, 5.2)
    axes = figure.add_subplot()
    reach = 2.2 * np.abs(point).max()
    ends = np.linspace(-0.5 * reach, 1.6 * reach, 71)
    squares = ends[None, :] ** 2 + ends[:, None] ** 2
    levels = [plot["value"] * factor for factor in (0.25, 1, 2, 4, 8)]
    contours(axes, ends.tolist(), ends.tolist(), squares, levels)
    along = np.array([-normal[1], normal[0]]) * 9
    axes.plot(
        *np.array([point - along, point + along]).T, color=INK,
        label=f"{normal[0]:g} x + {normal[1]:g} y = {plot['level']:g}",
    )  # fmt: skip
    for vector, colour, name, shift in (
        (np.array(plot["gradient"]), COLOURS[0], "gradient of f", 0.03),
        (plot["multiplier"] * normal, COLOURS[1], "multiplier × gradient of g", -0.03),
    ):
        tail = point + shift * reach * np.array([1, -1])
        axes.quiver(
            *tail, *vector * 0.5, color=colour, angles="xy", scale_units="xy", scale=1, width=0.01,
            label=f"{name} (half length)",
        )  # fmt: skip
    axes.plot(*point, "o", color=INK, markersize=7, label=f"minimum ({point[0]:g}, {point[1]:g})")
    label(axes, "x", "y", legend="upper right", aspect="equal")
    description = (
        f"Circles of equal x² + y² and a line. The circle of value {plot['value']:g} touches the "
        f"line at ({point[0]:g}, {point[1]:g}); there the gradient of f and {plot['multiplier']:g} "
        "times the gradient of the constraint cancel."
    )
    return Drawn(figure, title, description)
