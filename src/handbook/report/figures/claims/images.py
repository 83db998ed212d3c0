"""The figures of claims on convolutional networks."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, panels
from handbook.report.figures.seeds import by_group, over
from handbook.report.figures.style import Drawn, Plot, look

__all__ = ["convolution_bias", "tolerance_of_shifts"]


def tolerance_of_shifts(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy over the pixels by which digits are moved."""
    scores, shifts = plot["scores"], plot["shifts"]
    means = {name: [float(np.mean(own)) for own in values] for name, values in scores.items()}
    title = f"Moved by {shifts[2]} pixels: " + ", ".join(
        f"{name} {means[name][2]:.2f}" for name in ("no pooling", "max pooling", "mean pooling")
    )
    figure, axes = panels(title, caption, 7.0, 4.6)
    for index, (name, values) in enumerate(scores.items()):
        over(axes, shifts, values, look, index, name)
    label(axes, "pixels by which digits are moved", "accuracy", legend="best", ylim=(0, 1))
    description = (
        "Accuracy by pixels moved, "
        + ", ".join(map(str, shifts))
        + ": "
        + "; ".join(f"{name} {', '.join(f'{v:.3f}' for v in own)}" for name, own in means.items())
        + "."
    )
    return Drawn(figure, title, description)


def convolution_bias(plot: Plot, caption: str) -> Drawn:
    """Draw the accuracy of both networks, pixels in place and shuffled, by rows."""
    scores, counts = plot["scores"], plot["weights"]
    title = ", ".join(f"{name}: {count:,} weights" for name, count in counts.items())
    figure, *every = panels(title, caption, 8.4, 4.2, 2, sharey=True)
    for axes, places in zip(every, ("in place", "shuffled"), strict=True):
        for index, name in enumerate(counts):
            groups = [f"{rows} rows" for rows in plot["rows"]]
            values = [scores[f"{name}, {places}, {rows} rows"] for rows in plot["rows"]]
            by_group(axes, groups, values, index, name, 0.24 * index - 0.12)
        label(axes, "", "accuracy on garments held out", title=f"pixels {places}", legend="best")
    means = ", ".join(f"{name} {float(np.mean(own)):.3f}" for name, own in scores.items())
    return Drawn(figure, title, f"Accuracy on garments held out: {means}.")
