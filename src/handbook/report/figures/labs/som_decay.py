"""Radius, learning rate and influence in the course of a training."""

from __future__ import annotations

from handbook.report.figures.panels import label
from handbook.report.figures.style import COLOURS, DASHES, MAIN, MARK, Drawn, Plot, canvas

__all__ = ["draw"]

_MARKERS = ("o", "s", "^", "D")


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the falls, and beside them the influence over distance at some steps."""
    times, radius, rate, at = plot["times"], plot["radius"], plot["rate"], plot["at"]
    title = "Radius and rate fall alike; the winner’s influence narrows"
    figure = canvas(title, caption, 8.4, 3.9)
    first, second, third = figure.subplots(1, 3, width_ratios=(1, 1, 1.3))
    first.plot(times, radius, color=MAIN)
    label(first, "step t", "radius sigma(t), in nodes", title="radius", ylim=(0, None))
    second.plot(times, rate, color=MARK)
    label(second, "step t", "learning rate L(t)", title="learning rate", ylim=(0, None))
    for step, influence, colour, dashes, marker in zip(
        at, plot["influence"], COLOURS, DASHES, _MARKERS, strict=False
    ):
        third.plot(
            plot["distance"], influence, color=colour, linestyle=dashes, marker=marker,
            markersize=3, label=f"step {step}",
        )  # fmt: skip
    label(
        third, "distance from the winner, in nodes", "influence", title="influence", ylim=(0, 1.03)
    )
    figure.legend(*third.get_legend_handles_labels(), loc="outside lower right", ncols=len(at))
    beside = plot["distance"].index(2)
    influences = ", ".join(
        f"{influence[beside]:.2f} at step {step}"
        for step, influence in zip(at, plot["influence"], strict=True)
    )
    description = (
        f"In {times[-1]:g} steps the radius falls from {radius[0]:g} to {radius[-1]:.3g} nodes and "
        f"the learning rate from {rate[0]:g} to {rate[-1]:.3g}, both exponentially. The winner’s "
        f"influence on a node two places away is {influences}."
    )
    return Drawn(figure, title, description)
