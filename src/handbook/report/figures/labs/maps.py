"""The figures of self-organizing maps."""

from __future__ import annotations

from handbook.report.figures.panels import label
from handbook.report.figures.style import (
    CHANCE,
    COLOURS,
    DASHES,
    INK,
    MAIN,
    MARK,
    MARKERS,
    Drawn,
    Plot,
    canvas,
)

__all__ = ["som_decay", "som_step"]


def som_step(plot: Plot, caption: str) -> Drawn:
    """Draw a bar a node, and beside it the winner's weights before and after."""
    distances, unit, book = plot["distances"], plot["unit"], plot["book_unit"]
    title = f"Node {unit} is nearest, and moves"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    places = range(1, len(distances) + 1)
    bars = left.barh(
        places,
        distances,
        height=0.7,
        color=[MAIN if node == unit else "#c9d3da" for node in places],
    )
    left.bar_label(bars, [_distance(node, distances, unit, book) for node in places], padding=3)
    left.set(
        xlabel="distance to the input", ylabel="node", yticks=places,
        xlim=(0, 1.45 * max(distances)), ylim=(len(distances) + 0.6, 0.4),
    )  # fmt: skip
    left.grid(visible=False, axis="y")
    left.set_title("Euclidean distances", fontsize=9)

    features = range(1, len(plot["x"]) + 1)
    right.plot(features, plot["x"], "D", color=INK, markersize=7, label="input")
    right.plot(
        features, plot["before"], "o", color=CHANCE, markersize=7, label=f"node {unit}, before"
    )
    right.plot(features, plot["after"], "s", color=MARK, markersize=7, label=f"node {unit}, after")
    for feature, before, after in zip(features, plot["before"], plot["after"], strict=True):
        right.annotate(
            "", (feature, after), (feature, before),
            arrowprops={"arrowstyle": "->", "color": MARK, "shrinkA": 4, "shrinkB": 4},
        )  # fmt: skip
    right.set_title(f"one step with rate {plot['rate']:g}", fontsize=9)
    label(
        right,
        "feature",
        "value",
        legend="lower right",
        xticks=features,
        xlim=(0.5, len(features) + 0.5),
        ylim=(0, 1),
    )
    listed = ", ".join(f"{number:.3f}" for number in distances)
    moved = ", ".join(f"{number:.3g}" for number in plot["after"])
    description = (
        f"Distances of the nodes 1 to {len(distances)} to the input: {listed}. Node {unit} is the "
        f"best matching unit; the book names node {book}. With rate {plot['rate']:g} its weights "
        f"go that share of the way to the input, to ({moved})."
    )
    return Drawn(figure, title, description)


def _distance(number: int, distances: list[float], unit: int, book: int) -> str:
    text = f"{distances[number - 1]:.3f}"
    if number == unit:
        return f"{text}  nearest"
    return f"{text}  named by the book" if number == book else text


def som_decay(plot: Plot, caption: str) -> Drawn:
    """Draw the falls, and beside them the influence over distance at some steps."""
    times, radius, rate, at = plot["times"], plot["radius"], plot["rate"], plot["at"]
    title = "Radius and rate fall alike; the winner’s influence narrows"
    figure = canvas(title, caption, 8.4, 3.9)
    first, second, third = figure.subplots(1, 3, width_ratios=(1, 1, 1.3))
    first.plot(times, radius, color=MAIN)
    label(first, "step t", "radius sigma(t), in nodes", title="radius", ylim=(0, None))
    second.plot(times, rate, color=MARK)
    label(second, "step t", "learning rate L(t)", title="learning rate", ylim=(0, None))
    for step, influence, colour, dashes, marker in zip(
        at, plot["influence"], COLOURS, DASHES, MARKERS, strict=False
    ):
        third.plot(
            plot["distance"], influence, color=colour, linestyle=dashes, marker=marker,
            markersize=3, label=f"step {step}",
        )  # fmt: skip
    label(
        third, "distance from the winner, in nodes", "influence", title="influence", ylim=(0, 1.03)
    )
    figure.legend(*third.get_legend_handles_labels(), loc="outside lower right", ncols=len(at))
    beside = plot["distance"].index(2)
    influences = ", ".join(
        f"{influence[beside]:.2f} at step {step}"
        for step, influence in zip(at, plot["influence"], strict=True)
    )
    description = (
        f"In {times[-1]:g} steps the radius falls from {radius[0]:g} to {radius[-1]:.3g} nodes and "
        f"the learning rate from {rate[0]:g} to {rate[-1]:.3g}, both exponentially. The winner’s "
        f"influence on a node two places away is {influences}."
    )
    return Drawn(figure, title, description)
