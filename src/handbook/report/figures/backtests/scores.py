"""Scores of models by period, beside what random splits promised."""

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
from handbook.report.figures.style import CHANCE, COLOURS, INK, MARKERS, Drawn, canvas, look
from handbook.report.numbers import number
from handbook.tasks.metric import Metric

__all__ = ["scores"]


def scores(record: Record, caption: str) -> Drawn:
    """Draw the score that ranks, by period: learnt once with its interval, and learnt anew."""
    metric = Metric.named(record["metrics"][0])
    models, names = models_of(record), later(record)
    first = next(iter(models.values()))
    promise = first["random"]["metrics"][metric.name]
    once = first["schemes"]["once"]["metrics"][metric.name]
    last = record["periods"][record["first"] - 1]["name"]
    title = (
        f"{_capital(metric.title)}: {number(promise['values'][0], 3)} on a random split, "
        f"{number(once['mean'], 3)} in the mean period after {last}"
    )
    figure = canvas(title, caption, 8.6, 1.6 + 2.5 * len(models))
    grid = figure.subplots(len(models), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (name, model) in zip(grid, models.items(), strict=True):
        _of_model(axes, model, metric.name, len(names))
        label(axes, y=metric.title, title=name)
    period_axis(grid[-1], names)
    legend_below(figure, grid[0].get_legend_handles_labels()[0])
    return Drawn(figure, title, _words(record, metric))


def _of_model(axes: Any, model: Record, metric: str, count: int) -> None:
    x = np.arange(count)
    promise = model["random"]["metrics"][metric]
    axes.axhline(
        promise["values"][0], color=INK, linewidth=1.0, label="random split, all rows at once"
    )
    if promise["by_period_mean"] is not None:
        axes.axhline(
            promise["by_period_mean"], color=CHANCE, linewidth=1.0, linestyle=(0, (4, 2)),
            label="random split, mean within periods",
        )  # fmt: skip
    for index, (scheme, own) in enumerate(model["schemes"].items()):
        values = numbers(own["metrics"][metric]["values"])
        if scheme == "once":
            ends = own["metrics"][metric]["intervals"]
            low, high = (
                numbers([None if pair is None else pair[side] for pair in ends]) for side in (0, 1)
            )
            axes.vlines(x, low, high, color=COLOURS[0], linewidth=1.0, alpha=0.6)
        axes.plot(
            x, values, marker=MARKERS[index], markersize=3.5, linewidth=1.2,
            label=f"learnt {scheme_name(scheme)}", color=look(index)["color"],
            linestyle=look(index)["linestyle"],
        )  # fmt: skip


def _words(record: Record, metric: Metric) -> str:
    parts = []
    for name, model in models_of(record).items():
        promise = model["random"]["metrics"][metric.name]
        means = "; ".join(
            f"learnt {scheme_name(scheme)} {number(own['metrics'][metric.name]['mean'], 3)}"
            for scheme, own in model["schemes"].items()
        )
        parts.append(
            f"{name}: {number(promise['values'][0], 3)} on the first random split, "
            f"{number(promise['by_period_mean'], 3)} within its periods; mean over later periods, "
            f"{means}."
        )
    return (
        f"{_capital(metric.title)} by period, bars the {record['level']:.0%} interval of the model "
        f"learnt once. {' '.join(parts)} Periods with fewer than {record['least']} rows of either "
        "class have no score."
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
