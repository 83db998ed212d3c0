"""The figures of self-organizing maps."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, lines, marked, panels
from handbook.report.figures.style import CHANCE, INK, MAIN, MARK, Drawn, Plot

__all__ = ["som_decay", "som_step", "som_training", "som_unscaled"]


def som_step(plot: Plot, caption: str) -> Drawn:
    """Draw a bar a node, and beside it the winner's weights before and after."""
    distances, unit, book = plot["distances"], plot["unit"], plot["book_unit"]
    title = f"Node {unit} is nearest, and moves"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    nodes = range(1, len(distances) + 1)
    colours = [MAIN if node == unit else "#c9d3da" for node in nodes]
    bars = left.barh(nodes, distances, height=0.7, color=colours)
    notes = {book: "  named by the book", unit: "  nearest"}
    texts = [f"{x:.3f}{notes.get(node, '')}" for node, x in zip(nodes, distances, strict=True)]
    left.bar_label(bars, texts, padding=3)
    left.set(yticks=nodes, xlim=(0, 1.45 * max(distances)), ylim=(len(distances) + 0.6, 0.4))
    left.grid(visible=False, axis="y")
    label(left, "distance to the input", "node", title="Euclidean distances")

    features = range(1, len(plot["x"]) + 1)
    for y, marker, colour, name in (
        (plot["x"], "D", INK, "input"),
        (plot["before"], "o", CHANCE, f"node {unit}, before"),
        (plot["after"], "s", MARK, f"node {unit}, after"),
    ):
        right.plot(features, y, marker, color=colour, markersize=7, label=name)
    for feature, before, after in zip(features, plot["before"], plot["after"], strict=True):
        right.annotate(
            "", (feature, after), (feature, before),
            arrowprops={"arrowstyle": "->", "color": MARK, "shrinkA": 4, "shrinkB": 4},
        )  # fmt: skip
    right.set(xticks=features, xlim=(0.5, len(features) + 0.5), ylim=(0, 1))
    label(right, "feature", "value", f"one step with rate {plot['rate']:g}", "lower right")
    listed = ", ".join(f"{x:.3f}" for x in distances)
    moved = ", ".join(f"{x:.3g}" for x in plot["after"])
    description = (
        f"Distances of the nodes 1 to {len(distances)} to the input: {listed}. Node {unit} is the "
        f"best matching unit; the book names node {book}. With rate {plot['rate']:g} its weights "
        f"go that share of the way to the input, to ({moved})."
    )
    return Drawn(figure, title, description)


def som_decay(plot: Plot, caption: str) -> Drawn:
    """Draw the falls, and beside them the influence over distance at some steps."""
    times, radius, rate, at = plot["times"], plot["radius"], plot["rate"], plot["at"]
    title = "Radius and rate fall alike; the winner’s influence narrows"
    widths = (1, 1, 1.3)
    figure, first, second, third = panels(title, caption, 8.4, 3.9, 3, width_ratios=widths)
    first.plot(times, radius, color=MAIN)
    label(first, "step t", "radius sigma(t), in nodes", title="radius", ylim=(0, None))
    second.plot(times, rate, color=MARK)
    label(second, "step t", "learning rate L(t)", title="learning rate", ylim=(0, None))
    influences = {f"step {step}": y for step, y in zip(at, plot["influence"], strict=True)}
    lines(third, influences, plot["distance"], marked, markersize=3)
    label(third, "distance from the winner, in nodes", "influence", "influence", ylim=(0, 1.03))
    figure.legend(*third.get_legend_handles_labels(), loc="outside lower right", ncols=len(at))
    beside = plot["distance"].index(2)
    words = ", ".join(f"{y[beside]:.2f} at {step}" for step, y in influences.items())
    description = (
        f"In {times[-1]:g} steps the radius falls from {radius[0]:g} to {radius[-1]:.3g} nodes and "
        f"the learning rate from {rate[0]:g} to {rate[-1]:.3g}, both exponentially. The winner’s "
        f"influence on a node two places away is {words}."
    )
    return Drawn(figure, title, description)


def som_training(plot: Plot, caption: str) -> Drawn:
    """Draw the grid of nodes in the input space: before, after one input, after many."""
    stages, inputs, x = plot["stages"], np.array(plot["inputs"]), plot["x"]
    title = "One input draws all nodes to itself; many unfold the map"
    figure, *row = panels(title, caption, 8.4, 3.9, len(stages), sharey=True)
    words = []
    for number, (axes, (name, nodes)) in enumerate(zip(row, stages.items(), strict=True)):
        points = np.array(nodes)
        if number == len(stages) - 1:
            axes.plot(*inputs[:, :2].T, ".", color=CHANCE, markersize=4, label="inputs")
        for a, b in plot["edges"]:
            axes.plot(*points[[a, b], :2].T, color=MAIN, linewidth=1)
        axes.plot(*points[:, :2].T, "o", color=MAIN, markersize=5, label="nodes")
        axes.plot(*x[:2], "D", color=MARK, markersize=6, label="the book’s input")
        label(axes, "first feature", title=name, xlim=(0, 1), ylim=(0, 1), aspect="equal")
        spread = np.ptp(points, axis=0).mean()
        words.append(f"{name} they span {spread:.2f} of each feature on average")
    row[0].set_ylabel("second feature")
    handles = row[-1].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=3)
    description = (
        f"Nine nodes in a grid of 3 by 3, drawn by the first two of three features and joined to "
        f"their neighbours: {'; '.join(words)}."
    )
    return Drawn(figure, title, description)


def som_unscaled(plot: Plot, caption: str) -> Drawn:
    """Draw two bars a column: its share in the distances, and what a map keeps of it."""
    columns, places = plot["columns"], np.arange(len(plot["columns"]))
    shares = next(iter(plot["shares"].values()))
    ruling = columns[int(np.argmax(shares))]
    title = f"Not scaled, {ruling} has {max(shares):.0%} of the say"
    figure, left, right = panels(title, caption, 8.2, 4.6, 2, sharey=True)
    for axes, values, heading in (
        (left, plot["shares"], "share in the squared distance of two rows"),
        (right, plot["kept"], "variance that lies between a map's nodes"),
    ):
        for index, (way, heights) in enumerate(values.items()):
            axes.barh(places + 0.4 * index - 0.2, heights, 0.38, color=(MARK, MAIN)[index],
                      label=way)  # fmt: skip
        label(axes, heading, yticks=places, yticklabels=columns, xlim=(0, 1.05))
        axes.grid(visible=False, axis="y")
    right.axvline(plot["chance"], color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    left.invert_yaxis()
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    told = "; ".join(
        f"{way}: {', '.join(f'{name} {x:.2f}' for name, x in zip(columns, parts, strict=True))}"
        for way, parts in plot["shares"].items()
    )
    held = "; ".join(
        f"{way}: {', '.join(f'{name} {x:.2f}' for name, x in zip(columns, parts, strict=True))}"
        for way, parts in plot["kept"].items()
    )
    description = (
        f"The columns that the program takes of the card applications. Share of each in the "
        f"squared distance of two rows, {told}. Share of each column's variance that lies between "
        f"the nodes of a map fitted on them, {held}. The dotted line, at {plot['chance']:.2f}, is "
        "what as many groups keep of a column by chance."
    )
    return Drawn(figure, title, description)
