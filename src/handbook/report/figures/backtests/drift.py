"""Drift of each column by period, as a table of shades."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from handbook.report.figures.backtests.periods import Record, later, period_axis
from handbook.report.figures.style import SHADES, Drawn, canvas
from handbook.report.numbers import number

__all__ = ["drift"]

# A PSI from which on all is the darkest shade.
_MOST = 2.0
_LISTED = 40  # columns at most


def drift(record: Record, caption: str) -> Drawn:
    """Draw the population stability index of columns by period, less its noise."""
    names, least = later(record), record["watch"]["rule"]["shift"]
    means = {name: float(np.mean(own["shift"])) for name, own in record["drift"].items()}
    columns = sorted(means, key=lambda name: -means[name])[:_LISTED]
    shifts = np.array([record["drift"][name]["shift"] for name in columns])
    moved = int((np.median(shifts, axis=1) >= least).sum())
    title = (
        f"{moved} of {len(columns)} columns have drifted by {number(least, 1)} or more in half of "
        "the periods"
    )
    figure = canvas(title, caption, 8.6, 1.7 + 0.21 * len(columns))
    axes = figure.subplots()
    shades = LinearSegmentedColormap.from_list("shades", SHADES)
    image = axes.imshow(
        np.sqrt(np.minimum(shifts, _MOST)), cmap=shades, aspect="auto", vmin=0,
        vmax=np.sqrt(_MOST), interpolation="nearest",
    )  # fmt: skip
    axes.set_yticks(range(len(columns)), columns)
    axes.grid(False)
    period_axis(axes, names)
    bar = figure.colorbar(image, ax=axes, shrink=0.9, pad=0.01)
    ticks = [0.0, 0.1, 0.25, 0.5, 1.0, _MOST]
    bar.set_ticks(np.sqrt(ticks).tolist(), labels=[*map(str, ticks[:-1]), f"{_MOST:g} or more"])
    bar.set_label("PSI beyond that of chance")
    listing = "; ".join(f"{name} {number(means[name], 2)}" for name in columns)
    return Drawn(
        figure,
        title,
        "Population stability index of each column against the rows of the first periods, less "
        f"what chance makes of it, in each later period. Mean over these: {listing}.",
    )
