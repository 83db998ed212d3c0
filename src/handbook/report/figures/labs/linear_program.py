"""Two linear programs, their regions and their best corners."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label
from handbook.report.figures.style import INK, MAIN, MARK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw one panel a limit."""
    title = "The best amounts lie in a corner, and which one hangs on the limit"
    figure = canvas(title, caption, 8.0, 4.4)
    optima = []
    for axes, panel in zip(figure.subplots(1, 2), plot["panels"], strict=True):
        corners, best = np.array(panel["corners"]), np.array(panel["best"])
        axes.fill(*corners.T, color=MAIN, alpha=0.18, label="feasible")
        axes.plot(*corners.T, "o", color=INK, markersize=4)
        axes.plot(*best, "*", color=MARK, markersize=14, label="best")
        # A line of equal profit through the best corner.
        p, q = plot["profit"]
        reach = np.array([0.0, corners[:, 0].max() * 1.05])
        axes.plot(
            reach, best[1] + p / q * (best[0] - reach), "--", color=MARK, linewidth=1.1,
            label=f"profit {panel['earned']:g}",
        )  # fmt: skip
        axes.set_title(
            f"a + b ≤ {panel['limit']:g}: best at ({best[0]:g}, {best[1]:g})", fontsize=9
        )
        label(axes, "amount a", "amount b")
        axes.set(xlim=(0, None), ylim=(0, corners[:, 1].max() * 1.2))
        axes.legend(loc="upper right")
        optima.append(
            f"with a + b at most {panel['limit']:g} the best is ({best[0]:g}, {best[1]:g}), "
            f"profit {panel['earned']:g}"
        )
    words = "; ".join(optima)
    return Drawn(figure, title, f"Two triangles: {words}.")
