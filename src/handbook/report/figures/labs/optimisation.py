"""The figures of optimisation: minima, convexity and constraints."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import contours, label, lines, panels, path
from handbook.report.figures.style import COLOURS, DASHES, INK, MAIN, MARK, QUIET, Drawn, Plot

__all__ = [
    "convex_minima",
    "convex_program",
    "convexity",
    "feasible_region",
    "lagrange",
    "linear_program",
    "local_minima",
    "risk",
    "saddle_point",
]


def risk(plot: Plot, caption: str) -> Drawn:
    """Draw the risk and the empirical risk over the observations."""
    (_, _), (mean, least) = plot["minima"]
    title = f"The risk is least at 0, the empirical risk at {mean:g}"
    figure, axes = panels(title, caption, 5.6, 4.4)
    lines(axes, {"risk x²": plot["risk"], "empirical risk": plot["empirical"]}, plot["x"])
    axes.plot(*zip(*plot["minima"], strict=True), "o", color=INK, label="minima")
    zeros = [0] * len(plot["observed"])
    axes.plot(plot["observed"], zeros, "|", color=QUIET, markersize=12, label="observed")
    label(axes, "x", "risk", ylim=(-1.5, 20))
    figure.legend(loc="outside lower center", ncols=4)
    observed = ", ".join(f"{x:g}" for x in plot["observed"])
    description = (
        f"Two parabolas of the same width. The risk is least at 0, where it is 0; the empirical "
        f"risk on {observed} is least at {mean:g}, where it is {least:g}."
    )
    return Drawn(figure, title, description)


def local_minima(plot: Plot, caption: str) -> Drawn:
    """Draw a wave and mark its minima."""
    *others, deepest = plot["minima"]
    title = f"{len(plot['minima'])} minima; the deepest at x = {deepest[0]:.3f}"
    figure, axes = panels(title, caption, 5.6, 4.2)
    axes.plot(plot["x"], plot["y"], color=MAIN)
    if others:
        axes.plot(*zip(*others, strict=True), "s", color=INK, label="local minimum", markersize=7)
    axes.plot(*deepest, "v", color=MARK, label="global minimum", markersize=9)
    label(axes, "x", "x cos(πx)", legend="upper left")
    minima = ", ".join(f"{y:.4f} at x = {x:.4f}" for x, y in plot["minima"])
    description = (
        f"The curve x cos(πx) from {plot['x'][0]:g} to {plot['x'][-1]:g}. Its minima inside, "
        f"the deepest last: {minima}."
    )
    return Drawn(figure, title, description)


def saddle_point(plot: Plot, caption: str) -> Drawn:
    """Draw descent on the ridge of a saddle and beside it, with the heights."""
    nudge = plot["nudge"]
    title = "On the ridge descent stops at the saddle; beside it, it falls"
    figure, left, right = panels(title, caption, 8.0, 4.4, 2)
    grid = np.linspace(-plot["reach"], plot["reach"], 61)
    levels = [-1, -0.5, -0.1, 0, 0.1, 0.5, 1]
    contours(left, grid, grid, grid**2 - grid[:, None] ** 2, levels)
    names = ["y = 0 at the start", f"y = {nudge:g} at the start"]
    for index, (name, points) in enumerate(zip(names, plot["paths"], strict=True)):
        path(left, points, name, index)
    left.plot(0, 0, "X", color=INK, markersize=9, label="saddle")
    label(left, "x", "y", title="contours of x² − y²", legend="lower left", aspect="equal")
    lines(right, dict(zip(names, plot["heights"], strict=True)))
    right.axhline(0, color=QUIET, linewidth=0.8)
    label(right, "step", "x² − y²", title="height", legend="lower left")
    resting, leaving = (heights[-1] for heights in plot["heights"])
    description = (
        f"Descent on x² − y². From y = 0 the height ends at {resting:.2g}, the saddle; from y = "
        f"{nudge:g} it lingers near 0, then falls to {leaving:.3g} in "
        f"{len(plot['heights'][1]) - 1} steps."
    )
    return Drawn(figure, title, description)


def convexity(plot: Plot, caption: str) -> Drawn:
    """Draw a chord above a parabola, and Jensen's inequality."""
    title = "A convex function lies below its chords and its means"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    left.plot(*plot["square"], color=MAIN, label="x²")
    left.plot(*plot["chord"], color=MARK, linestyle=(0, (5, 1.5)), marker="o", label="chord")
    label(left, "x", "value", title="a segment", legend="upper center")
    right.plot(*plot["exp"], color=MAIN, label="exp")
    right.plot(*plot["points"], "o", color=INK, markersize=4, label="points")
    mean, combined, below = plot["mean"], plot["combined"], plot["of_mean"]
    right.plot(mean, combined, "s", color=MARK, label="combined values")
    ring = {"color": MARK, "markerfacecolor": "none", "markersize": 8}
    right.plot(mean, below, "o", label="exp of the combined points", **ring)
    right.plot([mean, mean], [below, combined], ":", color=MARK)
    label(right, "x", "value", title="a convex combination", legend="upper left")
    description = (
        f"x² lies below the chord between {plot['chord'][0][0]:g} and {plot['chord'][0][1]:g}. "
        f"Of {len(plot['points'][0])} points, combined to {mean:.3f}, exp is {below:.3f}; "
        f"their combined values are {combined:.3f}, above it."
    )
    return Drawn(figure, title, description)


def convex_program(plot: Plot, caption: str) -> Drawn:
    """Draw both paths on contours of the sum of squares."""
    title = "The sum of squares is least at the origin, or half way along the edge"
    figure, axes = panels(title, caption, 5.6, 5.6)
    grid = np.linspace(-0.4, 3.4, 77)
    contours(axes, grid, grid, grid**2 + grid[:, None] ** 2, [0.1, 0.5, 1, 2, 4, 6, 9])
    axes.fill([0, 1, 0], [0, 0, 1], color=MAIN, alpha=0.18, label="allowed: x ≥ 0, sum ≤ 1")
    ends = []
    for index, (name, points) in enumerate(plot["paths"].items()):
        path(axes, points, f"descent, {name}", index)
        axes.plot(*points[-1], "*", color=INK, markersize=11)
        ends.append(f"{name}: ({points[-1][0]:.3g}, {points[-1][1]:.3g})")
    axes.plot(*plot["book"], "X", color=MARK, markersize=10, label="printed as the minimum")
    label(axes, "first entry", "second entry", legend="upper right", aspect="equal")
    x, y = plot["book"]
    description = (
        "Circles of equal sum of squares and the triangle that is allowed. Descent ends, "
        f"{'; '.join(ends)}. The printed point ({x:g}, {y:g}) lies outside."
    )
    return Drawn(figure, title, description)


def lagrange(plot: Plot, caption: str) -> Drawn:
    """Draw the constraint, the touching circle and both gradients."""
    point, normal = np.array(plot["point"]), np.array(plot["normal"], float)
    title = f"At the minimum both gradients are parallel; the multiplier is {plot['multiplier']:g}"
    figure, axes = panels(title, caption, 5.6, 5.2)
    reach = 2.2 * np.abs(point).max()
    grid = np.linspace(-0.5 * reach, 1.6 * reach, 71)
    levels = plot["value"] * np.array([0.25, 1, 2, 4, 8])
    contours(axes, grid, grid, grid**2 + grid[:, None] ** 2, levels)
    along = np.array([-normal[1], normal[0]]) * 9
    axes.plot(
        *np.array([point - along, point + along]).T, color=INK,
        label=f"{normal[0]:g} x + {normal[1]:g} y = {plot['level']:g}",
    )  # fmt: skip
    for vector, colour, name, shift in (
        (np.array(plot["gradient"]), COLOURS[0], "gradient of f", 0.03),
        (plot["multiplier"] * normal, COLOURS[1], "multiplier × gradient of g", -0.03),
    ):
        tail = point + shift * reach * np.array([1, -1])
        axes.quiver(
            *tail, *vector * 0.5, color=colour, angles="xy", scale_units="xy", scale=1, width=0.01,
            label=f"{name} (half length)",
        )  # fmt: skip
    axes.plot(*point, "o", color=INK, markersize=7, label=f"minimum ({point[0]:g}, {point[1]:g})")
    label(axes, "x", "y", legend="upper right", aspect="equal")
    description = (
        f"Circles of equal x² + y² and a line. The circle of value {plot['value']:g} touches the "
        f"line at ({point[0]:g}, {point[1]:g}); there the gradient of f and {plot['multiplier']:g} "
        "times the gradient of the constraint cancel."
    )
    return Drawn(figure, title, description)


def feasible_region(plot: Plot, caption: str) -> Drawn:
    """Draw the lines and fill what they leave."""
    corners = np.array(plot["corners"])
    title = f"What the constraints leave has {len(corners)} corners"
    figure, axes = panels(title, caption, 5.6, 4.6)
    axes.fill(*corners.T, color=MAIN, alpha=0.18, label="feasible")
    for index, ((a, b), limit) in enumerate(zip(plot["A"], plot["b"], strict=True)):
        # A line is drawn through two points far away on it.
        foot, along = np.array([a, b]) * limit / (a * a + b * b), np.array([-b, a]) * 99
        axes.plot(
            *np.array([foot - along, foot + along]).T, color=COLOURS[index + 1],
            linestyle=DASHES[index % len(DASHES)], linewidth=1.2, label=f"{_sum(a, b)} ≤ {limit:g}",
        )  # fmt: skip
    axes.plot(*corners.T, "o", color=INK)
    for x, y in corners:
        axes.annotate(f"({x:g}, {y:g})", (x, y), xytext=(5, 6), textcoords="offset points")
    x, y = np.array([corners.min(axis=0) - 1.2, corners.max(axis=0) + 1.2]).T
    label(axes, "x", "y", legend="upper left", xlim=x, ylim=y, aspect="equal")
    points = ", ".join(f"({x:g}, {y:g})" for x, y in corners)
    description = f"A polygon with the corners {points}, cut out by {len(plot['b'])} lines."
    return Drawn(figure, title, description)


def _sum(a: float, b: float) -> str:
    """Write a x + b y.

    Examples
    --------
    >>> _sum(1, -1), _sum(0, -1), _sum(2, 0.5)
    ('x − y', '−y', '2x + 0.5y')
    """
    terms = ""
    for factor, name in ((a, "x"), (b, "y")):
        if factor:
            size = "" if abs(factor) == 1 else f"{abs(factor):g}"
            sign = (" − " if factor < 0 else " + ") if terms else ("−" if factor < 0 else "")
            terms += f"{sign}{size}{name}"
    return terms


def linear_program(plot: Plot, caption: str) -> Drawn:
    """Draw the region and the best corner of each limit."""
    title = "The best amounts lie in a corner, and which one hangs on the limit"
    figure, *rows = panels(title, caption, 8.0, 4.4, 2)
    (p, q), words = plot["profit"], []
    for axes, panel in zip(rows, plot["panels"], strict=True):
        corners, (a, b), limit = np.array(panel["corners"]), panel["best"], panel["limit"]
        axes.fill(*corners.T, color=MAIN, alpha=0.18, label="feasible")
        axes.plot(*corners.T, "o", color=INK, markersize=4)
        axes.plot(a, b, "*", color=MARK, markersize=14, label="best")
        profit, reach = f"profit {panel['earned']:g}", np.array([0.0, corners[:, 0].max() * 1.05])
        # A line of equal profit through the best corner.
        axes.plot(reach, b + p / q * (a - reach), "--", color=MARK, linewidth=1.1, label=profit)
        axes.set(xlim=(0, None), ylim=(0, corners[:, 1].max() * 1.2))
        heading = f"a + b ≤ {limit:g}: best at ({a:g}, {b:g})"
        label(axes, "amount a", "amount b", heading, legend="upper right")
        words.append(f"with a + b at most {limit:g} the best is ({a:g}, {b:g}), {profit}")
    return Drawn(figure, title, f"Two triangles: {'; '.join(words)}.")


def convex_minima(plot: Plot, caption: str) -> Drawn:
    """Draw three convex functions, and mark where each is least."""
    title = "Convex, with one minimum, with none and with many"
    figure, *axes = panels(title, caption, 8.4, 3.6, len(plot["functions"]))
    words = []
    for part, function in zip(axes, plot["functions"], strict=True):
        part.plot(plot["x"], function["values"], color=MAIN)
        least, floor = function["least"], min(function["values"])
        if function["reached"]:
            part.plot(least, [floor] * len(least), "o", color=MARK, markersize=4)
            heading = "one minimum" if len(least) == 1 else f"{len(least)} minima on the grid"
        else:
            part.annotate("", (plot["x"][0], floor), (plot["x"][0] / 2, floor + 0.4),
                          arrowprops={"arrowstyle": "->", "color": MARK})  # fmt: skip
            heading = "no minimum: it falls for ever"
        label(part, "x", title=f"{function['name']}: {heading}")
        words.append(f"{function['name']} has {heading}")
    description = (
        f"Three convex functions from {plot['x'][0]:g} to {plot['x'][-1]:g}. {'; '.join(words)}."
    )
    return Drawn(figure, title, description)
