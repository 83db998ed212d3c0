"""What answers promised, and what happened, by period."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.report.figures.backtests.periods import (
    Record,
    later,
    models_of,
    numbers,
    period_axis,
    scheme_name,
)
from handbook.report.figures.legend import legend_below
from handbook.report.figures.panels import label
from handbook.report.figures.style import INK, MARKERS, Drawn, canvas, look
from handbook.report.numbers import percent

__all__ = ["answers"]


def answers(record: Record, caption: str) -> Drawn:
    """Draw promised probabilities beside what happened; of detectors, the precision of alerts."""
    models, names = models_of(record), later(record)
    promises = record["task"] == "classification"
    figure = canvas(_title(record), caption, 8.6, 1.6 + 2.3 * len(models))
    grid = figure.subplots(len(models), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, (name, model) in zip(grid, models.items(), strict=True):
        _happened(axes, record)
        for index, (scheme, own) in enumerate(model["schemes"].items()):
            values = own["promised"] if promises else own["metrics"]["precision"]["values"]
            axes.plot(
                np.arange(len(names)), numbers(values), marker=MARKERS[index], markersize=3.5,
                linewidth=1.2, label=f"learnt {scheme_name(scheme)}", **look(index),
            )  # fmt: skip
        y = f"share of {record['classes'][1]}" if promises else "precision of alerts"
        label(axes, y=y, title=name, ylim=(-0.02, None if promises else 1.05))
    period_axis(grid[-1], names)
    legend_below(figure, grid[0].get_legend_handles_labels()[0])
    return Drawn(figure, _title(record), _words(record))


def _happened(axes: Any, record: Record) -> None:
    own = record["periods"][record["first"] :]
    share = np.array([period["share"] for period in own])
    low, high = np.array([period["interval"] for period in own]).T
    axes.errorbar(
        np.arange(len(own)), share, [share - low, high - share], fmt="D", color=INK, markersize=3,
        elinewidth=0.9, label=f"{record['classes'][1]}, in fact",
    )  # fmt: skip


def _title(record: Record) -> str:
    model = next(iter(models_of(record).values()))["schemes"]["once"]
    own = record["periods"]
    before, after = (
        sum(period["positive"] for period in part) / sum(period["rows"] for period in part)
        for part in (own[: record["first"]], own[record["first"] :])
    )
    if record["task"] == "classification":
        rows = [period["rows"] for period in own[record["first"] :]]
        promised = np.average(numbers(model["promised"]), weights=rows)
        return (
            f"Share of {record['classes'][1]}: {percent(before, 1)} in the rows learnt from, "
            f"{percent(promised, 1)} promised for those after, {percent(after, 1)} in fact"
        )
    mean = model["metrics"]["precision"]["mean"]
    return (
        f"Alerts of a model learnt once: {percent(mean or 0.0)} are {record['classes'][1]} in the "
        f"mean period; {percent(after, 1)} of all rows are"
    )


def _words(record: Record) -> str:
    cells = [
        f"{period['name']}: {percent(period['share'], 1)} of {period['rows']:,} rows"
        for period in record["periods"]
    ]
    return (
        f"Share of {record['classes'][1]} by period, bars its {record['level']:.0%} interval by "
        f"Wilson. {'; '.join(cells)}."
    )
