"""Rows on the discriminant axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from handbook.report.figures.legend import legend_below
from handbook.report.figures.style import COLOURS, DASHES, INK, Drawn, canvas, short
from handbook.report.numbers import formatted

__all__ = ["projection"]

_MARKERS = "os^Dv*P"


def projection(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw training and test rows on one or two discriminant axes."""
    return _scatter(entry, caption) if entry["axes"] == 2 else _histogram(entry, caption)


def _scatter(entry: Mapping[str, Any], caption: str) -> Drawn:
    ratio = entry["ratio"]
    title = f"First axis: {ratio[0]:.1%} of what separates the classes"
    figure = canvas(title, caption, 4.4, 4.5)
    axes = figure.add_subplot()
    handles = []
    for code, name in enumerate(entry["classes"]):
        for part, filled in (("train", False), ("test", True)):
            at = np.array(entry[part]["points"]).reshape(-1, 2)[
                np.array(entry[part]["codes"]) == code
            ]
            colour = COLOURS[code % len(COLOURS)]
            handles += axes.plot(
                at[:, 0], at[:, 1], _MARKERS[code % len(_MARKERS)], linestyle="none",
                color=colour, markersize=5.5 if filled else 4.5, markeredgewidth=0.8,
                markerfacecolor=colour if filled else "none",
                markeredgecolor=INK if filled else colour, zorder=3 if filled else 2,
                label=short(name),
            )  # fmt: skip
    axes.set(
        xlabel=f"discriminant axis 1 ({ratio[0]:.1%} of the between-class variance)\n"
        "filled: test rows; hollow: training rows",
        ylabel=f"discriminant axis 2 ({ratio[1]:.1%})",
    )
    legend_below(figure, handles[1::2])  # the filled ones
    description = (
        f"{_rows(entry)} on two discriminant axes, which explain {ratio[0]:.1%} and "
        f"{ratio[1]:.1%} of the between-class variance. Class means of the training rows: "
        + ", ".join(
            f"{name} at {formatted(mean[0], '.3g')} and {formatted(mean[1], '.3g')}"
            for name, mean in zip(entry["classes"], entry["means"], strict=True)
        )
        + "."
    )
    return Drawn(figure, title, description)


def _histogram(entry: Mapping[str, Any], caption: str) -> Drawn:
    edges, classes = np.array(entry["edges"]), entry["classes"]
    shares = {part: [_shares(row) for row in entry[part]["counts"]] for part in ("train", "test")}
    title = "Classes on the one discriminant axis"
    overlap = ""
    if len(classes) == 2:
        common = {part: float(np.minimum(*rows).sum()) for part, rows in shares.items()}
        title = f"On one axis {common['test']:.0%} of the classes overlap"
        overlap = (
            f" The classes' histograms have {common['test']:.1%} of their area in common on the "
            f"test rows, {common['train']:.1%} on the training rows."
        )
    figure = canvas(title, caption, 4.4, 4.4)
    grid = figure.subplots(2, 1, sharex=True, sharey=True)
    handles = []
    for axes, part, of in zip(grid, ("train", "test"), ("training", "test"), strict=True):
        for code, name in enumerate(classes):
            colour = COLOURS[code % len(COLOURS)]
            axes.stairs(shares[part][code], edges, fill=True, color=colour, alpha=0.16)
            line = axes.stairs(
                shares[part][code], edges, color=colour, linestyle=DASHES[code % len(DASHES)],
                linewidth=1.5, label=short(name),
            )  # fmt: skip
            handles.append(line)
        axes.set_ylabel(f"share of a class’s\n{of} rows")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    grid[1].set_xlabel("discriminant axis (outermost bins hold what lies beyond)", loc="right")
    legend_below(figure, handles[: len(classes)])
    description = (
        f"{_rows(entry)} on one discriminant axis, as a histogram for each class.{overlap} Class "
        "means of the training rows: "
        + ", ".join(
            f"{name} {formatted(mean[0], '.3g')}"
            for name, mean in zip(classes, entry["means"], strict=True)
        )
        + "."
    )
    return Drawn(figure, title, description)


def _shares(counts: list[int]) -> Any:
    return np.array(counts) / max(sum(counts), 1)


def _rows(entry: Mapping[str, Any]) -> str:
    return f"{entry['train']['rows']:,} training and {entry['test']['rows']:,} test rows"
