"""A kernel on its way to the one that made the edges."""

from __future__ import annotations

from handbook.core.numbers import formatted, value
from handbook.report.figures.panels import label
from handbook.report.figures.style import COLOURS, DASHES, MAIN, QUIET, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the weights against the steps, and beside them the loss."""
    steps = range(len(plot["losses"]))
    last = [weights[-1] for weights in plot["weights"]]
    title = f"After {steps[-1]} steps: {_listed(last)}"
    figure = canvas(title, caption, 8.0, 3.9)
    left, right = figure.subplots(1, 2)
    looks = zip(plot["weights"], plot["wanted"], COLOURS, DASHES, ("o", "s"), strict=False)
    for index, (weights, wanted, colour, dashes, marker) in enumerate(looks):
        left.axhline(wanted, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
        left.plot(
            steps, weights, color=colour, linestyle=dashes, marker=marker, markersize=3.5,
            label=f"weight {index + 1}, wanted {value(wanted)}",
        )  # fmt: skip
    label(left, "step of gradient descent", "weight", title="kernel", legend="center right")
    right.plot(steps, plot["losses"], color=MAIN, marker="o", markersize=3.5)
    right.set_title("sum of squared errors", fontsize=9)
    label(right, "step of gradient descent", "loss (log scale)", yscale="log")
    right.yaxis.set_major_formatter("{x:g}")
    for axes in (left, right):
        axes.xaxis.get_major_locator().set_params(integer=True)
    first = [weights[0] for weights in plot["weights"]]
    description = (
        f"The kernel begins at random with {_listed(first)} and comes to {_listed(last)}; the "
        f"edges were made with {_listed(plot['wanted'])}. The sum of squared errors falls from "
        f"{plot['losses'][0]:.3g} to {plot['losses'][-1]:.7f}."
    )
    return Drawn(figure, title, description)


def _listed(weights: list[float]) -> str:
    return f"({', '.join(formatted(weight, '.4g') for weight in weights)})"
