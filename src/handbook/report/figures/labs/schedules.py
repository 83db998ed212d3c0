"""Four schedules, and the losses that one of them looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.report.figures.panels import lines, logarithmic
from handbook.report.figures.style import QUIET, Drawn, canvas

__all__ = ["draw"]


def draw(plot: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the rates by epoch."""
    title = "Step, exponential, plateau and warm-up"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    epochs = range(len(plot["losses"]))
    lines(left, {name: (epochs, rates) for name, rates in plot["rates"].items()})
    for line in left.lines:
        line.set_drawstyle("steps-post")
    logarithmic(left)
    left.set_title("learning rates", fontsize=9)
    left.set(xlabel="epoch", ylabel="learning rate")
    left.legend(loc="lower left")
    right.plot(epochs, plot["losses"], color=QUIET, marker=".")
    right.set_title("the losses that the plateau looks at", fontsize=9)
    right.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
    said = "; ".join(
        f"{name} from {rates[0]:.3g} to {rates[-1]:.3g}" for name, rates in plot["rates"].items()
    )
    return Drawn(figure, title, f"Learning rates over {len(epochs)} epochs: {said}.")
