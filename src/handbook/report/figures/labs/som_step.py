"""Distances of the nodes to the input, and the step of the nearest one."""

from __future__ import annotations

from handbook.report.figures.panels import label
from handbook.report.figures.style import CHANCE, INK, MAIN, MARK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
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
    left.bar_label(bars, [_label(node, distances, unit, book) for node in places], padding=3)
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


def _label(number: int, distances: list[float], unit: int, book: int) -> str:
    text = f"{distances[number - 1]:.3f}"
    if number == unit:
        return f"{text}  nearest"
    return f"{text}  named by the book" if number == book else text
