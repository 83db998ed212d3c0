"""The figures of claims on descent."""

from __future__ import annotations

import numpy as np

from handbook.core.numbers import listed
from handbook.report.figures.panels import label, panels
from handbook.report.figures.seeds import by_group
from handbook.report.figures.style import INK, MAIN, QUIET, Drawn, Plot

__all__ = ["escape_local_minima"]


def escape_local_minima(plot: Plot, caption: str) -> Drawn:
    """Draw the two valleys, and the share of descents that reach the deep one."""
    noise = [float(np.mean(values)) for values in plot["by_noise"]]
    heavy = [float(np.mean(values)) for values in plot["by_momentum"]]
    title = (
        f"Into the deep valley: plain {noise[0]:.0%}, noise up to {max(noise):.0%}, "
        f"momentum up to {max(heavy):.0%}"
    )
    figure, left, middle, right = panels(title, caption, 9.6, 4.0, 3)
    left.plot(plot["x"], plot["y"], color=MAIN)
    left.axvspan(plot["x"][0], plot["top"][0], color=QUIET, alpha=0.15)
    left.plot(*plot["top"], "o", color=INK, markersize=5)
    label(left, "x", "x cos(πx)", title="starts: anywhere in grey")
    by_group(middle, [f"{level:g}" for level in plot["noises"]], plot["by_noise"])
    label(
        middle, "spread of the samples' slopes", "share that ends in the deep valley",
        title="one sample a step", ylim=(-0.05, 1.05),
    )  # fmt: skip
    by_group(right, [f"{level:g}" for level in plot["momenta"]], plot["by_momentum"], 1)
    label(right, "momentum", "", ylim=(-0.05, 1.05), title="momentum")
    description = (
        f"Shares of descents that end in the deep valley, a dot for each seed. By the spread of "
        f"samples' slopes, {listed(plot['noises'])}: {', '.join(f'{v:.3f}' for v in noise)}. By "
        f"momentum, {listed(plot['momenta'])}: {', '.join(f'{v:.3f}' for v in heavy)}."
    )
    return Drawn(figure, title, description)
