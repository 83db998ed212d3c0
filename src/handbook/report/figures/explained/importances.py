"""Importance of each column: by permutation, and by impurity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handbook.report.figures.style import INK, MAIN, QUIET, Drawn, canvas, note, short
from handbook.report.numbers import formatted
from handbook.tasks.metric import Metric

__all__ = ["impurity_importance", "permutation_importance"]

# More rows than this are too small to read; the rest is counted in words.
_MOST = 20
_NAME = 24


def permutation_importance(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the loss of score that shuffling each column brings, with the range of the shuffles."""
    title = "Permutation importance"
    columns = entry["columns"]
    metric = Metric.named(entry["metric"]).title
    loss = "drop" if Metric.named(entry["metric"]).higher else "rise"
    first = columns[0]
    title = (
        f"Leans most on {short(first['name'], 20)}: {metric} {_signed(first['mean'], loss)}"
        if first["low"] > 0
        else "Leans clearly on no column"
    )
    figure, axes, drawn = _rows(title, caption, columns)
    for row, column in enumerate(drawn):
        axes.plot([column["low"], column["high"]], [row, row], color=MAIN, linewidth=2.2)
        axes.plot(
            column["mean"], row, "o", color=MAIN, markersize=5.5, markeredgecolor="white",
            markeredgewidth=0.8, zorder=3,
        )  # fmt: skip
    axes.axvline(0, color=QUIET, linewidth=0.9)
    some = "" if entry["rows"] == entry["of_rows"] else f" of {entry['of_rows']:,}"
    rows = f"{entry['rows']:,}{some} test rows"
    axes.set_xlabel(f"{loss} of {metric} when the column is shuffled", loc="right")
    _footnote(
        figure,
        f"{rows}. Dot: mean of {entry['repeats']} shuffles; line: lowest to\n"
        "highest of the shuffles of these rows, not of other samples of rows",
    )
    listed = _listed(
        "{name} {mean} ({low} to {high})".format(
            name=item["name"],
            **{key: formatted(item[key], ".3g") for key in ("mean", "low", "high")},
        )
        for item in columns
    )
    description = (
        f"{loss.capitalize()} of {metric} when one column of {rows} is shuffled, mean of "
        f"{entry['repeats']} shuffles and their lowest and highest: {listed}. Unshuffled, "
        f"{metric} is {entry['score']:.4g} on these rows. The ranges are over shuffles of the "
        "same rows, not over samples of rows. Correlated columns share importance: each looks "
        f"less important alone.{_left_out(columns)}"
    )
    return Drawn(figure, title, description)


def impurity_importance(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw each column's share of the impurity that the trees took away."""
    title = "Impurity importance"
    columns = entry["columns"]
    if not columns or columns[0]["share"] == 0:
        return note(f"{title}: none", "no tree asks a question", caption)
    first = columns[0]
    title = f"Trees gain most from {short(first['name'], 20)}: {first['share']:.1%}"
    figure, axes, drawn = _rows(title, caption, columns)
    axes.barh(range(len(drawn)), [item["share"] for item in drawn], height=0.62, color=MAIN)
    axes.set_xlabel("share of the impurity taken away on the training rows", loc="right")
    trees = ""
    if entry["trees"]:
        low, high = entry["percentiles"]
        for row, item in enumerate(drawn):
            axes.plot([item["low"], item["high"]], [row, row], color=INK, linewidth=1.3)
        _footnote(figure, f"Line: {low}th to {high}th percentile of the {entry['trees']} trees")
        trees = f", with the {low}th to {high}th percentile of {entry['trees']} trees"
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    listed = _listed(
        f"{item['name']} {item['share']:.1%}"
        + (f" ({item['low']:.1%} to {item['high']:.1%})" if entry["trees"] else "")
        for item in columns
    )
    description = (
        f"Share of the impurity that splits on each column took away on the training rows{trees}: "
        f"{listed}. It favours columns of many values, and knows nothing of held-out rows."
        f"{_left_out(columns)}"
    )
    return Drawn(figure, title, description)


def _rows(
    title: str, caption: str, columns: Sequence[Mapping[str, Any]]
) -> tuple[Any, Any, Sequence[Mapping[str, Any]]]:
    """Return a figure with a row for each column, the first at the top, and the columns to draw."""
    drawn = columns[:_MOST]
    figure = canvas(title, caption, 4.4, 1.5 + 0.2 * max(len(drawn), 4))
    axes = figure.add_subplot()
    axes.grid(visible=False, axis="y")
    axes.set_yticks(range(len(drawn)), [short(column["name"], _NAME) for column in drawn])
    axes.set_ylim(len(drawn) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    return figure, axes, drawn


def _footnote(figure: Any, text: str) -> None:
    """Write below the axes, over the whole width: an axis label would be cut beside long names."""
    figure.supxlabel(text, fontsize=8, color=QUIET)


def _signed(value: float, loss: str) -> str:
    return f"{'+' if loss == 'rise' else '−'}{abs(value):.3g}"


def _listed(phrases: Any, most: int = 5) -> str:
    """List the first alone, which keeps the description of a figure short."""
    every = list(phrases)
    more = f", {len(every) - most} more below them" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def _left_out(columns: Sequence[Any]) -> str:
    rest = len(columns) - _MOST
    return f" The {rest} least are not drawn." if rest > 0 else ""
