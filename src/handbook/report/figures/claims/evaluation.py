"""The figures of claims on how models are measured."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, panels
from handbook.report.figures.seeds import by_group, over
from handbook.report.figures.style import COLOURS, INK, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = [
    "adjusted_r_squared",
    "cross_validation_steadier",
    "r_squared_range",
    "squared_error_outliers",
]


def cross_validation_steadier(plot: Plot, caption: str) -> Drawn:
    """Draw all estimates of each seed, with R² on the rows left out."""
    spread, off = (np.mean(plot[name], axis=1) for name in ("spreads", "off"))
    title = (
        f"One split errs by {off[0]:.3f} in R², {plot['folds']} folds by {off[1]:.3f}; split "
        f"again, they change by {spread[0]:.3f} and {spread[1]:.3f}"
    )
    figure, left, right = panels(title, caption, 9.6, 4.4, 2, width_ratios=[2.4, 1])
    order = np.argsort(plot["truth"])
    for at, seed in enumerate(order):
        for index, name in enumerate(("single", "crossed")):
            values = plot[name][seed]
            left.plot(
                [at + 0.3 * index - 0.15] * len(values), values, ".", color=COLOURS[1 - index],
                markersize=3, alpha=0.6,
                label=("one split", f"mean of {plot['folds']} folds")[index] if at == 0 else None,
            )  # fmt: skip
        left.plot(
            [at - 0.35, at + 0.35], [plot["truth"][seed]] * 2, color=INK, linewidth=1.4,
            label="R² on the rows left out" if at == 0 else None,
        )  # fmt: skip
    label(
        left,
        "rows drawn, by seed",
        "R²",
        title="estimates from the same rows, split again",
        legend="lower right",
    )
    left.set_xticks([])
    by_group(right, ["one split", "folds"], plot["off"])
    label(right, "", "error of the estimate", ylim=(0, None), title="against the rows left out")
    return Drawn(figure, title, f"{title}. Means over {len(order)} seeds, each drawn by itself.")


def adjusted_r_squared(plot: Plot, caption: str) -> Drawn:
    """Draw the three R² over the number of useless columns, and who prefers the model without."""
    useless, means, prefers = plot["useless"], np.array(plot["means"]), plot["prefers"]
    fair = np.mean(prefers["adjusted R²"], axis=1)
    counts = [i for i, count in enumerate(useless) if count]
    title = (
        f"Adjusted R² prefers the model without useless columns in {fair[counts[0]]:.0%} "
        f"({useless[counts[0]]} of them) to {fair[counts[-1]]:.0%} ({useless[counts[-1]]}) of draws"
    )
    figure, left, right = panels(title, caption, 9.2, 4.2, 2)
    for index, name in enumerate(prefers):
        over(left, useless, means[:, index].tolist(), look, index, name)
        kept = [prefers[name][i] for i in counts]
        by_group(right, [str(useless[i]) for i in counts], kept, index, name, 0.25 * (index - 1))
    label(left, "useless columns", "R²", legend="best", title="means over draws")
    label(right, "useless columns", "share of draws", ylim=(-0.05, 1.05), legend="center right")
    right.set_title("how often the model without them is preferred", fontsize=9)
    listing = "; ".join(
        f"{name} {', '.join(f'{value:.2f}' for value in np.mean(values, axis=1)[counts])}"
        for name, values in prefers.items()
    )
    return Drawn(
        figure, title,
        f"Share of draws that prefer the model without {listed([useless[i] for i in counts])} "
        f"useless columns: {listing}.",
    )  # fmt: skip


def r_squared_range(plot: Plot, caption: str) -> Drawn:
    """Draw every value, of columns that matter and of columns that do not."""
    kinds = {kind: np.array(values) for kind, values in plot["kinds"].items()}
    useless = kinds["columns that do not"].reshape(-1, len(plot["names"]))
    below = (useless < -1e-12).mean(axis=0)
    title = "Below 0 where no column matters: " + ", ".join(
        f"{share:.0%} of {name}" for name, share in zip(plot["names"], below, strict=True)
    )
    figure, *axes = panels(title, caption, 9.2, 4.2, 2, sharey=True)
    for own, (kind, values) in zip(axes, kinds.items(), strict=True):
        flat = values.reshape(-1, values.shape[-1]).T
        own.axhspan(0, 1, color=QUIET, alpha=0.12)
        by_group(own, plot["names"], flat.tolist(), 0 if kind == "columns that matter" else 1)
        label(own, title=f"{kind}; grey: from 0 to 1")
        own.tick_params("x", labelsize=7.5)
    axes[0].set_ylabel("value")
    lows = ", ".join(
        f"{name} {low:.3f} to {high:.3f}"
        for name, low, high in zip(
            plot["names"], useless.min(axis=0), useless.max(axis=0), strict=True
        )
    )
    return Drawn(figure, title, f"{title}. Values there: {lows}.".replace("-", "−"))


def squared_error_outliers(plot: Plot, caption: str) -> Drawn:
    """Draw the growth of both metrics over the step of one target."""
    by, grown = plot["by"], plot["grown"]
    ends = [np.mean(values[-1]) for values in grown]
    title = f"One target moved by {by[-1]:g} deviations: MSE {ends[0]:+.0%}, MAE {ends[1]:+.0%}"
    figure, axes = panels(title, caption, 8.0, 4.2)
    for index, name in enumerate(("mean squared error", "mean absolute error")):
        over(axes, by, grown[index], look, 1 - index, name)
    label(axes, "standard deviations by which one target moves", "growth of the metric")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.legend(loc="upper left")
    listing = "; ".join(
        f"{name} {', '.join(f'{np.mean(own):.3f}' for own in values)}"
        for name, values in zip(("MSE", "MAE"), grown, strict=True)
    )
    return Drawn(figure, title, f"Mean growth, as a share, moved by {listed(by)}: {listing}.")
