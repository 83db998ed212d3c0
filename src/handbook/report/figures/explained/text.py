"""Samples of a model of characters, and the gates of its units by character."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.report.figures.som_grid import Cells, fill, scale
from handbook.report.figures.style import INK, QUIET, Drawn, canvas, short
from handbook.report.numbers import formatted

__all__ = ["gates", "text_samples"]

Array = npt.NDArray[Any]

_SIZE = 6.5  # points
_ADVANCE = 0.602  # of the monospaced font, in parts of its size
# Inches: a column of text, a line, and what lies between two samples.
_WIDE, _LINE, _GAP = 3.55, 0.122, 0.12
_HANGS = 8  # spaces before what did not fit on a line
_COLUMNS = int(_WIDE * 72 / (_ADVANCE * _SIZE))

_CELL = 0.105  # inches across, for one character
_TALL = 0.13
_CORNER = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
_MARKS = {"\n": "↵", " ": "·", "\t": "→"}
_CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


def text_samples(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Set the samples of the trained model in one column, those from its training in another."""
    written = [
        (f"After “{_line(entry['seed_text'], 60)}”", ""),
        *((f"{sample['label']}: {_shares(sample)}", sample["text"]) for sample in entry["written"]),
    ]
    trained = [
        (f"While it was trained, after “{_line(entry['begun'], 60)}”", ""),
        *(
            (f"epoch {sample['epoch']}: {_shares(sample)}", sample["text"])
            for sample in entry["epochs"]
        ),
    ]
    half = (len(written) + 1) // 2
    columns = [written, trained] if entry["epochs"] else [written[:half], written[half:]]
    title = _title_of(entry["written"])
    width = 0.2 + len(columns) * (_WIDE + 0.15)
    set_out = [[_block(label, text) for label, text in column] for column in columns]
    tall = max(sum(len(block) * _LINE + _GAP for block in column) for column in set_out)
    height = 0.75 + tall
    figure = canvas(title, caption, width, height)
    for index, column in enumerate(set_out):
        left, top = 0.1 + index * (_WIDE + 0.15), height - 0.65
        for block in column:
            _write(figure, block, left, top)
            top -= len(block) * _LINE + _GAP
    return Drawn(figure, title, _samples_in_words(entry))


def _write(figure: Any, block: Sequence[tuple[str, bool]], left: float, top: float) -> None:
    """Write lines, headings in bold, from a place in inches on."""
    wide, high = figure.get_size_inches()
    for row, (line, heading) in enumerate(block):
        text = line.lstrip(" ")  # a space is as large in the file as a letter
        figure.text(
            (left + (len(line) - len(text)) * _ADVANCE * _SIZE / 72) / wide,
            (top - row * _LINE) / high,
            text,
            va="top",
            fontsize=_SIZE,
            family="DejaVu Sans" if heading else "DejaVu Sans Mono",
            fontweight="bold" if heading else "normal",
            color=INK,
        )


def _block(label: str, text: str) -> list[tuple[str, bool]]:
    """Return lines, and whether each belongs to the heading."""
    heading = [(line, True) for line in textwrap.wrap(label, _COLUMNS - 6)]
    # A model's own line breaks are kept, blank lines are not: the figure would be mostly these.
    lines = [
        part
        for line in text.split("\n")
        if line.strip()
        for part in textwrap.wrap(line, _COLUMNS, subsequent_indent=" " * _HANGS)
    ]
    return heading + [(line, False) for line in lines]


def _line(text: str, most: int = 1000) -> str:
    return short(" ".join(text.split()), most)


def _shares(sample: Mapping[str, Any]) -> str:
    if sample["known"] is None:
        return "no words"
    return f"words known {sample['known']:.0%}, different {sample['different']:.0%}"


def _title_of(written: Sequence[Mapping[str, Any]]) -> str:
    """Compare greedy samples with those at temperature 1, for the title."""
    by_name = {sample["label"]: sample for sample in written}
    greedy, drawn = by_name["greedy"]["different"], by_name["temperature 1"]["known"]
    parts = []
    if greedy is not None:
        parts.append(
            f"Greedy, {greedy:.0%} of the words are different"
            if greedy < 0.999
            else "Greedy, no word comes twice"
        )
    if drawn is not None:
        parts.append(f"{'at' if parts else 'At'} temperature 1, {drawn:.0%} are words of the text")
    return "; ".join(parts) or "No word is written"


def _samples_in_words(entry: Mapping[str, Any]) -> str:
    written = " ".join(
        f"{sample['label']} ({_shares(sample)}): “{_line(sample['text'])}”."
        for sample in entry["written"]
    )
    text = (
        f"The model continues “{_line(entry['seed_text'])}”, the first whole line of the test "
        f"text; what is drawn has the seed {entry['seed']}. Blank lines are left out. Known words "
        "are those of the training text; different ones are what is left when each counts once. "
        f"{written}"
    )
    if not entry["epochs"]:
        return text
    first, last = entry["epochs"][0], entry["epochs"][-1]
    return (
        f"{text} While it was trained it continued the beginning of the training text at "
        f"temperature 1: after epoch {first['epoch']} “{_line(first['text'])}”, after epoch "
        f"{last['epoch']} “{_line(last['text'])}”."
    )


def gates(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw each gate of some units as a strip for each unit, over the characters that are read."""
    names, units, read = list(entry["values"]), entry["units"], entry["text"]
    title = _finding(entry)
    grid = _cells(len(units), len(read))
    width = max(6.4, 1.75 + len(read) * _CELL)
    height = 1.3 + len(names) * (len(units) * _TALL + 0.3)
    figure = canvas(title, caption, width, height)
    every = figure.subplots(len(names), 1, squeeze=False)[:, 0]
    for axes, name in zip(every, names, strict=True):
        values = np.array(entry["values"][name])  # (units, characters)
        shades = scale(0.0, 1.0)
        if name == entry["memory"]:  # some units count far, others hardly at all
            values = values / np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12)
            shades, name = scale(-1.0, 1.0, steps=9), f"{name}, in parts of each unit’s largest"
        axes.set(xlim=(-0.5, len(read) - 0.5), ylim=(len(units) - 0.5, -0.5))
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=7)
        fill(axes, grid, np.arange(values.size), values.ravel(), shades)
        axes.set_yticks(range(len(units)), [f"unit {unit}" for unit in units])
        axes.set_title(name, fontsize=8, loc="left")
        axes.set_xticks([])
        bar = figure.colorbar(shades, ax=axes, pad=0.01, fraction=0.03, aspect=6)
        bar.ax.tick_params(labelsize=6.5)
        bar.outline.set_visible(False)
    axes.set_xticks(range(len(read)), [_MARKS.get(character, character) for character in read])
    for tick in axes.get_xticklabels():
        tick.set(family="DejaVu Sans Mono", color=INK)
    figure.supxlabel(
        "characters in the order of reading (· space, ↵ line break); light is low, dark is high",
        fontsize=8, color=QUIET,
    )  # fmt: skip
    return Drawn(figure, title, _gates_in_words(entry))


def _cells(rows: int, columns: int) -> Cells:
    down, across = np.mgrid[:rows, :columns]
    middles = np.column_stack([across.ravel(), down.ravel()]).astype(float)
    return Cells((rows, columns), middles, _CORNER)


def _finding(entry: Mapping[str, Any]) -> str:
    best = max(
        zip(entry["units"], entry["follows"], strict=True),
        key=lambda item: abs(item[1]["correlation"] or 0.0),
    )
    unit, follows = best
    if follows["correlation"] is None:
        return "No unit remembers anything"
    correlation = formatted(follows["correlation"], ".2f")
    return f"Unit {unit} goes with {follows['feature']}: r = {correlation}"


def _gates_in_words(entry: Mapping[str, Any]) -> str:
    means = ", ".join(f"{name} {mean:.2f}" for name, mean in entry["means"].items())
    follows = ", ".join(
        f"unit {unit} with {follower['feature']} ({formatted(follower['correlation'], '.2f')})"
        for unit, follower in zip(entry["units"], entry["follows"], strict=True)
        if follower["feature"] is not None
    )
    opened = f" Means over all units: {means}." if means else ""
    return (
        f"The {len(entry['units'])} of {entry['hidden']} units of the last {_CELLS[entry['cell']]} "
        f"layer whose {entry['memory']} varies most while it reads “{_line(entry['text'])}” from "
        f"the test text: {', '.join(entry['values'])}, one column a character.{opened} Correlation "
        f"of each {entry['memory']} with what it goes with most, over {entry['judged']:,} "
        f"characters: {follows or 'none'}."
    )
