"""The weights of a linear model, and how a penalty shrinks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator

from handbook.report.figures.legend import legend_below, rows_below
from handbook.report.figures.style import (
    COLOURS,
    DASHES,
    INK,
    MAIN,
    MARK,
    QUIET,
    Drawn,
    canvas,
    look,
    short,
)
from handbook.report.numbers import formatted

__all__ = ["coefficient_path", "coefficients"]

_PER = {
    "standard": "per standard deviation of a number, or for being of a category",
    "minmax": "over the whole range of a number, or for being of a category",
    "none": "per unit of a number, or for being of a category",
}
_MARKERS = "os^Dv*P"
_NAME = 24
_GAP = 0.048  # of the height of the axes, between two labels


def coefficients(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the largest coefficients, each class of more than two with a marker of its own."""
    names, series = entry["features"], entry["series"]
    values = np.array([outcome_series["values"] for outcome_series in series])
    of, largest = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    title = f"Largest: {short(names[largest], _NAME)}, {formatted(values[of, largest], '+.3g')}"
    if len(series) > 1 and len(series[of]["name"]) <= 18:
        title += f" for {series[of]['name']}"
    if not values.any():
        title = "Every coefficient is 0"
    labels = (
        [short(outcome_series["name"], _NAME) for outcome_series in series]
        if len(series) > 1
        else []
    )
    below = 0.17 * rows_below(labels, 4.4) if labels else 0
    figure = canvas(title, caption, 4.4, 1.6 + 0.2 * max(len(names), 4) + below)
    axes = figure.add_subplot()
    axes.grid(visible=False, axis="y")
    if len(series) == 1:
        axes.barh(
            range(len(names)), values[0], height=0.62,
            color=[MAIN if value > 0 else MARK for value in values[0]],
        )  # fmt: skip
    else:
        for row in range(1, len(names)):
            axes.axhline(row - 0.5, color="#e3e7ea", linewidth=0.7)
        handles = []
        for index, row in enumerate(values):
            handles += axes.plot(
                row, range(len(names)), _MARKERS[index % len(_MARKERS)], markersize=5.5,
                color=COLOURS[index % len(COLOURS)], label=labels[index],
            )  # fmt: skip
        legend_below(figure, handles)
    axes.axvline(0, color=QUIET, linewidth=0.9)
    axes.set_yticks(range(len(names)), [short(name, _NAME) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    about = {"log odds": "log odds", "score": "the score of a class"}
    outcome = about.get(entry["of"], entry["of"])
    if entry["of"] == "log odds":
        outcome = f"the log odds of “{short(series[0]['name'])}”"
    axes.set_xlabel(
        f"change of {outcome},\n" + _PER[entry["scaling"]].replace(", or", ",\nor"), loc="right"
    )
    rest = entry["total"] - len(names)
    phrases = [
        f"{outcome_series['name']}: " * (len(series) > 1) + _listed(names, row)
        for outcome_series, row in zip(series, values, strict=True)
    ]
    description = (
        f"Coefficients: the change of {outcome} {_PER[entry['scaling']]}. "
        f"{'; '.join(phrases)}."
        + (f" {rest} smaller ones are not drawn." if rest > 0 else "")
        + _determined(entry.get("design"))
    )
    return Drawn(figure, title, description)


def _determined(design: Mapping[str, Any] | None) -> str:
    """Say whether the rows determine the coefficients, or leave them one solution of many."""
    if not design or design["rank"] == design["columns"]:
        return " Columns that say nearly the same share their weight between them."
    return (
        f" These coefficients are one solution of many: the {design['columns']} columns, the "
        f"intercept's among them, have rank {design['rank']}, since what is made of "
        f"{', '.join(design['free'])} follows from one another (the 0 and 1 of all categories of a "
        f"column add up to 1). {design['number']} of the coefficients can be changed together "
        "without changing a single prediction; which are found is up to the penalty and the "
        "algorithm, and only differences between categories of one column mean something."
    )


def coefficient_path(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw each coefficient against the penalty, from the strongest to the weakest."""
    alphas, lines, own = np.array(entry["alphas"]), entry["lines"], entry["own"]
    kind, total = entry["kind"].capitalize(), entry["total"]
    length = entry["own_size"] / entry["size"][0] if entry["size"][0] else 0.0
    title = (
        f"{kind} at alpha {own:g} keeps {entry['own_kept']} of {total} coefficients"
        if kind == "Lasso"
        else f"{kind} at alpha {own:g} shrinks the coefficients by {1 - length:.1%}"
    )
    figure = canvas(title, caption, 6.8, 4.6)
    axes = figure.add_subplot()
    axes.set_xscale("log")
    axes.axhline(0, color=QUIET, linewidth=0.9)
    for index, line in enumerate(lines):
        axes.plot(
            alphas, line["values"], **look(index), linewidth=1.3,
        )  # fmt: skip
    axes.set_xlim(alphas[-1], alphas[0])
    if own > 0:
        axes.axvline(own, color=INK, linestyle=(0, (4, 3)), linewidth=1)
        axes.annotate(
            f"this run: alpha {own:g}", (own, 1), (0, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", fontsize=8,
        )  # fmt: skip
    _label_ends(axes, lines)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.xaxis.set_major_locator(LogLocator(numticks=7))
    less = f"; the {len(lines)} largest of {total}" if len(lines) < total else ""
    axes.set_xlabel(f"alpha (log scale): the penalty weakens to the right{less}")
    axes.set_ylabel(f"coefficient (change of {short(entry['target'])})")
    at = int(np.argmin(np.abs(alphas - own)))
    strong, weak = (f"alpha {alphas[end]:.3g} keeps {entry['kept'][end]}" for end in (-1, 0))
    description = (
        f"{kind} refitted on the training rows at {len(alphas)} penalties{less}. A coefficient is "
        f"the change of {entry['target']} {_PER[entry['scaling']]}. "
        + (
            f"Of {total} coefficients {strong} and {weak}. "
            if kind == "Lasso"
            else f"Their vector is {1 - length:.1%} shorter than at alpha {alphas[0]:.3g}. "
        )
        + f"At the run’s own alpha, {own:g}: "
        + _listed([line["name"] for line in lines], [line["values"][at] for line in lines])
        + "."
    )
    return Drawn(figure, title, description)


def _label_ends(axes: Any, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write each line's name beside its right end, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    ends = np.array([(line["values"][0] - low) / (high - low) for line in lines])
    for index, height in enumerate(_apart(ends)):
        colour = COLOURS[index % len(COLOURS)]
        axes.annotate(
            short(lines[index]["name"], _NAME), (1, ends[index]), (1.05, height),
            xycoords="axes fraction", textcoords="axes fraction", va="center", fontsize=8,
            arrowprops={
                "arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 0,
                "relpos": (0, 0.5), "linestyle": DASHES[index % len(DASHES)],
            },
        )  # fmt: skip


def _apart(ends: Any) -> list[float]:
    """Move heights apart to at least a label's height, in their order, around where they are.

    Examples
    --------
    >>> [round(height, 3) for height in _apart(np.array([0.5, 0.5, 0.9]))]
    [0.524, 0.476, 0.9]
    """
    order = np.argsort(-ends, kind="stable")[::-1]
    # stacks of touching labels, each around the mean of where its labels want to be
    stacks: list[list[int]] = []
    for index in order:
        stacks.append([int(index)])
        while len(stacks) > 1 and _span(stacks[-2], ends)[1] + _GAP > _span(stacks[-1], ends)[0]:
            upper = stacks.pop()
            stacks[-1] += upper
    heights = [0.0] * len(ends)
    for stack in stacks:
        for step, index in enumerate(stack):
            heights[index] = _span(stack, ends)[0] + step * _GAP
    return heights


def _span(stack: Sequence[int], ends: Any) -> tuple[float, float]:
    middle, half = float(np.mean(ends[stack])), _GAP * (len(stack) - 1) / 2
    return middle - half, middle + half


def _listed(names: Sequence[str], values: Any, most: int = 5) -> str:
    """List the largest alone, which keeps the description of a figure short."""
    order = np.argsort(-np.abs(values), kind="stable")[:most]
    return ", ".join(f"{names[index]} {formatted(values[index], '+.3g')}" for index in order)
