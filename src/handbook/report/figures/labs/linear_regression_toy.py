"""Three lines through the same points, and how a penalty flattens two of them."""

from __future__ import annotations

from handbook.report.figures.panels import label
from handbook.report.figures.style import COLOURS, DASHES, INK, QUIET, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the lines, and beside them each slope against the penalty."""
    names = [line["name"] for line in plot["lines"]]
    title = "Least squares, lasso and ridge on the same points"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    reach = [min(plot["x"] + plot["at"]) - 0.5, max(plot["x"] + plot["at"]) + 0.5]
    for line, colour, dashes in zip(plot["lines"], COLOURS, DASHES, strict=False):
        heights = [line["slope"] * x + line["intercept"] for x in reach]
        left.plot(
            reach,
            heights,
            color=colour,
            linestyle=dashes,
            label=f"{line['name']}, slope {line['slope']:.3f}",
        )
    left.plot(plot["x"], plot["y"], "o", color=INK, markersize=5, label="points")
    best = plot["lines"][0]
    heights = [best["slope"] * x + best["intercept"] for x in plot["at"]]
    left.plot(
        plot["at"], heights, "o", color=INK, markersize=5, markerfacecolor="none",
        label="predicted",
    )  # fmt: skip
    label(left, "x", "y", title=f"penalty {plot['penalty']:g}", legend="upper left")

    for name, slopes, colour, dashes in zip(names, plot["slopes"], COLOURS, DASHES, strict=False):
        right.plot(plot["penalties"], slopes, color=colour, linestyle=dashes, label=name)
    right.axvline(plot["penalty"], color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    label(right, "penalty", "slope", title="slope against penalty", xscale="log")
    right.xaxis.set_major_formatter("{x:g}")  # the usual one writes powers as formulas
    right.legend(loc="lower left")
    given = ", ".join(f"{line['name']} {line['slope']:.3f}" for line in plot["lines"])
    ends = ", ".join(
        f"{name} {slopes[0]:.3f} to {slopes[-1]:.3f}"
        for name, slopes in zip(names, plot["slopes"], strict=True)
    )
    description = (
        f"{len(plot['x'])} points and the lines of three estimators. Slopes with penalty "
        f"{plot['penalty']:g}: {given}. From penalty {plot['penalties'][0]:g} to "
        f"{plot['penalties'][-1]:g} the slopes go: {ends}."
    )
    return Drawn(figure, title, description)
