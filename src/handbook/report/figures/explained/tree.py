"""A decision tree's first questions, as boxes that are read from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from handbook.report.figures.legend import legend_below, rows_below
from handbook.report.figures.style import (
    COLOURS,
    GRID,
    INK,
    MAIN,
    PAPER,
    QUIET,
    Drawn,
    canvas,
    short,
)

__all__ = ["tree"]

_CRITERIA = {
    "squared_error": "MSE",
    "friedman_mse": "MSE",
    "absolute_error": "MAE",
    "log_loss": "entropy",
}
# In inches: text must be as large on the page whatever the tree.
_WIDE, _HIGH, _ACROSS, _DOWN = 1.9, 0.6, 2.42, 0.72
_NAME = 25


class _Box(NamedTuple):
    """A node and the middle of its box: level from the left, and row from the top."""

    node: Mapping[str, Any]
    level: int
    row: float
    parent: _Box | None
    answer: str


def tree(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the nodes that the record holds, and say how many lie below them."""
    root, classes = entry["root"], entry["classes"]
    leaves = f"{entry['leaves']:,} lea{'f' if entry['leaves'] == 1 else 'ves'}"
    title = (
        f"A tree of {leaves} that first asks: {short(root['question'], 40)}"
        if "question" in root
        else "A tree that asks nothing"
    )
    boxes = list(_boxes(root, 0, 0.0, None, ""))
    levels, rows = max(box.level for box in boxes) + 1, max(box.row for box in boxes) + 1
    width = max(4.6, levels * _ACROSS - (_ACROSS - _WIDE) + 0.2)
    # Head, boxes and legend; constrained layout gives the axes what the others leave.
    names = [short(name) for name in classes]
    legend = 0.13 + 0.17 * rows_below(names, width) if names else 0
    height = rows * _DOWN + 0.75 + legend
    figure = canvas(title, caption, width, height)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set(
        xlim=(-0.06, levels * _ACROSS - (_ACROSS - _WIDE) + 0.06),
        ylim=((rows - 0.5) * _DOWN, -0.5 * _DOWN),
    )
    for box in boxes:
        _draw_edge(axes, box)
    for box in boxes:
        _draw_box(axes, box, entry)
    if classes:
        legend_below(
            figure,
            [
                axes.fill_between([], [], color=_colour(code, len(names)), label=name)
                for code, name in enumerate(names)
            ],
        )
    return Drawn(figure, title, _words(entry))


def _boxes(
    node: Mapping[str, Any], level: int, start: float, parent: _Box | None, answer: str
) -> Iterator[_Box]:
    """Yield every node's box; the first row that is free for it and those below is `start`."""
    box = _Box(node, level, _middle(node, start), parent, answer)
    yield box
    if "question" in node:
        yield from _boxes(node["yes"], level + 1, start, box, "yes")
        yield from _boxes(node["no"], level + 1, start + _ends(node["yes"]), box, "no")


def _middle(node: Mapping[str, Any], start: float) -> float:
    """Return the row of a node: between its two answers."""
    if "question" not in node:
        return start
    return (_middle(node["yes"], start) + _middle(node["no"], start + _ends(node["yes"]))) / 2


def _ends(node: Mapping[str, Any]) -> int:
    return _ends(node["yes"]) + _ends(node["no"]) if "question" in node else 1


def _draw_edge(axes: Any, box: _Box) -> None:
    if box.parent is None:
        return
    start = (box.parent.level * _ACROSS + _WIDE, box.parent.row * _DOWN)
    end = (box.level * _ACROSS, box.row * _DOWN)
    turn = start[0] + 0.16
    axes.plot(
        [start[0], turn, turn, end[0]], [start[1], start[1], end[1], end[1]], color=QUIET,
        linewidth=1, solid_joinstyle="round", clip_on=False,
    )  # fmt: skip
    axes.text(
        (turn + end[0]) / 2, end[1] - 0.03, box.answer, ha="center", va="bottom", fontsize=8,
        fontweight="bold", color=INK,
    )  # fmt: skip


def _draw_box(axes: Any, box: _Box, entry: Mapping[str, Any]) -> None:
    from matplotlib.patches import Rectangle

    left, middle = box.level * _ACROSS, box.row * _DOWN
    top = middle - _HIGH / 2
    axes.add_patch(
        Rectangle((left, top), _WIDE, _HIGH, facecolor=PAPER, edgecolor=QUIET, linewidth=0.8,
                  clip_on=False)
    )  # fmt: skip
    if "shares" in box.node:
        begin = left
        for index, share in enumerate(box.node["shares"]):
            axes.add_patch(
                Rectangle((begin, top + _HIGH - 0.07), share * _WIDE, 0.07, linewidth=0,
                          facecolor=_colour(index, len(entry["classes"])))
            )  # fmt: skip
            begin += share * _WIDE
    lines = _lines(box.node, entry)
    strong = "question" in box.node
    for index, line in enumerate(lines):
        axes.text(
            left + 0.06, top + 0.05 + 0.155 * index, line, va="top", fontsize=7.5,
            fontweight="bold" if strong and index == 0 else "normal",
            color=QUIET if index == len(lines) - 1 else INK,
        )  # fmt: skip


def _lines(node: Mapping[str, Any], entry: Mapping[str, Any]) -> list[str]:
    """Three lines: the question or the end, what is predicted, how many rows and how mixed."""
    below = node.get("below", 0)
    first = f"{below:,} nodes below, not shown" if below else "leaf: asks no more"
    if "question" in node:
        first = short(node["question"], _NAME)
    rows = f"{node['rows']:,} row{'' if node['rows'] == 1 else 's'}"
    impurity = _CRITERIA.get(entry["criterion"], entry["criterion"])
    return [first, _outcome(node, entry), f"{rows} · {impurity} {node['impurity']:.3g}"]


def _outcome(node: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    if "shares" not in node:
        return f"{short(entry['target'], 16)} {node['value']:.4g}"
    shares = node["shares"]
    # Of two classes always the second, so that boxes can be compared.
    code = 1 if len(shares) == 2 else max(range(len(shares)), key=shares.__getitem__)
    return f"{short(entry['classes'][code])} {shares[code]:.1%}"


def _colour(code: int, classes: int) -> str:
    # Of two classes only the second stands out, in colour and in grey.
    return (GRID, MAIN)[code] if classes == 2 else COLOURS[code % len(COLOURS)]


def _words(entry: Mapping[str, Any]) -> str:
    nodes = f"{entry['nodes']:,} nodes, {entry['leaves']:,} of them leaves, depth {entry['depth']}"
    return (
        f"Decision tree of {nodes}; shown down to depth {min(entry['shown'], entry['depth'])}. "
        f"All training rows: {_spoken(entry['root'], entry)}"
    )


def _spoken(node: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    if "question" not in node:
        return f"{_outcome(node, entry)}, {node['rows']:,} rows."
    return (
        f"{_outcome(node, entry)}, {node['rows']:,} rows. {node['question']}? "
        f"Yes: {_outcome(node['yes'], entry)}, {node['yes']['rows']:,} rows. "
        f"No: {_outcome(node['no'], entry)}, {node['no']['rows']:,} rows."
    )
