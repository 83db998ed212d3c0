"""Three lines through the same points, and how a penalty flattens two of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.report.figures.style import COLOURS, DASHES, INK, QUIET, Drawn, canvas

__all__ = ["draw"]


def draw(plot: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the lines, and beside them each slope against the penalty."""
    names = [line["name"] for line in plot["lines"]]
    title = "Least squares, lasso and ridge on the same points"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    reach = [min(plot["x"] + plot["at"]) - 0.5, max(plot["x"] + plot["at"]) + 0.5]
    for line, colour, dashes in zip(plot["lines"], COLOURS, DASHES, strict=False):
        heights = [line["slope"] * place + line["intercept"] for place in reach]
        label = f"{line['name']}, slope {line['slope']:.3f}"
        left.plot(reach, heights, color=colour, linestyle=dashes, label=label)
    left.plot(plot["x"], plot["y"], "o", color=INK, markersize=5, label="points")
    best = plot["lines"][0]
    heights = [best["slope"] * place + best["intercept"] for place in plot["at"]]
    left.plot(
        plot["at"], heights, "o", color=INK, markersize=5, markerfacecolor="none",
        label="predicted",
    )  # fmt: skip
    left.set_title(f"penalty {plot['penalty']:g}", fontsize=9)
    left.set(xlabel="x", ylabel="y")
    left.legend(loc="upper left")

    for name, slopes, colour, dashes in zip(names, plot["slopes"], COLOURS, DASHES, strict=False):
        right.plot(plot["penalties"], slopes, color=colour, linestyle=dashes, label=name)
    right.axvline(plot["penalty"], color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    right.set_title("slope against penalty", fontsize=9)
    right.set(xscale="log", xlabel="penalty", ylabel="slope")
    right.xaxis.set_major_formatter("{x:g}")  # the usual one writes powers as formulas
    right.legend(loc="lower left")
    given = ", ".join(f"{line['name']} {line['slope']:.3f}" for line in plot["lines"])
    ends = ", ".join(
        f"{name} {slopes[0]:.3f} to {slopes[-1]:.3f}"
        for name, slopes in zip(names, plot["slopes"], strict=True)
    )
    return Drawn(
        figure,
        title,
        f"{len(plot['x'])} points and the lines of three estimators. Slopes with penalty "
        f"{plot['penalty']:g}: {given}. From penalty {plot['penalties'][0]:g} to "
        f"{plot['penalties'][-1]:g} the slopes go: {ends}.",
    )
