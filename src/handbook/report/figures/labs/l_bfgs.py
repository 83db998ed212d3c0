"""L-BFGS beside plain descent on Rosenbrock's function."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import contours, label, lines, logarithmic, path
from handbook.report.figures.style import INK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw values by gradients asked for, and a path in the valley."""
    title = "L-BFGS needs few gradients where plain descent crawls"
    figure = canvas(title, caption, 8.0, 4.4)
    left, right = figure.subplots(1, 2)
    lines(
        left,
        {name: (gradients, values) for name, (gradients, values) in plot["evaluations"].items()},
    )
    logarithmic(left)
    left.set_title("Rosenbrock's function in three dimensions", fontsize=9)
    label(left, "gradients asked for", "value", legend="upper right")
    points = np.array(plot["path"])
    low, high = np.minimum(points.min(axis=0), 0) - 0.5, np.maximum(points.max(axis=0), 1.2) + 0.5
    across, up = np.linspace(low, high, 81).T
    valley = 100 * (up[:, None] - across[None, :] ** 2) ** 2 + (1 - across[None, :]) ** 2
    contours(right, across.tolist(), up.tolist(), valley, [0.3, 3, 10, 30, 100, 300, 1000])
    path(right, plot["path"], "L-BFGS", 0)
    right.plot(1, 1, "*", color=INK, markersize=12, label="minimum")
    label(right, "x1", "x2", title="the same in two dimensions", legend="lower right")
    ends = "; ".join(
        f"{name} reaches {values[-1]:.2g} with {gradients[-1]} gradients"
        for name, (gradients, values) in plot["evaluations"].items()
    )
    description = (
        f"{ends}. In two dimensions L-BFGS follows the curved valley to (1, 1) in "
        f"{len(points) - 1} steps."
    )
    return Drawn(figure, title, description)
