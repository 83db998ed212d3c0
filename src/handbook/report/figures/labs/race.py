"""The figure of the race between optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from handbook.report.figures.panels import contours, label, logarithmic, marked
from handbook.report.figures.style import COLOURS, INK, PAPER, QUIET, Drawn, Plot, canvas

__all__ = ["optimizer_race"]


def optimizer_race(plot: Plot, caption: str) -> Drawn:
    """Draw a panel a problem, three with paths, and a table of rates."""
    rules = list(next(iter(plot["losses"].values())))
    title = "Eight optimizers on the same problems"
    subtitle = (
        f"{caption} · loss above the minimum against gradients asked for; each learning rate is "
        f"the best of {len(plot['rates'])} from {plot['rates'][0]:g} to {plot['rates'][-1]:g}, by "
        f"the mean logarithm of the loss over {plot['budget']} steps"
    )
    figure = canvas(title, subtitle, 10.4, 13.2)
    looks = {rule: _look(index) for index, rule in enumerate(rules)}
    keys = [Line2D([], [], label=rule, **look) for rule, look in looks.items()]
    figure.legend(handles=keys, loc="outside lower center", ncols=4)
    grid = figure.add_gridspec(5, 3, height_ratios=[1, 1, 1, 1.15, 1.05])
    for index, (name, losses) in enumerate(plot["losses"].items()):
        axes = figure.add_subplot(grid[index // 3, index % 3])
        for rule, (gradients, excess) in losses.items():
            axes.plot(gradients, excess, **looks[rule], markevery=8)
        axes.set_title(name, fontsize=8.5)
        axes.set(xlabel="gradients", ylabel="excess loss", ylim=(plot["nothing"] / 3, None))
        logarithmic(axes)
        logarithmic(axes, "x")
    for column, panel in enumerate(plot["paths"]):
        axes = figure.add_subplot(grid[3, column])
        levels = np.linspace(np.min(panel["values"]), np.max(panel["values"]), 9)[1:-1]
        contours(axes, panel["across"], panel["up"], panel["values"], levels)
        for rule, points in panel["paths"].items():
            axes.plot(*np.array(points).T, **looks[rule], markevery=5)
        start = next(iter(panel["paths"].values()))[0]
        axes.plot(*start, "o", color=INK, markerfacecolor=PAPER, markersize=7, zorder=9)
        label(axes, "x", "y", title=f"paths: {panel['name']}")
    _table(figure.add_subplot(grid[4, :]), plot, rules)
    words = "; ".join(
        f"{name}: {', '.join(f'{rule} {excess[-1]:.1e}' for rule, (_, excess) in losses.items())}"
        for name, losses in plot["losses"].items()
    )
    description = (
        f"Loss above the minimum with {plot['budget']} gradients, {plot['nothing']:g} counting as "
        f"none. {words}. The logistic regression has {plot['rows']} rows."
    )
    return Drawn(figure, title, description)


def _look(index: int) -> dict[str, Any]:
    """Return how a rule is drawn in every panel: no two share colour, dashes and mark."""
    colours = (*COLOURS[:6], QUIET, COLOURS[6])
    return {**marked(index), "color": colours[index % 8], "markersize": 4, "linewidth": 1.2}


def _table(axes: Any, plot: Plot, rules: list[str]) -> None:
    """Write the chosen rates, a row a problem."""
    axes.set_axis_off()
    axes.set_title("learning rates that were chosen", fontsize=9)
    cells = [
        ["–" if chosen[rule] is None else f"{chosen[rule]:.3g}" for rule in rules]
        for chosen in plot["chosen"].values()
    ]
    table = axes.table(
        cells, rowLabels=list(plot["chosen"]), colLabels=rules, loc="center", edges="horizontal",
        bbox=(0.24, 0, 0.76, 0.95),
    )  # fmt: skip
    table.auto_set_font_size(False)
    table.set_fontsize(8)
