"""The figures of claims on descent."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, logarithmic, panels
from handbook.report.figures.seeds import by_group, over
from handbook.report.figures.style import INK, MAIN, MARK, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = [
    "adagrad_sparse",
    "critical_rate",
    "escape_local_minima",
    "exploding_gradients",
]


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


def critical_rate(plot: Plot, caption: str) -> Drawn:
    """Draw the critical rates against 2/λ, and the steps needed at shares of that."""
    ratios = np.divide(plot["found"], plot["exact"])
    means = [float(np.mean(own)) for own in plot["steps"]]
    title = f"Descent diverges from {ratios.mean():.3f} times 2/λ on, and crawls far below it"
    figure, left, right = panels(title, caption, 8.0, 4.0, 2)
    ends = [0.0, 1.05 * max(plot["exact"])]
    left.plot(ends, ends, color=QUIET, linewidth=0.8)
    left.plot(plot["exact"], plot["found"], "o", color=MAIN, markersize=5)
    label(left, "2/λ", "highest rate that does not diverge", title="found by halving")
    over(right, plot["shares"], plot["steps"], look)
    logarithmic(right)
    logarithmic(right, "x")
    label(right, "rate, as a share of 2/λ", "steps to the minimum", title="how long it takes")
    description = (
        f"Left: of {len(ratios)} bowls, the highest rate that does not diverge, {ratios.min():.3f} "
        f"to {ratios.max():.3f} times 2/λ. Right: mean steps to the minimum at shares "
        f"{listed(plot['shares'])} of 2/λ: {listed(np.round(means))}."
    )
    return Drawn(figure, title, description)


def adagrad_sparse(plot: Plot, caption: str) -> Drawn:
    """Draw the losses of descent and AdaGrad, and their stalling beside RMSprop's."""
    losses = plot["losses"]
    names = list(losses)
    means = {name: float(np.mean(values)) for name, values in losses.items()}
    title = (
        f"Rare columns: loss {means[names[0]]:.3f} with descent, {means[names[1]]:.3f} with AdaGrad"
    )
    figure, left, right = panels(title, caption, 8.6, 4.2, 2)
    ticks = [name.replace(", ", "\n") for name in names]
    by_group(left, ticks, [losses[name] for name in names])
    label(left, "", "logistic loss on all rows", title="each at its best rate")
    for index, (name, paths) in enumerate(plot["paths"].items()):
        style = look(index)
        for position, path in enumerate(paths):
            steps = np.unique(np.geomspace(1, len(path), 60).astype(int) - 1)
            right.plot(
                steps, np.asarray(path)[steps] + 1e-12,
                label=name if position == 0 else None, linewidth=0.8, **style,
            )  # fmt: skip
    logarithmic(right)
    label(right, "step", "x²", title="descent on x² from afar", legend="best")
    ended = {
        name: float(np.median([path[-1] for path in paths]))
        for name, paths in plot["paths"].items()
    }
    description = (
        "Mean losses: "
        + ", ".join(f"{name} {mean:.3f}" for name, mean in means.items())
        + ". On x², from afar, the median end is "
        + ", ".join(f"{end:.3g} with {name}" for name, end in ended.items())
        + "."
    )
    return Drawn(figure, title, description)


def exploding_gradients(plot: Plot, caption: str) -> Drawn:
    """Draw the gradient by step for each spectral radius, and losses with and without clipping."""
    norms = np.array(plot["norms"], dtype=float)  # (seeds, radii, steps)
    back = range(norms.shape[2] - 1, -1, -1)
    growth = np.log10(norms[:, :, 0] / norms[:, :, -1]).mean(axis=0)
    radii = plot["radii"]
    title = f"At radius {radii[-1]:g} gradients grow by 10^{growth[-1]:.1f} on their way back"
    figure, left, right = panels(title, caption, 8.6, 4.2, 2)
    for index, radius in enumerate(radii):
        for position, own in enumerate(norms[:, index]):
            name = f"radius {radius:g}" if position == 0 else None
            left.plot(back, own, label=name, linewidth=0.8, **look(index))
    logarithmic(left)
    label(left, "steps back", "norm of the gradient", title="before training", legend="best")
    for index, (name, curves) in enumerate(plot["curves"].items()):
        for position, curve in enumerate(curves):
            named = name if position == 0 else None
            right.plot(range(len(curve)), curve, label=named, linewidth=0.6, **look(index))
            if len(curve) < max(map(len, plot["curves"]["clipped"])):
                right.plot(len(curve) - 1, curve[-1], "X", color=MARK, markersize=6)
    logarithmic(right)
    label(right, "batch", "loss", title="training; ✕: no number any more", legend="best")
    broken = sum(
        len(c) < len(max(plot["curves"]["clipped"], key=len)) for c in plot["curves"]["plain"]
    )
    description = (
        f"Powers of ten by which gradients grow over {plot['steps']} steps back, by spectral "
        f"radius {listed(radii)}: {listed(np.round(growth, 2))}. Of {len(norms)} trainings without "
        f"clipping, {broken} end early in a loss that is no number."
    )
    return Drawn(figure, title, description)
