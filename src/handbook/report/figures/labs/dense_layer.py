"""Weighted sums and what the sigmoid makes of them."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label
from handbook.report.figures.style import COLOURS, INK, Drawn, Plot, canvas

__all__ = ["draw"]

_SHOWN = 20  # samples on the curve, where more would hide it
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw each sample's output over its weighted sum, and beside it by unit."""
    outputs = np.array(plot["outputs"])
    units, samples = outputs.shape
    inputs = len(plot["weights"][0])
    low, high = (float((outputs < 0.1).mean()), float((outputs > 0.9).mean()))
    title = f"{low + high:.0%} of the outputs lie in the flat ends of the sigmoid"
    figure = canvas(title, caption, 8.0, 4.0)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.4, 1))
    reach = np.abs(np.array(plot["sums"])).max()
    curve = np.linspace(-reach, reach, 101)
    left.plot(curve, 1 / (1 + np.exp(-curve)), color=INK, linewidth=0.8)
    for unit, (sums, values) in enumerate(zip(plot["sums"], plot["outputs"], strict=True)):
        look = {
            "color": COLOURS[unit % len(COLOURS)],
            "marker": _MARKERS[unit % len(_MARKERS)],
            "linestyle": "none",
            "markersize": 3,
        }
        left.plot(sums[:_SHOWN], values[:_SHOWN], **look)
        # side by side in a fixed order, so that equal outputs do not hide each other
        right.plot(unit + 1 + 0.5 * (np.arange(samples) / samples - 0.5), values, **look)
    left.set_title(f"on the curve of the sigmoid, {min(_SHOWN, samples)} samples", fontsize=9)
    label(left, "weighted sum of the inputs, plus bias", "output")
    label(right, "unit", title=f"by unit, all {samples} samples", xticks=range(1, units + 1))
    means = ", ".join(f"{unit} {mean:.2f}" for unit, mean in enumerate(outputs.mean(axis=1), 1))
    description = (
        f"{samples} samples of {inputs} inputs and {units} units. Of all outputs {low:.0%} are "
        f"below 0.1 and {high:.0%} above 0.9, where the sigmoid is flat and little is learnt. "
        f"Mean output by unit: {means}."
    )
    return Drawn(figure, title, description)
