"""The figures of claims on networks of radial basis functions."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, logarithmic, panels
from handbook.report.figures.seeds import by_group
from handbook.report.figures.style import COLOURS, DASHES, INK, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = ["rbf_against_perceptron", "rbf_convergence", "rbf_width"]


def rbf_width(plot: Plot, caption: str) -> Drawn:
    """Draw three fits of one seed, and the error over sigma for each penalty."""
    scales, errors = plot["scales"], np.median(plot["errors"], axis=2)
    at = [scales.index(scale) for scale in plot["shown_at"]]
    title = "Median error by sigma, as a multiple of the rule's: " + ", ".join(
        f"{errors[0][i]:.2f} at {scales[i]:g}" for i in at
    )
    figure, left, right = panels(title, caption, 9.4, 4.4, 2)
    left.plot(plot["grid"], plot["truth"], color=INK, linewidth=1, label="the sine")
    left.plot(*plot["points"], "o", color=QUIET, markersize=3)
    for index, (scale, fit) in enumerate(zip(plot["shown_at"], plot["shown"], strict=True)):
        left.plot(plot["grid"], fit, label=f"sigma times {scale:g}", **look(index))
    label(left, "x", "y", title="one seed, no penalty", legend="upper right", ylim=(-2.5, 3.5))
    for index, (ridge, values) in enumerate(zip(plot["ridges"], plot["errors"], strict=True)):
        name = f"penalty {ridge:g}" if ridge else "no penalty"
        style = look(index)
        right.plot(scales, errors[index], label=name, **style)
        for scale, own in zip(scales, values, strict=True):
            right.plot([scale] * len(own), own, ".", color=style["color"], markersize=3, alpha=0.5)
    right.axvline(1, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    logarithmic(right, "x")
    logarithmic(right)
    label(right, "sigma, as a multiple of the rule's", "error from the sine", legend="best")
    right.set_title("line: median of the seeds", fontsize=9)
    listing = "; ".join(
        f"penalty {ridge:g}: {', '.join(f'{value:.3f}' for value in values)}"
        for ridge, values in zip(plot["ridges"], errors, strict=True)
    )
    return Drawn(figure, title, f"Median error, sigma times {listed(scales)}: {listing}.")


def rbf_convergence(plot: Plot, caption: str) -> Drawn:
    """Draw the error over passes, and the passes that each needs."""
    counts = {name: float(np.median(values)) for name, values in plot["counts"].items()}
    title = "Passes over the rows, in the middle: " + ", ".join(
        f"{name} {value:,.0f}" for name, value in counts.items()
    )
    figure, left, right = panels(title, caption, 9.2, 4.2, 2)
    for index, (name, curves) in enumerate(plot["curves"].items()):
        for number, curve in enumerate(curves):
            left.plot(
                plot["shown"], curve, color=COLOURS[index], linestyle=DASHES[index], linewidth=0.9,
                alpha=0.7, label=name if number == 0 else None,
            )  # fmt: skip
    left.axhline(plot["target"], color=INK, linewidth=0.8, label="near that of the noise")
    logarithmic(left, "x")
    logarithmic(left)
    label(left, "passes over the rows", "half the mean squared error", legend="best")
    by_group(right, list(plot["counts"]), list(plot["counts"].values()))
    right.axhline(plot["most"], color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    logarithmic(right)
    label(right, "", "passes until it is there")
    right.set_title(f"dotted: not within {plot['most']:,}", fontsize=9)
    return Drawn(figure, title, f"{title}. {plot['most']:,} stands for not there by then.")


def rbf_against_perceptron(plot: Plot, caption: str) -> Drawn:
    """Draw the error of both networks in each case, seeds joined by a line."""
    errors = plot["errors"]
    means = {
        case: {name: float(np.median(values)) for name, values in own.items()}
        for case, own in errors.items()
    }
    title = "Median error, RBF network and perceptron: " + "; ".join(
        f"{own['RBF network']:.2f} and {own['perceptron']:.2f}" for own in means.values()
    )
    figure, *axes = panels(title, caption, 9.6, 4.2, len(errors), sharey=True)
    for own, (case, values) in zip(axes, errors.items(), strict=True):
        pairs = list(values.values())
        own.plot([0, 1], np.array(pairs), color=QUIET, linewidth=0.6, alpha=0.5)
        by_group(own, list(values), pairs)
        label(own, title=plot["cases"][case])
    logarithmic(axes[0])
    axes[0].set_ylabel("error from the sine")
    listing = "; ".join(
        f"{plot['cases'][case]}: {', '.join(f'{name} {value:.3f}' for name, value in own.items())}"
        for case, own in means.items()
    )
    return Drawn(figure, title, f"Median error. {listing[0].upper() + listing[1:]}.")
