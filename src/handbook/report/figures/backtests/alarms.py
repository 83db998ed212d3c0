"""Alarms of a watch, window by window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handbook.report.figures.backtests.periods import Record
from handbook.report.figures.style import COLOURS, MARKERS, QUIET, Drawn, canvas

__all__ = ["alarms"]

_KINDS = {
    "column": "columns moved",
    "answer": "answers moved",
    "label": "labels moved",
    "score": "scores or calibration worse",
}


def alarms(record: Record, caption: str) -> Drawn:
    """Draw which windows are an alarm, of rows without a change and of those that came later."""
    watch = record["watch"]
    rows, same = watch["windows"], watch["unchanged"]
    share = {kind: _share(rows, kind) for kind in _KINDS}
    false = sum(any(window["alarms"].values()) for window in same)
    title = (
        f"{share['column'][0]} of {len(rows)} windows are an alarm by their columns, "
        f"{share['score'][0]} by their scores; {false} of {len(same)} without a change"
    )
    figure = canvas(title, caption, 8.6, 2.9)
    axes = figure.subplots()
    for level, kind in enumerate(_KINDS):
        for windows, start in ((same, -len(same) - 1), (rows, 0)):
            hit = np.array([bool(window["alarms"][kind]) for window in windows])
            x = start + np.arange(len(windows))
            axes.plot(
                x[hit], np.full(hit.sum(), level), MARKERS[level], color=COLOURS[level],
                markersize=4.5,
            )  # fmt: skip
            axes.plot(x[~hit], np.full((~hit).sum(), level), ".", color=QUIET, markersize=2)
    axes.axvline(-0.75, color=QUIET, linewidth=0.8)
    axes.set_yticks(range(len(_KINDS)), list(_KINDS.values()))
    axes.set(ylim=(len(_KINDS) - 0.5, -0.5))
    every = -(-len(rows) // 8)
    positions = list(range(0, len(rows), every))
    axes.set_xticks(
        [-len(same) / 2 - 1, *positions],
        ["no change", *(rows[position]["period"] for position in positions)],
        rotation=45, ha="right", rotation_mode="anchor",
    )  # fmt: skip
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"windows of {watch['rule']['rows']} rows, by the period in which they end")
    words = "; ".join(
        f"{_KINDS[kind]}: {count} windows, the first of them number {first}"
        if first is not None
        else f"{_KINDS[kind]}: none"
        for kind, (count, first) in share.items()
    )
    return Drawn(
        figure,
        title,
        f"Large marks are alarms, small dots windows without one; left of the line, rows of the "
        f"first periods that the model had not learnt from, in random order. Later rows: {words}.",
    )


def _share(windows: Sequence[Record], kind: str) -> tuple[int, int | None]:
    """Return how many windows are an alarm of a kind, and the number of the first, from 1."""
    hits = [number for number, window in enumerate(windows, 1) if window["alarms"][kind]]
    return len(hits), hits[0] if hits else None
