"""The figures of claims on self-organizing maps."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, logarithmic, marked, panels
from handbook.report.figures.seeds import over
from handbook.report.figures.style import COLOURS, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = ["som_radius_scale", "som_radius_size", "som_topology"]


def som_topology(plot: Plot, caption: str) -> Drawn:
    """Draw the measures over sigma, and two maps of one seed."""
    sigmas, wrong, close = plot["sigmas"], plot["wrong"], plot["close"]
    title = (
        f"Best nodes that are no neighbours: {np.mean(wrong[0]):.0%} of rows without a "
        f"neighbourhood, {np.mean(wrong[-1]):.0%} with sigma from {sigmas[-1]:g}"
    )
    figure, left, *maps = panels(title, caption, 9.8, 3.9, 3, width_ratios=[1.5, 1, 1])
    over(left, sigmas, wrong, look, 0, "rows whose best nodes are no neighbours")
    over(left, sigmas, close, look, 1, "how much nearer neighbours are")
    logarithmic(left, "x")
    label(left, "sigma at the start", "share", legend="best")
    highest = float(np.max(plot["shown"]))
    for own, values, sigma in zip(maps, plot["shown"], (sigmas[0], sigmas[-1]), strict=True):
        own.imshow(values, cmap="Greys", vmin=0, vmax=highest, interpolation="nearest")
        own.set(xticks=[], yticks=[])
        own.grid(False)
        own.set_title(f"distance to neighbours, sigma {sigma:g}", fontsize=8)
    return Drawn(
        figure, title,
        f"By sigma, {listed(sigmas)}: share of rows whose two best nodes are no neighbours "
        f"{', '.join(f'{np.mean(own):.3f}' for own in wrong)}; how much nearer neighbours' weights "
        f"are than any two nodes' {', '.join(f'{np.mean(own):.3f}' for own in close)}.",
    )  # fmt: skip


def som_radius_scale(plot: Plot, caption: str) -> Drawn:
    """Draw the way along the map, as a multiple of its least, over sigma for each scale."""
    sigmas = plot["sigmas"]
    ways = {name: np.array(values) for name, values in plot["ways"].items()}
    best = {name: sigmas[int(np.argmin(values.mean(axis=1)))] for name, values in ways.items()}
    title = "Best sigma of those tried: " + "; ".join(
        f"{sigma:g} {name}" for name, sigma in best.items()
    )
    figure, left, right = panels(title, caption, 9.4, 4.2, 2)
    for index, (name, values) in enumerate(ways.items()):
        over(left, sigmas, (values / values.mean(axis=1).min()).tolist(), look, index, name)
        over(right, sigmas, plot["wrong"][name], look, index, name)
    for index, sigma in enumerate(plot["book"].values()):
        left.axvline(sigma, color=COLOURS[index], linewidth=0.8, linestyle=(0, (1, 2)))
    label(left, "sigma at the start, in nodes", "way along the map, least = 1", legend="best")
    left.set_title("dotted: the book's sigma for each scale", fontsize=9)
    label(right, "sigma at the start, in nodes", "rows whose best nodes are no neighbours")
    for axes in (left, right):
        logarithmic(axes, "x")
    listing = "; ".join(
        f"{name}: {', '.join(f'{value:.3f}' for value in values.mean(axis=1))}"
        for name, values in ways.items()
    )
    return Drawn(figure, title, f"Way along the map by sigma, {listed(sigmas)}. {listing}.")


def som_radius_size(plot: Plot, caption: str) -> Drawn:
    """Draw the way along the map and the quantisation error over sigma, for each size."""
    sides, shares = plot["sides"], plot["shares"]
    rule = shares.index(plot["rule"])
    ways = np.mean(plot["ways"], axis=2)
    title = f"Way along the map, sigma {shares[0]:g} and {plot['rule']:g} sides: " + ", ".join(
        f"{own[0]:.1f} and {own[rule]:.1f} (side {side})"
        for side, own in zip(sides, ways, strict=True)
    )
    figure, *axes = panels(title, caption, 9.8, 4.2, 3)
    measures = (
        ("ways", "way along the map"),
        ("wrong", "rows whose best nodes are no neighbours"),
        ("coarse", "distance to the best node"),
    )
    for own, (key, name) in zip(axes, measures, strict=True):
        for index, side in enumerate(sides):
            over(own, shares, plot[key][index], marked, index, f"{side} by {side}")
        own.axvline(plot["rule"], color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
        label(own, "sigma at the start, in sides", name)
    axes[0].legend(loc="best")
    listing = "; ".join(
        f"{side} by {side}: {', '.join(f'{value:.3f}' for value in own)}"
        for side, own in zip(sides, ways, strict=True)
    )
    return Drawn(figure, title, f"Way along the map by sigma, {listed(shares)} sides. {listing}.")
