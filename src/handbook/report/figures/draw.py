"""The figures of one run, by name, drawn as SVG from its predictions and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError, nearest
from handbook.core.files import read_json
from handbook.report.figures import style
from handbook.report.figures.explained import (
    coefficients,
    importances,
    layers,
    outliers,
    projection,
    samples,
    som,
    text,
    tree,
)
from handbook.report.figures.predictions import read, read_history
from handbook.report.figures.runs import classes, ranking, regression
from handbook.report.figures.runs.history import history
from handbook.tasks.figures import FIGURES, HISTORY, SHOWS, functions

__all__ = ["draw"]

_OF_PREDICTIONS = functions(dict.fromkeys(chain(*FIGURES.values())), classes, ranking, regression)
_OF_EXPLANATIONS = functions(
    SHOWS, coefficients, importances, layers, outliers, projection, samples, som, text, tree
)
# Titles of notes that are not the figure's name.
_TITLES = {
    "coefficient-path": "Coefficients by penalty",
    "kernels": "First kernels",
    "frechet-scale": "Fréchet distance",
}


def draw(
    names: Sequence[str], run_dir: Path, out: Mapping[str, Path], curves: Sequence[str]
) -> None:
    """Draw the figures `names` of the run in `run_dir`.

    Parameters
    ----------
    names : sequence of str
        Out of :func:`~handbook.tasks.figures.figure_names`.
    run_dir : Path
        Holds ``predictions.arrow``, ``history.csv``, ``run.json`` and, where one of `names` is
        among :data:`~handbook.tasks.figures.SHOWS`, ``explain.json``; only what `names` need is
        read.
    out : mapping of str to Path
        Where each figure goes, by its name.
    curves : sequence of str
        Columns of the history to draw.

    Raises
    ------
    HandbookError
        A figure or a column that does not exist, or that was not computed.
    """
    every = [*_OF_PREDICTIONS, *_OF_EXPLANATIONS, HISTORY]
    for name in names:
        if name not in every:
            raise HandbookError(f"figure {name!r}: {nearest(name, every)}")
    record = run_dir / "run.json"
    caption = style.caption(read_json(record)) if record.is_file() else ""
    explained = _explained(run_dir / "explain.json", [name for name in names if name in SHOWS])
    if any(name in _OF_PREDICTIONS for name in names):
        predictions = read(run_dir / "predictions.arrow")
    if HISTORY in names:
        step, columns = read_history(run_dir / "history.csv")
    for name in names:
        with style.applied():
            if name in _OF_PREDICTIONS:
                drawing = _OF_PREDICTIONS[name](predictions, caption)
            elif name == HISTORY:
                drawing = history(step, columns, curves, caption)
            elif reason := explained[name].get("undefined"):
                title = _TITLES.get(name, name.replace("-", " ").capitalize())
                drawing = style.note(f"{title}: undefined", reason, caption)
            else:
                drawing = _OF_EXPLANATIONS[name](explained[name], caption)
            style.save(drawing, out[name])


def _explained(path: Path, names: Sequence[str]) -> Mapping[str, Any]:
    """Read what was computed for the figures `names`."""
    entries: dict[str, Any] = read_json(path, made_by="make rebuild")["shows"] if names else {}
    for name in names:
        if name not in entries:
            raise HandbookError(
                f"{path}: has no {name!r}, only {', '.join(entries) or 'nothing'}; delete it and "
                "run the workflow again"
            )
    return entries
