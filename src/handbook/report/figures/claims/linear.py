"""The figures of claims on linear models."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, logarithmic, panels
from handbook.report.figures.seeds import by_group, over
from handbook.report.figures.style import COLOURS, MARKERS, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = ["lasso_selects", "least_squares_outliers", "ridge_collinear"]


def lasso_selects(plot: Plot, caption: str) -> Drawn:
    """Draw R² on other rows over the useless columns, and the shares of coefficients at 0."""
    useless, scores = plot["useless"], plot["scores"]
    zeros = {name: np.array(values) for name, values in plot["zeros"].items()}
    kept = zeros["lasso"].mean(axis=2)
    ends = {name: np.mean(values[-1]) for name, values in scores.items()}
    title = (
        f"Of {useless[-1]} useless columns lasso drops {kept[1, -1]:.0%}: R² {ends['lasso']:.2f}, "
        f"least squares {ends['least squares']:.2f}, ridge {ends['ridge']:.2f}"
    ).replace("-", "−")
    figure, left, right = panels(title, caption, 9.2, 4.2, 2)
    for index, (name, values) in enumerate(scores.items()):
        over(left, useless, values, look, index, name)
    label(left, "useless columns", "R² on other rows", legend="lower left")
    groups = [str(count) for count in useless]
    by_group(right, groups, zeros["lasso"][1].tolist(), 1, "useless columns", 0.12)
    by_group(right, groups, zeros["lasso"][0].tolist(), 0, "the data's own columns", -0.12)
    label(right, "useless columns", "share with a coefficient of 0", ylim=(-0.05, 1.05))
    right.set_title("lasso; ridge and least squares have none", fontsize=9)
    right.legend(loc="best")
    listing = "; ".join(
        f"{name} {', '.join(f'{np.mean(own):.3f}' for own in values)}"
        for name, values in scores.items()
    )
    return Drawn(
        figure,
        title,
        f"Mean R² with {listed(useless)} useless columns: {listing}.".replace("-", "−"),
    )


def ridge_collinear(plot: Plot, caption: str) -> Drawn:
    """Draw the pairs of coefficients of one seed, and spread and R² of all."""
    sizes, spreads, scores = plot["sizes"], plot["spreads"], plot["scores"]
    means = {name: np.mean(values, axis=1) for name, values in spreads.items()}
    title = (
        f"From {sizes[0]} rows the twins' coefficients spread by {means['least squares'][0]:.2f} "
        f"with least squares, by {means['ridge'][0]:.2f} with ridge"
    )
    figure, left, middle, right = panels(title, caption, 9.8, 4.2, 3)
    for index, (name, pairs) in enumerate(plot["shown"].items()):
        style = {"color": COLOURS[1 - index], "markersize": 4, "alpha": 0.7}
        left.plot(*np.transpose(pairs), MARKERS[1 - index], label=name, **style)
    label(left, "coefficient of the column", "coefficient of its twin")
    left.set_title(f"one seed, {sizes[0]} rows, a mark a sample", fontsize=9)
    left.legend(loc="best")
    groups = [f"{size} rows" for size in sizes]
    for index, name in enumerate(spreads):
        shift = 0.24 * index - 0.12
        by_group(middle, groups, spreads[name], 1 - index, name, shift)
        by_group(right, groups, scores[name], 1 - index, name, shift)
    label(middle, "", "spread of the coefficients")
    logarithmic(middle)
    label(right, "", "R² on other rows")
    listing = "; ".join(
        f"{name} {', '.join(f'{np.mean(own):.3f}' for own in values)}"
        for name, values in scores.items()
    )
    return Drawn(
        figure, title,
        f"{title}. Mean R² on other rows from {listed(sizes)} rows: {listing}.".replace("-", "−"),
    )  # fmt: skip


def least_squares_outliers(plot: Plot, caption: str) -> Drawn:
    """Draw how far predictions move over how far one target does."""
    sizes, by, far = plot["sizes"], plot["by"], plot["far"]
    ends = {name: [np.mean(own[-1]) for own in values] for name, values in far.items()}
    title = f"One target moved by {by[-1]:g} deviations moves the line by " + ", ".join(
        f"{value:.2f} ({size} rows)"
        for size, value in zip(sizes, ends["least squares"], strict=True)
    )
    figure, *axes = panels(title, caption, 9.6, 4.2, len(sizes), sharey=True)
    for own, size, number in zip(axes, sizes, range(len(sizes)), strict=True):
        for index, (name, values) in enumerate(far.items()):
            over(own, by, values[number], look, 1 - index, name)
        own.axhline(0, color=QUIET, linewidth=0.8)
        label(own, "deviations a target moves", title=f"{size} rows")
    axes[0].set_ylabel("mean move of predictions, in deviations")
    axes[-1].legend(loc="upper left")
    listing = "; ".join(
        f"{name} {', '.join(f'{value:.3f}' for value in values)}" for name, values in ends.items()
    )
    return Drawn(figure, title, f"Moves of predictions from {listed(sizes)} rows: {listing}.")
