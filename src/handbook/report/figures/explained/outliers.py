"""How strange a detector finds the rows of each class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from handbook.report.figures.legend import legend_below
from handbook.report.figures.predictions import short
from handbook.report.figures.style import COLOURS, DASHES, INK, Drawn, canvas

__all__ = ["outliers"]

_NAMED = 0.05  # the share of rows that the title speaks of
_FLOOR = 0.7  # on a log scale one row must be seen


def outliers(shown: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the scores of the test rows as a histogram for each class, with the threshold."""
    from matplotlib.ticker import LogFormatter

    test, classes = shown["test"], shown["classes"]
    named = next(one for one in shown["budgets"] if one["share"] == _NAMED)
    rare = short(classes[1], 12)
    title = f"Of the strangest {_NAMED:.0%} of rows, {named['precision']:.0%} are {rare}"
    figure = canvas(title, caption, 4.4, 4.0)
    axes = figure.add_subplot()
    edges = np.array(test["edges"])
    handles: list[Any] = []
    for place, name in enumerate(classes):
        counts = np.maximum(test["counts"][place], _FLOOR)
        colour, dashes = COLOURS[place], DASHES[place]
        axes.stairs(counts, edges, baseline=_FLOOR, fill=True, color=colour, alpha=0.16)
        handles.append(
            axes.stairs(
                counts, edges, baseline=_FLOOR, color=colour, linestyle=dashes, linewidth=1.5,
                label=short(name),
            )
        )  # fmt: skip
    handles.append(
        axes.axvline(
            shown["threshold"], color=INK, linestyle=(0, (4, 3)), linewidth=1.2,
            label="threshold",
        )
    )  # fmt: skip
    axes.set(
        yscale="log",
        ylim=(_FLOOR, None),
        xlabel="strangeness (the outermost bins hold what lies beyond)",
        ylabel="test rows",
    )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_minor_formatter(LogFormatter())
    legend_below(figure, handles)
    return Drawn(figure, title, _words(shown))


def _words(shown: Mapping[str, Any]) -> str:
    test, second = shown["test"], shown["classes"][1]
    rows, flagged = sum(test["rows"]), sum(test["flagged"])
    budgets = ", ".join(
        f"{one['precision']:.1%} of the strangest {one['share']:.0%}" for one in shown["budgets"]
    )
    return (
        f"Scores of {rows:,} test rows as a histogram for each class, rows counted on a log "
        f"scale. The threshold flags {flagged:,} of them, {test['flagged'][1]:,} of these "
        f"{second}. The share of {second} is {budgets}; it is {test['rows'][1] / rows:.1%} of "
        "all."
    )
