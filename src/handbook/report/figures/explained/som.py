"""A self-organizing map: distances between nodes, rows on each node, and component planes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.report.figures.legend import legend_below, rows_below
from handbook.report.figures.som_grid import (
    Cells,
    cells,
    empty,
    fill,
    level,
    outline,
    prepare,
    scale,
    side,
)
from handbook.report.figures.style import INK, MARK, PAPER, QUIET, Drawn, canvas, short
from handbook.report.numbers import formatted

__all__ = ["component_planes", "distance_map", "hit_map"]

Array = npt.NDArray[Any]

_OUTLIER = "#e69f00"
# Rows from which on a marker is larger, and its size as a share of the cell.
_SIZES = ((1, 0.14), (10, 0.24), (100, 0.36))
_LARGEST = 42  # points: markers grow with their cells up to here
_NUMBERED = 0.24  # inches: smaller cells have no room for numbers
_ACROSS = 4  # planes side by side
_METRICS = {"euclidean": "Euclidean", "cosine": "cosine", "manhattan": "Manhattan"}
_RULES = {"distance-map": "distance map", "quantization": "quantisation error"}


def distance_map(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw each node's mean distance to its neighbours, with markers of its rows' classes."""
    grid, counts = cells(entry), np.array(entry["counts"])  # (nodes, classes)
    distances, out = np.array(entry["distances"]), np.flatnonzero(entry["outliers"])
    names = [short(name) for name in entry["classes"]]
    rows, second = int(counts[out].sum()), int(counts[out, 1].sum())
    title = "No node of the map is an outlier"
    if len(out):
        title = (
            f"{len(out)} outlier node{'' if len(out) == 1 else 's'}: {second / rows:.0%} "
            f"of their rows are {short(names[1], 12)}"
        )
    labels = [*names, "outlier node", "larger: 10+, 100+ rows"]
    cell = side(grid, 3.2, 5.2)
    height = 1.4 + grid.extent[1] * cell + 0.17 * rows_below(labels, 4.6)
    figure = canvas(title, caption, 4.6, height)
    axes = figure.add_subplot()
    prepare(axes, grid)
    low, high = float(distances.min()), float(distances.max())
    shades = scale(low, high, light_is_low=False, steps=16)
    fill(axes, grid, np.arange(len(distances)), distances, shades)
    outline(axes, grid, out, ((INK, 3.0), (_OUTLIER, 1.6)))
    handles = _mark(axes, grid, counts, min(72 * cell, _LARGEST), names)
    handles += axes.plot(
        [], [], "s", markersize=8, markerfacecolor="none", markeredgecolor=_OUTLIER,
        markeredgewidth=1.6, label=labels[2],
    )  # fmt: skip
    handles += axes.plot([], [], " ", label=labels[3])
    bar = figure.colorbar(shades, ax=axes, shrink=0.8, pad=0.02)
    bar.set_label(f"mean {_METRICS[entry['metric']]} distance to neighbours")
    bar.outline.set_visible(False)
    legend_below(figure, handles)
    return Drawn(figure, title, _distances_in_words(entry, grid, distances, counts, out))


def _mark(axes: Any, grid: Cells, counts: Array, cell: float, names: Sequence[str]) -> list[Any]:
    """Mark the classes of each node's rows: side by side where there are several."""
    from matplotlib.lines import Line2D

    looks = (("o", PAPER, INK), ("s", MARK, PAPER))  # to be seen on light and on dark, in grey too
    both = (counts > 0).all(axis=1)
    steps = [step for step, _ in _SIZES]
    handles = []
    for code, (shape, colour, edge) in enumerate(looks):
        look: dict[str, Any] = {
            "marker": shape, "color": colour, "markeredgecolor": edge, "markeredgewidth": 0.7,
            "linestyle": "none",
        }  # fmt: skip
        shift = np.where(both, (-0.21, 0.21)[code], 0.0)
        size = np.searchsorted(steps, counts[:, code], side="right")  # 0 where there is no row
        for step, (_, share) in enumerate(_SIZES, start=1):
            at = size == step
            if at.any():
                axes.plot(
                    grid.middles[at, 0] + shift[at], grid.middles[at, 1], zorder=4,
                    markersize=max(2.0, share * cell), **look,
                )  # fmt: skip
        handles.append(Line2D([], [], markersize=6, label=names[code], **look))
    return handles


def _distances_in_words(
    entry: Mapping[str, Any], grid: Cells, distances: Array, counts: Array, out: Array
) -> str:
    rows, columns = grid.shape
    second = entry["classes"][1]
    far = int(distances.argmax())
    text = (
        f"Mean {_METRICS[entry['metric']]} distance of each node of a {entry['topology']} map of "
        f"{rows} by {columns} to its neighbours: light is far, dark is near. It goes from "
        f"{formatted(distances.min(), '.3g')} to {formatted(distances.max(), '.3g')}, at row "
        f"{far // columns}, column {far % columns} (both from 0). Markers give the classes of the "
        "training rows on a node, and are larger from 10 and from 100 rows on. "
    )
    rule = _RULES[entry["rule"]]
    if not len(out):
        return f"{text}By {rule}, no node has most of its rows flagged."
    return (
        f"{text}Outlined: {len(out)} nodes most of whose rows the detector flags by {rule}. They "
        f"hold {counts[out].sum():,} of {counts.sum():,} rows, and {counts[out, 1].sum():,} of "
        f"the {counts[:, 1].sum():,} of {second}."
    )


def hit_map(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw how many training rows fall on each node, and which share is of the second class."""
    grid, counts = cells(entry), np.array(entry["counts"])
    rows = counts.sum(axis=1)
    used = np.flatnonzero(rows)
    shares = counts[used, 1] / rows[used]
    second = entry["classes"][1]
    title = f"{rows.sum():,} rows on {len(used):,} of {len(rows):,} nodes"
    cell = side(grid, 2.9, 5.2)
    figure = canvas(title, caption, 7.4, 1.75 + grid.extent[1] * cell)
    panels = (
        (rows[used], scale(1, float(rows.max()), logarithmic=True), "training rows"),
        (100 * shares, scale(0, 100), f"% of them {short(second)}"),
    )
    for axes, (values, shades, label) in zip(figure.subplots(1, 2), panels, strict=True):
        prepare(axes, grid)
        fill(axes, grid, used, values, shades, PAPER)
        empty(axes, grid, np.flatnonzero(rows == 0))
        if cell >= _NUMBERED:
            _number_cells(axes, grid.middles[used], values, level(values, shades))
        bar = figure.colorbar(shades, ax=axes, location="bottom", shrink=0.8, aspect=30)
        bar.set_label(label)
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        bar.ax.minorticks_off()
        bar.outline.set_visible(False)
    return Drawn(figure, title, _hits_in_words(entry, grid, rows, counts))


def _number_cells(axes: Any, middles: Array, values: Array, steps: Array) -> None:
    for (across, down), value, step in zip(middles, values, steps, strict=True):
        text = f"{value:,.0f}"
        if text == "0" and value > 0:
            text = "<1"
        if text == "100" and value < 100:
            text = ">99"
        axes.text(
            across, down, text, ha="center", va="center_baseline", fontsize=6.5,
            color=PAPER if step > 0.45 else INK,
        )  # fmt: skip


def _hits_in_words(entry: Mapping[str, Any], grid: Cells, rows: Array, counts: Array) -> str:
    columns, most = grid.shape[1], int(rows.argmax())
    second, every = entry["classes"][1], int(counts[:, 1].sum())
    order = np.argsort(-counts[:, 1], kind="stable")
    half = int(np.searchsorted(np.cumsum(counts[order, 1]), every / 2)) + 1
    text = (
        f"Training rows whose best matching unit is each node of a map of {grid.shape[0]} by "
        f"{columns}, and the share of {second} among them; × marks a node without rows. Most rows, "
        f"{rows[most]:,}, fall on row {most // columns}, column {most % columns} (both from 0)."
    )
    if not every:
        return f"{text} No row is {second}."
    return (
        f"{text} Half of the {every:,} rows of {second} lie on {half:,} "
        f"node{'' if half == 1 else 's'}; {np.count_nonzero(2 * counts[:, 1] > rows):,} hold more "
        "of it than of the other."
    )


def component_planes(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the nodes' weights in each number that the map sees, those that vary most first."""
    grid, planes = cells(entry), entry["planes"]
    left = entry["total"] - len(planes)
    title = f"{short(planes[0]['name'], 20)} varies most over the map"
    down = -(-len(planes) // _ACROSS)
    cell = side(grid, 1.45, 2.2)
    figure = canvas(title, caption, 6.8, 1.0 + down * (grid.extent[1] * cell + 0.5))
    every = figure.subplots(down, _ACROSS, squeeze=False).ravel()
    for axes, plane in zip(every, planes, strict=False):
        values = np.array(plane["values"])
        prepare(axes, grid, labels=False)
        fill(axes, grid, np.arange(len(values)), values, scale(values.min(), values.max()))
        axes.set_title(f"{short(plane['name'], 16)}\n{_range(values)}", fontsize=7.5)
    for axes in every[len(planes) :]:
        axes.set_axis_off()
    rest = f"; {left} that vary less are left out" if left else ""
    figure.supxlabel(
        f"Each from its least (light) to its largest value (dark), in its own unit{rest}",
        fontsize=8, color=QUIET,
    )  # fmt: skip
    listed = ", ".join(
        f"{plane['name']} {_range(np.array(plane['values']))}" for plane in planes[:5]
    )
    description = (
        f"Weights of the nodes in {len(planes)} of the {entry['total']} numbers that the map sees, "
        f"those first that vary most over it; light is the least value, dark the largest. In the "
        f"columns’ own units, of a category the share of rows that have it: {listed}"
        f"{f', {len(planes) - 5} more' if len(planes) > 5 else ''}."
    )
    return Drawn(figure, title, description)


def _range(values: Array) -> str:
    """Write the least and the largest value, with two digits of what lies between them."""
    low, high = float(values.min()), float(values.max())
    decimals = max(0, 1 - math.floor(math.log10(high - low))) if high > low else 2
    low, high = round(low, decimals) + 0.0, round(high, decimals) + 0.0  # no -0
    return f"{low:,.{decimals}f} to {high:,.{decimals}f}".replace("-", "−")
