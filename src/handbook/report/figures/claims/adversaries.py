"""The figures of claims on generative adversarial networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.report.figures.panels import label, logarithmic, panels
from handbook.report.figures.seeds import by_group, over
from handbook.report.figures.style import COLOURS, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = ["gan_mode_collapse", "gan_saturation", "gan_wasserstein"]

_NAMES = {"standard": "−log D", "saturating": "log(1 − D)", "wasserstein": "Wasserstein"}


def gan_saturation(plot: Plot, caption: str) -> Drawn:
    """Draw the slope of both losses over the discriminator's lead, and its answers."""
    ahead, slopes = plot["ahead"], plot["slopes"]
    ratio = [
        float(np.median(np.divide(slopes["standard"][i], slopes["saturating"][i]))) for i in (0, -1)
    ]
    title = (
        f"−log D is {ratio[0]:.2g} times as steep against an even discriminator, "
        f"{ratio[1]:,.0f} times when it is ahead"
    )
    figure, left, right = panels(title, caption, 9.2, 4.2, 2)
    for index, (loss, values) in enumerate(slopes.items()):
        over(left, ahead, values, look, index, f"the generator's loss is {_NAMES[loss]}")
    logarithmic(left)
    label(left, "updates of the discriminator alone", "length of the generator's gradient")
    left.legend(loc="best")
    over(right, ahead, plot["answers"], look, 0)
    label(right, "updates of the discriminator alone", "D of made points, on average")
    right.axhline(0.5, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    listing = "; ".join(
        f"{_NAMES[loss]} {', '.join(f'{np.mean(own):.3g}' for own in values)}"
        for loss, values in slopes.items()
    )
    return Drawn(figure, title, f"Mean slope after {listed(ahead)} updates: {listing}.")


def _ring(axes: Any, points: Any, plot: Plot, heading: str) -> None:
    """Draw made points over the centres of the modes."""
    axes.plot(*np.transpose(plot["centers"]), "o", color=QUIET, markersize=9, alpha=0.4)
    axes.plot(*np.transpose(points), ".", color=COLOURS[1], markersize=2)
    axes.set(xlim=(-1.7, 1.7), ylim=(-1.7, 1.7), aspect="equal", xticks=[], yticks=[])
    axes.set_title(heading, fontsize=8)


def _over_time(axes: Any, curves: Any, name: str, index: int, plot: Plot) -> None:
    """Draw the mean number of modes covered in the course of the trainings by one loss."""
    for position, (count, curve) in enumerate(zip(plot["updates"], curves, strict=True)):
        means = np.mean(curve, axis=1)
        steps = plot["every"] * np.arange(1, len(means) + 1)
        style = {"color": COLOURS[index], "linestyle": ("dotted", "solid")[position]}
        axes.plot(steps, means, label=f"{name}, {count}", **style)
    label(axes, "updates of the generator", "modes covered, mean of the seeds")
    axes.set_ylim(-0.4, plot["modes"] + 0.4)
    axes.legend(loc="best", title="loss, updates", title_fontsize=8, fontsize=7)


def gan_mode_collapse(plot: Plot, caption: str) -> Drawn:
    """Draw the modes covered over time and at the end, and points of the first seed."""
    updates, modes, losses = plot["updates"], plot["modes"], plot["losses"]
    covered = np.array(plot["covered"])  # (losses, updates, seeds)
    means = covered.mean(axis=2)
    title = f"Modes of {modes} covered with {updates[0]} and {updates[1]} updates: " + ", ".join(
        f"{own[0]:.1f} and {own[1]:.1f} by {_NAMES[loss]}"
        for loss, own in zip(losses, means, strict=True)
    )
    figure, over_time, left, *rings = panels(
        title, caption, 11.0, 3.7, 4, width_ratios=[1.3, 1.3, 1, 1]
    )
    for index, loss in enumerate(losses):
        _over_time(over_time, plot["curves"][index], _NAMES[loss], index, plot)
        groups = [f"{count} update{'s' * (count > 1)}" for count in updates]
        by_group(left, groups, covered[index].tolist(), index, _NAMES[loss], 0.3 * index - 0.15)
    label(left, "of the discriminator, for one of the generator", "modes covered at the end")
    left.set_ylim(-0.4, modes + 0.4)
    left.legend(loc="best")
    for own, count in zip(rings, updates, strict=True):
        _ring(own, plot["points"][f"{losses[0]}, {count}"], plot, f"first seed, updates: {count}")
    return Drawn(figure, title, f"{title}. A dot for each of {covered.shape[2]} seeds.")


def gan_wasserstein(plot: Plot, caption: str) -> Drawn:
    """Draw modes over time, drift, and points of the first seed, by loss and updates."""
    updates, modes = plot["updates"], plot["modes"]
    means = {loss: np.mean(values, axis=1) for loss, values in plot["covered"].items()}
    title = "Modes covered, standard and Wasserstein loss: " + ", ".join(
        f"{means['standard'][i]:.1f} and {means['wasserstein'][i]:.1f} with {count} "
        f"update{'s' * (count > 1)}"
        for i, count in enumerate(updates)
    )
    figure, *axes = panels(title, caption, 9.8, 4.0, 3, width_ratios=[1, 1, 1])
    groups = [f"{count} update{'s' * (count > 1)}" for count in updates]
    for index, loss in enumerate(plot["covered"]):
        _over_time(axes[0], plot["curves"][loss], _NAMES[loss], index, plot)
        shift = 0.3 * index - 0.15
        by_group(axes[1], groups, plot["covered"][loss], index, _NAMES[loss], shift)
        by_group(axes[2], groups, plot["drift"][loss], index, _NAMES[loss], shift)
    label(axes[1], "", "modes covered at the end", ylim=(-0.4, modes + 0.4))
    label(axes[2], "", "share of points that change modes")
    axes[1].legend(loc="best")
    drifts = ", ".join(
        f"{_NAMES[loss]} {', '.join(f'{np.mean(own):.3f}' for own in values)}"
        for loss, values in plot["drift"].items()
    )
    return Drawn(figure, title, f"{title}. Share of points that change modes: {drifts}.")
