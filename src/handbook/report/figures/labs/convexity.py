"""A chord above a parabola, and Jensen's inequality."""

from __future__ import annotations

from handbook.report.figures.panels import label
from handbook.report.figures.style import INK, MAIN, MARK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw both."""
    title = "A convex function lies below its chords and its means"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    left.plot(*plot["square"], color=MAIN, label="x²")
    left.plot(*plot["chord"], color=MARK, linestyle=(0, (5, 1.5)), marker="o", label="chord")
    label(left, "x", "value", title="a segment", legend="upper center")
    right.plot(*plot["exp"], color=MAIN, label="exp")
    right.plot(*plot["points"], "o", color=INK, markersize=4, label="points")
    right.plot(plot["mean"], plot["combined"], "s", color=MARK, label="combined values")
    right.plot(
        plot["mean"], plot["of_mean"], "o", color=MARK, markerfacecolor="none", markersize=8,
        label="exp of the combined points",
    )  # fmt: skip
    right.plot([plot["mean"]] * 2, [plot["of_mean"], plot["combined"]], ":", color=MARK)
    label(right, "x", "value", title="a convex combination", legend="upper left")
    description = (
        f"x² lies below the chord between {plot['chord'][0][0]:g} and {plot['chord'][0][1]:g}. "
        f"Of {len(plot['points'][0])} points, combined to {plot['mean']:.3f}, exp is "
        f"{plot['of_mean']:.3f}; their combined values are {plot['combined']:.3f}, above it."
    )
    return Drawn(figure, title, description)
