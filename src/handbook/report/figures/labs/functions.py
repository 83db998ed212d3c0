"""The figures of functions: where they are flat, narrow valleys, and what constraints share."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D

from handbook.report.figures.panels import contours, label, lines, logarithmic, panels, path
from handbook.report.figures.style import COLOURS, INK, MAIN, MARK, PAPER, Drawn, Plot
from handbook.report.numbers import decade, formatted

__all__ = ["composed_constraints", "jensen", "preconditioning", "stationary_points"]

# The preconditioners of a bowl, as the figure names them.
_NAMES = {
    "plain": "gradient",
    "diagonal": "divided by the diagonal",
    "whole": "divided by all curvatures",
}
_MARKS = {"minimum": ("v", MARK), "maximum": ("^", INK), "undecided": ("s", INK)}


def stationary_points(plot: Plot, caption: str) -> Drawn:
    """Draw each curve with its flat points."""
    x, curves = plot["x"], plot["curves"]
    title = "One minimum, or several, or one that is not the lowest point"
    figure, *row = panels(title, caption, 8.4, 3.6, len(curves))
    words = []
    for axes, curve in zip(row, curves, strict=True):
        y, points = np.array(curve["y"]), curve["points"]
        axes.plot(x, y, color=MAIN)
        for name, (marker, colour) in _MARKS.items():
            where = [(a, b) for a, b, kind in points if kind == name]
            if where:
                axes.plot(*zip(*where, strict=True), marker, color=colour, markersize=7)
        shape = "convex" if curve["convex"] else "not convex"
        label(axes, "x", title=f"{curve['name']}: {shape}")
        listed = ", ".join(
            f"a {kind} of {formatted(b, '.3g')} at {formatted(a, '.3g')}" for a, b, kind in points
        )
        words.append(f"{curve['name']} is {shape}: {listed}")
    keys = [
        Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=7, label=name)
        for name, (marker, colour) in _MARKS.items()
        if any(kind == name for curve in curves for _, _, kind in curve["points"])
    ]
    figure.legend(handles=keys, loc="outside lower right", ncols=len(keys))
    last = curves[-1]
    # The cubic is drawn where its flat points can be seen.
    row[-1].set(xlim=(-2, 2), ylim=(-3, 3))
    description = (
        f"From {formatted(x[0], 'g')} to {x[-1]:g}, {'; '.join(words)}. At the left end "
        f"{last['name']} is {formatted(last['y'][0], 'g')}, far below its minimum."
    )
    return Drawn(figure, title, description)


def jensen(plot: Plot, caption: str) -> Drawn:
    """Draw the parabola with its points, and both sides of the inequality at their mean."""
    count, mean = len(plot["points"][0]), plot["mean"]
    below, above = plot["of_mean"], plot["mean_of"]
    title = f"The mean of the squares lies {above - below:.2f} above the square of the mean"
    figure, axes = panels(title, caption, 6.2, 4.2)
    axes.plot(*plot["curve"], color=MAIN, label="x²")
    axes.plot(*plot["points"], "o", color=INK, markersize=3, alpha=0.5, label=f"{count} draws")
    axes.plot([mean, mean], [below, above], ":", color=MARK)
    axes.plot(mean, above, "s", color=MARK, label=f"mean of the squares: {above:.3f}")
    ring = {"color": MARK, "markerfacecolor": PAPER, "markersize": 7}
    axes.plot(mean, below, "o", label=f"square of the mean: {below:.3f}", **ring)
    label(axes, "x", "x²", legend="upper center")
    description = (
        f"{count} normal draws on the parabola x². Their mean is {formatted(mean, '.3f')}, its "
        f"square {below:.3f}, the mean of their squares {above:.3f}: larger by the variance of the "
        "draws."
    )
    return Drawn(figure, title, description)


def preconditioning(plot: Plot, caption: str) -> Drawn:
    """Draw the three ways down the valley, and the distances from its bottom."""
    H, paths = np.array(plot["curvatures"]), plot["paths"]
    title = f"Divided by the curvatures, a valley of {plot['condition']:g} to 1 takes one step"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    reach = 1.15 * max(abs(x) for points in paths.values() for point in points for x in point)
    grid = np.linspace(-reach, reach, 61)
    x, y = np.meshgrid(grid, grid)
    heights = 0.5 * (H[0, 0] * x**2 + 2 * H[0, 1] * x * y + H[1, 1] * y**2)
    start = next(iter(paths.values()))[0]
    highest = 0.5 * float(np.array(start) @ H @ np.array(start))
    contours(left, grid, grid, heights, [highest * share for share in (0.01, 0.05, 0.2, 0.5, 1)])
    for index, (name, points) in enumerate(paths.items()):
        path(left, points, _NAMES[name], index)
    label(left, "first weight", "second weight", f"bowl turned by {plot['turn']:g} degrees")
    left.set_ylim(-0.5 * reach, 0.5 * reach)
    floored = {_NAMES[name]: np.maximum(d, 1e-9) for name, d in plot["distances"].items()}
    lines(right, floored)
    label(right, "step", "distance from the minimum", "drawn down to 10⁻⁹")
    logarithmic(right)
    ticks = [10.0**power for power in range(-9, 2, 2)]
    right.set_yticks(ticks, [decade(tick) for tick in ticks])
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    steps = len(plot["distances"]["plain"]) - 1
    words = ", ".join(
        f"{_NAMES[name]} {d[-1]:.2g}" for name, d in plot["distances"].items() if name != "whole"
    )
    description = (
        f"A bowl whose curvatures are {plot['condition']:g} to 1. Distance from the minimum after "
        f"{steps} steps: {words}. Divided by all curvatures the first step ends in the minimum; "
        f"the diagonal alone leaves a bowl of {plot['left']:.1f} to 1."
    )
    return Drawn(figure, title, description)


def composed_constraints(plot: Plot, caption: str) -> Drawn:
    """Draw the three sets, what they share, and the way of the point."""
    way, radius, (a, b) = np.array(plot["path"]), plot["radius"], plot["normal"]
    level, (wide, high), without = plot["level"], plot["upper"], plot["without"]
    title = f"The nearest point that all three hold: ({way[-1][0]:.3g}, {way[-1][1]:.3g})"
    figure, axes = panels(title, caption, 5.8, 4.8)
    grid = np.linspace(-0.3, 3.3, 241)
    x, y = np.meshgrid(grid, grid)
    held = (x**2 + y**2 <= radius**2) & (a * x + b * y >= level)
    held &= (x >= 0) & (x <= wide) & (y >= 0) & (y <= high)
    axes.contourf(grid, grid, held, levels=[0.5, 1.5], colors=[MAIN], alpha=0.2)
    angles = np.linspace(-0.4, np.pi / 2 + 0.4, 61)
    axes.plot(radius * np.cos(angles), radius * np.sin(angles), color=COLOURS[2], label="disc")
    ends = np.array([-1.0, 4.0])
    axes.plot(ends, (level - a * ends) / b, color=COLOURS[3], linestyle="--", label="half-plane")
    corners = [0, wide, wide, 0, 0], [0, 0, high, high, 0]
    axes.plot(*corners, color=COLOURS[4], linestyle="-.", label="box")
    axes.plot(*way.T, color=INK, linewidth=1, marker=".", markersize=4)
    axes.plot(*way[0], "o", color=INK, markerfacecolor=PAPER, markersize=7, label="point")
    axes.plot(*way[-1], "*", color=MARK, markersize=13, label="nearest in all three")
    axes.plot(*without, "s", color=MARK, markersize=6, label="without the half-plane")
    label(axes, "x", "y", aspect="equal", xlim=(grid[0], grid[-1]), ylim=(grid[0], 2.6))
    axes.legend(loc="upper right")
    description = (
        f"A disc of radius {radius:g}, a half-plane and a box. From ({way[0][0]:g}, {way[0][1]:g}) "
        f"the nearest point that all three hold is ({way[-1][0]:.3g}, {way[-1][1]:.3g}); without "
        f"the half-plane it is ({without[0]:.3g}, {without[1]:.3g}). Each set is asked for its own "
        "nearest point alone, in turn."
    )
    return Drawn(figure, title, description)
