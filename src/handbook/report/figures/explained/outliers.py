"""Outlier scores of the rows of each class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from handbook.report.figures.legend import legend_below
from handbook.report.figures.style import COLOURS, DASHES, INK, Drawn, canvas, short

__all__ = ["outliers"]

_NAMED = 0.05  # the share of rows that the title speaks of
_FLOOR = 0.7  # on a log scale one row must be seen


def outliers(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the scores of the test rows as a histogram for each class, with the threshold."""
    from matplotlib.ticker import LogFormatter

    test, classes = entry["test"], entry["classes"]
    named = next(budget for budget in entry["budgets"] if budget["share"] == _NAMED)
    rare = short(classes[1], 12)
    title = f"Of the strangest {_NAMED:.0%} of rows, {named['precision']:.0%} are {rare}"
    figure = canvas(title, caption, 4.4, 4.0)
    axes = figure.add_subplot()
    edges = np.array(test["edges"])
    handles: list[Any] = []
    for code, name in enumerate(classes):
        counts = np.maximum(test["counts"][code], _FLOOR)
        colour, dashes = COLOURS[code], DASHES[code]
        axes.stairs(counts, edges, baseline=_FLOOR, fill=True, color=colour, alpha=0.16)
        handles.append(
            axes.stairs(
                counts, edges, baseline=_FLOOR, color=colour, linestyle=dashes, linewidth=1.5,
                label=short(name),
            )
        )  # fmt: skip
    handles.append(
        axes.axvline(
            entry["threshold"], color=INK, linestyle=(0, (4, 3)), linewidth=1.2,
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
    return Drawn(figure, title, _words(entry))


def _words(entry: Mapping[str, Any]) -> str:
    test, second = entry["test"], entry["classes"][1]
    rows, flagged = sum(test["rows"]), sum(test["flagged"])
    budgets = ", ".join(
        f"{budget['precision']:.1%} of the strangest {budget['share']:.0%}"
        for budget in entry["budgets"]
    )
    return (
        f"Scores of {rows:,} test rows as a histogram for each class, rows counted on a log "
        f"scale. The threshold flags {flagged:,} of them, {test['flagged'][1]:,} of these "
        f"{second}. The share of {second} is {budgets}; it is {test['rows'][1] / rows:.1%} of "
        "all."
    )
