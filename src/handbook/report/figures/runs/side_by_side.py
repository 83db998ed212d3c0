"""The histories of several variants of a model in one figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.catalogue.sections import SideBySide
from handbook.core.errors import HandbookError, nearest
from handbook.report.figures import style
from handbook.report.figures.legend import legend_below, rows_below
from handbook.report.figures.predictions import read_history
from handbook.report.figures.style import Drawn, canvas, caption, look
from handbook.report.figures.thin import envelope

__all__ = ["draw_side_by_side"]

Columns = dict[str, npt.NDArray[np.float64]]

_MARKED = 30  # steps up to which each is marked


def draw_side_by_side(
    section: SideBySide, release: str, histories: Sequence[Path], out: Path
) -> None:
    """Draw a panel for each column asked for, with a line for each run.

    Parameters
    ----------
    section : SideBySide
        Of the catalogue.
    release : str
        Of the data set.
    histories : sequence of Path
        The ``history.csv`` of each variant, in their order.
    out : Path
        The SVG file.

    Raises
    ------
    HandbookError
        A run has no such column.
    """
    runs: dict[str, tuple[str, Columns]] = {}
    for variant, path in zip(section.variants, histories, strict=True):
        step, columns = read_history(path)
        for name in section.curves:
            if name not in columns:
                raise HandbookError(
                    f"{path}: no column {name!r} (params.yaml: side_by_side); "
                    f"{nearest(name, [column for column in columns if column != step])}"
                )
        runs[variant] = step, columns
    with style.applied():
        style.save(_drawn(section, release, runs), out)


def _drawn(section: SideBySide, release: str, runs: Mapping[str, tuple[str, Columns]]) -> Drawn:
    curves, steps = section.curves, dict.fromkeys(step for step, _ in runs.values())
    figure = canvas(
        section.title,
        caption(section.model_dump() | {"data_variant": release}),
        4.8,
        1.2 + 2.0 * len(curves) + 0.2 * rows_below([*runs], 4.8),
    )
    grid = figure.subplots(len(curves), 1, sharex=True, squeeze=False)[:, 0]
    handles: list[Any] = []
    for axes, name in zip(grid, curves, strict=True):
        handles = []
        for index, (variant, (step, columns)) in enumerate(runs.items()):
            x, y = columns[step], columns[name]
            few = len(x) <= _MARKED
            (line,) = axes.plot(
                *((x, y) if few else envelope(x, y)),
                **look(index),
                marker="os^Dvpx"[index % 7] if few else None,
                markersize=4,
                label=variant,
            )
            handles.append(line)
        axes.set_ylabel(name.replace("_", " "))
    grid[-1].set_xlabel(f"{' or '.join(steps)} (number)")
    grid[-1].xaxis.get_major_locator().set_params(integer=True)
    figure.align_ylabels()
    legend_below(figure, handles)
    return Drawn(figure, section.title, _words(curves, runs))


def _words(curves: Sequence[str], runs: Mapping[str, tuple[str, Columns]]) -> str:
    phrases = []
    for name in curves:
        ends = (
            f"{variant} from {columns[name][0]:.4g} to {columns[name][-1]:.4g}"
            for variant, (_, columns) in runs.items()
        )
        phrases.append(f"{name.replace('_', ' ')} goes: {', '.join(ends)}")
    return f"{'; '.join(phrases)}."
