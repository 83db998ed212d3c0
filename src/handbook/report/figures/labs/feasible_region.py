"""A polygon between four lines."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.style import COLOURS, DASHES, INK, MAIN, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the lines and fill what they leave."""
    corners = np.array(plot["corners"])
    title = f"What the constraints leave has {len(corners)} corners"
    figure = canvas(title, caption, 5.6, 4.6)
    axes = figure.add_subplot()
    axes.fill(*corners.T, color=MAIN, alpha=0.18, label="feasible")
    low, high = corners.min(axis=0) - 1.2, corners.max(axis=0) + 1.2
    for index, ((a, b), limit) in enumerate(zip(plot["A"], plot["b"], strict=True)):
        # A line is drawn through two points far away on it.
        foot = np.array([a, b]) * limit / (a * a + b * b)
        along = np.array([-b, a]) * 99
        ends = np.array([foot - along, foot + along])
        axes.plot(
            *ends.T, color=COLOURS[index + 1], linestyle=DASHES[index % len(DASHES)],
            linewidth=1.2, label=f"{_sum(a, b)} ≤ {limit:g}",
        )  # fmt: skip
    axes.plot(*corners.T, "o", color=INK)
    for x, y in corners:
        axes.annotate(f"({x:g}, {y:g})", (x, y), xytext=(5, 6), textcoords="offset points")
    axes.set(xlabel="x", ylabel="y", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.set_aspect("equal")
    axes.legend(loc="upper left")
    corners_text = ", ".join(f"({x:g}, {y:g})" for x, y in corners)
    return Drawn(
        figure,
        title,
        f"A polygon with the corners {corners_text}, cut out by {len(plot['b'])} lines.",
    )


def _sum(a: float, b: float) -> str:
    """Write a x + b y.

    Examples
    --------
    >>> _sum(1, -1), _sum(0, -1), _sum(2, 0.5)
    ('x − y', '−y', '2x + 0.5y')
    """
    text = ""
    for factor, name in ((a, "x"), (b, "y")):
        if factor:
            size = "" if abs(factor) == 1 else f"{abs(factor):g}"
            sign = (" − " if factor < 0 else " + ") if text else ("−" if factor < 0 else "")
            text += f"{sign}{size}{name}"
    return text
