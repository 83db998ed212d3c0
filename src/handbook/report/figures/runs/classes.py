"""Confusion matrix and calibration of a classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.report.figures.predictions import Predictions
from handbook.report.figures.style import (
    CHANCE,
    INK,
    MAIN,
    PAPER,
    QUIET,
    SHADES,
    Drawn,
    canvas,
    note,
    short,
)
from handbook.tasks.calibration import reliability
from handbook.tasks.shares import wilson

__all__ = ["calibration", "confusion"]

Array = npt.NDArray[Any]

# Above this many classes the numbers no longer fit into their cells.
_READABLE = 12


def confusion(predictions: Predictions, caption: str) -> Drawn:
    """Draw how often each class was taken for which, as counts and as shares of the true class."""
    from matplotlib.colors import LinearSegmentedColormap

    classes = predictions.classes
    n = len(classes)
    counts = np.zeros((n, n), dtype=np.int64)
    np.add.at(counts, (predictions.true.astype(int), predictions.predicted.astype(int)), 1)
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, rows, out=np.zeros((n, n)), where=rows > 0)
    right = int(np.trace(counts))
    title = f"Confusion matrix: {right:,} of {counts.sum():,} right"

    side = 4.0 if n <= 4 else min(9.0, 2.6 + 0.55 * n)
    figure = canvas(title, caption, side + 0.4, side + 0.2)
    axes = figure.add_subplot()
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    # Cells as shapes: an image inside the SVG would blur and grow.
    axes.pcolormesh(
        shares, cmap=LinearSegmentedColormap.from_list("shares", SHADES), vmin=0, vmax=1,
        edgecolors=PAPER, linewidth=1,
    )  # fmt: skip
    if n <= _READABLE:
        _write_cells(axes, counts, shares)
    middle = np.arange(n) + 0.5
    names = [short(name) for name in classes]
    slanted = n > 4 and max(map(len, names)) > 2
    axes.set_xticks(
        middle, names, rotation=40 if slanted else 0, ha="right" if slanted else "center"
    )
    axes.set_yticks(middle, names)
    axes.tick_params(length=0)
    axes.set(xlabel="predicted class", ylabel="true class", aspect="equal")
    axes.invert_yaxis()
    worst = _worst(classes, counts)
    description = (
        f"Rows are true classes, columns predicted ones; each cell gives the number of test rows "
        f"and its share of the true class. {_recalls(classes, counts)}{worst}"
    )
    return Drawn(figure, title, description)


def _write_cells(axes: Any, counts: Array, shares: Array) -> None:
    large = len(counts) <= 4
    for (row, column), count in np.ndenumerate(counts):
        middle = (column + 0.5, row + 0.5)
        if count == 0:
            axes.text(*middle, "0", ha="center", va="center", color=CHANCE, fontsize=7)
            continue
        colour = PAPER if shares[row, column] > 0.45 else INK
        gap = 2.0 if large else 1.2
        axes.annotate(
            f"{count:,}", middle, (0, gap), textcoords="offset points", ha="center", va="bottom",
            color=colour, fontsize=12 if large else 8,
        )  # fmt: skip
        axes.annotate(
            f"{shares[row, column]:.1%}", middle, (0, -gap), textcoords="offset points",
            ha="center", va="top", color=colour, fontsize=9 if large else 6.5,
        )  # fmt: skip


def _recalls(classes: tuple[str, ...], counts: Array) -> str:
    recalls = [
        f"{name} {counts[code, code] / counts[code].sum():.1%}"
        if counts[code].sum()
        else f"{name} has no test row"
        for code, name in enumerate(classes)
    ]
    return f"Found of each class: {', '.join(recalls)}."


def _worst(classes: tuple[str, ...], counts: Array) -> str:
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return " No row is wrong."
    true, predicted = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    return (
        f" The most frequent error: {classes[true]} taken for {classes[predicted]}, "
        f"{wrong[true, predicted]:,} times."
    )


def calibration(predictions: Predictions, caption: str) -> Drawn:
    """Draw the observed share against the predicted probability, in ten bins of as many rows.

    Of the positive class where there are two, of the predicted class where there are more. Bars
    are 95 % Wilson intervals; the expected calibration error weights each bin by its rows.

    References
    ----------
    Guo et al. (2017), On calibration of modern neural networks; Wilson (1927). See also
    :func:`handbook.tasks.calibration.reliability`.
    """
    p = predictions.probabilities
    if p is None:
        reason = "the model gives no probabilities"
        if predictions.scores is not None:
            reason = "the model gives scores, not probabilities"
        return note("Calibration: undefined", reason, caption)
    if not len(p):
        return note("Calibration: undefined", "there are no test rows", caption)
    if len(predictions.classes) == 2:
        sure, happened = p[:, 1], predictions.true == 1
        quantity, seen = f"probability of “{short(predictions.classes[1])}”", "share that is"
    else:
        sure, happened = p.max(axis=1), predictions.true == p.argmax(axis=1)
        quantity, seen = "probability of the likeliest class", "share that is right"
    bins = reliability(sure, happened)
    promised, observed, rows = bins.promised, bins.observed, bins.rows
    ends = np.array([wilson(*of_bin) for of_bin in zip(bins.happened, rows, strict=True)])
    # At a share of 0 or 1 rounding may put the end a hair inside the point.
    reach = np.maximum([observed - ends[:, 0], ends[:, 1] - observed], 0)

    title = f"Calibration: expected error {bins.error:.4f}"
    figure = canvas(title, caption, 4.4, 4.8)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[3.4, 1])
    axes.plot([0, 1], [0, 1], color=CHANCE, linestyle=(0, (4, 3)), linewidth=1, label="as promised")
    axes.errorbar(
        promised, observed, reach, fmt="o-", color=MAIN, markersize=4,
        capsize=3, linewidth=1.2, label="as observed, with 95 % intervals", clip_on=False,
    )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel=f"{seen} (observed)")
    figure.legend(loc="outside lower center", ncols=2)  # inside, it would lie over some interval
    below.vlines(promised, 0, rows, color=QUIET, linewidth=3, clip_on=False)
    below.set(xlabel=f"{quantity} (predicted)", ylabel="test rows", ylim=(0, 1.08 * rows.max()))
    below.grid(visible=False, axis="x")
    below.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    most = int(np.argmax(rows * np.abs(promised - observed)))
    each = "; ".join(
        f"{mean:.3f}: {share:.3f} [{low:.3f}, {high:.3f}] of {n:,}"
        for mean, share, (low, high), n in zip(promised, observed, ends, rows, strict=True)
    )
    description = (
        f"Observed share against predicted {quantity}, in bins between its quantiles. Expected "
        f"calibration error {bins.error:.4f}; a model that is right about every probability would "
        f"have some {_by_chance(promised, rows):.4f} by chance. Most of it: where "
        f"{promised[most]:.2f} is predicted, {observed[most]:.2f} is observed ({rows[most]:,} "
        f"rows). Each bin, with its 95 % Wilson interval and its rows: {each}."
    )
    return Drawn(figure, title, description)


def _by_chance(promised: Array, rows: Array) -> float:
    """Return the calibration error that is left where every probability holds.

    The observed share of n rows then lies around p with deviation sqrt(p (1 - p) / n), and the
    mean distance of a normal variable is sqrt(2 / pi) deviations.
    """
    distance = np.sqrt(2 / np.pi * promised * (1 - promised) / rows)
    return float(np.sum(rows * distance) / rows.sum())
