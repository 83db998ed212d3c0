"""Radius, learning rate and influence in the course of a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.report.figures.style import COLOURS, DASHES, MAIN, MARK, Drawn, canvas

__all__ = ["draw"]

_MARKERS = ("o", "s", "^", "D")


def draw(plot: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the falls, and beside them the influence over distance at some steps."""
    times, radius, rate, at = plot["times"], plot["radius"], plot["rate"], plot["at"]
    title = "Radius and rate fall alike; the winner’s influence narrows"
    figure = canvas(title, caption, 8.4, 3.9)
    first, second, third = figure.subplots(1, 3, width_ratios=(1, 1, 1.3))
    first.plot(times, radius, color=MAIN)
    first.set(xlabel="step t", ylabel="radius sigma(t), in nodes", ylim=(0, None))
    first.set_title("radius", fontsize=9)
    second.plot(times, rate, color=MARK)
    second.set(xlabel="step t", ylabel="learning rate L(t)", ylim=(0, None))
    second.set_title("learning rate", fontsize=9)
    for step, influence, colour, dashes, marker in zip(
        at, plot["influence"], COLOURS, DASHES, _MARKERS, strict=False
    ):
        third.plot(
            plot["distance"], influence, color=colour, linestyle=dashes, marker=marker,
            markersize=3, label=f"step {step}",
        )  # fmt: skip
    third.set(xlabel="distance from the winner, in nodes", ylabel="influence", ylim=(0, 1.03))
    third.set_title("influence", fontsize=9)
    figure.legend(*third.get_legend_handles_labels(), loc="outside lower right", ncols=len(at))
    beside = plot["distance"].index(2)
    said = ", ".join(
        f"{one[beside]:.2f} at step {step}" for step, one in zip(at, plot["influence"], strict=True)
    )
    return Drawn(
        figure,
        title,
        f"In {times[-1]:g} steps the radius falls from {radius[0]:g} to {radius[-1]:.3g} nodes and "
        f"the learning rate from {rate[0]:g} to {rate[-1]:.3g}, both exponentially. The winner’s "
        f"influence on a node two places away is {said}.",
    )
