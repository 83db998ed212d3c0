"""What was measured at each step of a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError, nearest
from handbook.report.figures.style import COLOURS, DASHES, Drawn, canvas, note
from handbook.report.figures.thin import envelope

__all__ = ["history"]

Array = npt.NDArray[Any]

_NOISY = 1000
# Measured on the rows that are learnt from; other columns say themselves what they are.
_OF_TRAINING = ("loss", "accuracy", "bits_per_character")


def history(step: str, columns: Mapping[str, Array], curves: Sequence[str], caption: str) -> Drawn:
    """Draw the columns `curves` against the step, one panel for each quantity.

    Columns that end in the same word share a panel: ``loss`` and ``validation_loss``.
    """
    for name in curves:
        if name not in columns and len(columns) > 1:
            raise HandbookError(
                f"history.csv has no column {name!r} (params.yaml: curves); "
                f"{nearest(name, [column for column in columns if column != step])}"
            )
    x = columns.get(step, np.empty(0))
    if not curves or len(columns) < 2 or not len(x):
        return note("History: none", "this model is fitted in one step", caption)

    panels: dict[str, list[str]] = {}
    for name in curves:
        panels.setdefault(name.rsplit("_", 1)[-1], []).append(name)
    title = f"History over {len(x):,} {step}{'s' if len(x) > 1 else ''}"
    figure = canvas(title, caption, 4.4, 1.2 + 2.0 * len(panels))
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    ranges = []
    for axes, (quantity, names) in zip(grid, panels.items(), strict=True):
        for index, name in enumerate(names):
            y, label = columns[name], _named(name)
            ranges.append(f"{label} {_range(y)}")
            colour = COLOURS[index % len(COLOURS)]
            shown_x, shown_y = x, y
            if len(x) > _NOISY:
                # Thousands of noisy steps hide each other: pale behind their running mean.
                axes.plot(*envelope(x, y), color=colour, linewidth=0.6, alpha=0.25)
                window = len(x) // 100
                shown_x, shown_y = envelope(*_running_mean(x, y, window))
                label = f"{label}, mean of {window} {step}s"
            axes.plot(
                shown_x,
                shown_y,
                color=colour,
                linestyle=DASHES[index % len(DASHES)],
                marker="os^D"[index % 4] if len(x) <= 30 else None,
                markersize=4,
                label=label,
            )
        axes.set_ylabel(_named(names[0]) if len(names) == 1 else quantity.replace("_", " "))
        if len(names) > 1 or len(x) > _NOISY:
            axes.legend(loc="best")
    grid[-1].set_xlabel(f"{step} (number)")
    if len(x) == 1:
        grid[-1].set_xticks(x)
    else:
        grid[-1].xaxis.get_major_locator().set_params(integer=True)
    figure.align_ylabels()
    return Drawn(figure, title, f"By {step}: {'; '.join(ranges)}.")


def _named(column: str) -> str:
    """Name a column of a history for people.

    Examples
    --------
    >>> _named("loss"), _named("validation_loss")
    ('training loss', 'validation loss')
    """
    return f"{'training ' if column in _OF_TRAINING else ''}{column.replace('_', ' ')}"


def _running_mean(x: Array, y: Array, window: int) -> tuple[Array, Array]:
    """Mean of each stretch of `window` steps, placed at its middle; unmeasured steps left out."""
    measured_steps = ~np.isnan(y)
    total = np.convolve(np.where(measured_steps, y, 0), np.ones(window), "valid")
    measured = np.convolve(measured_steps, np.ones(window), "valid")
    mean = np.divide(total, measured, out=np.full(len(total), np.nan), where=measured > 0)
    first = (window - 1) // 2
    return x[first : first + len(mean)], mean


def _range(y: Array) -> str:
    measured = y[~np.isnan(y)]
    if not len(measured):
        return "was never measured"
    if len(measured) == 1:
        return f"is {measured[0]:.4g}"
    return (
        f"goes from {measured[0]:.4g} to {measured[-1]:.4g}, lowest {measured.min():.4g}, "
        f"highest {measured.max():.4g}"
    )
