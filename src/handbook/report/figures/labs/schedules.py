"""Four schedules, and the losses that one of them looks at."""

from __future__ import annotations

from handbook.report.figures.panels import label, lines, logarithmic
from handbook.report.figures.style import QUIET, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the rates by epoch."""
    title = "Step, exponential, plateau and warm-up"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    epochs = range(len(plot["losses"]))
    lines(left, {name: (epochs, rates) for name, rates in plot["rates"].items()})
    for line in left.lines:
        line.set_drawstyle("steps-post")
    logarithmic(left)
    label(left, "epoch", "learning rate", title="learning rates", legend="lower left")
    right.plot(epochs, plot["losses"], color=QUIET, marker=".")
    label(right, "epoch", "loss", title="the losses that the plateau looks at", ylim=(0, None))
    ends = "; ".join(
        f"{name} from {rates[0]:.3g} to {rates[-1]:.3g}" for name, rates in plot["rates"].items()
    )
    return Drawn(figure, title, f"Learning rates over {len(epochs)} epochs: {ends}.")
