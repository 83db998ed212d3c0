"""Curves of a run as few numbers, to be laid over those of other runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from handbook.report.figures.diagnosed.diagnosis import Scores
from handbook.report.figures.predictions import (
    Predictions,
    against_rest,
    read,
    read_history,
    undefined,
)

__all__ = ["KINDS", "Kind", "Line", "Lines", "history_kind", "learning_lines", "lines_of"]

Array = npt.NDArray[np.float64]

_MOST = 150  # points of a history
_VALIDATION = "validation_"
_PREDICTED = ("classification", "outliers", "regression")  # tasks whose predictions give curves


class Line(NamedTuple):
    """A line: its heights over the grid of its kind, or over places of its own."""

    y: Sequence[float | None]
    x: Sequence[float] | None = None
    part: str = ""  # what it is of, where a run has several of a kind


#: The lines of a run by the key of their kind.
Lines = Mapping[str, Sequence[Line]]


class Kind(NamedTuple):
    """A kind of curve: its title, its axes, and the grid over which all its lines lie."""

    title: str
    x: str
    y: str
    grid: Sequence[float] | None = None
    share: bool = False  # whether its heights are shares, from 0 to 1


# Close where good models differ most.
_RATES = [*np.arange(0, 0.02, 0.002), *np.arange(0.02, 0.1, 0.01), *np.arange(0.1, 1.001, 0.02)]
_SHARES = [*np.arange(0, 1.001, 0.02)]

KINDS: dict[str, Kind] = {
    "roc": Kind(
        "ROC curve",
        "false positive rate",
        "true positive rate",
        [round(float(x), 3) for x in _RATES],
        share=True,
    ),
    "precision-recall": Kind(
        "Precision-recall curve",
        "recall",
        "precision",
        [round(float(x), 3) for x in _SHARES],
        share=True,
    ),
    "errors": Kind(
        "Errors by share of rows",
        "share of the test rows, best predicted first",
        "absolute error",
        [round(float(x), 3) for x in _SHARES],
    ),
    "learning": Kind("Learning curve", "training rows", "score"),
}


def history_kind(key: str, step: str) -> Kind:
    """Describe a column of a history.

    Examples
    --------
    >>> history_kind("history:loss", "epoch")[:3]
    ('Loss while training', 'epoch', 'loss')
    """
    name = key.partition(":")[2].replace("_", " ")
    return Kind(f"{name.capitalize()} while training", step, name)


def lines_of(folder: Path, task: str) -> tuple[dict[str, list[Line]], str]:
    """Read the lines of a run from its predictions and its history.

    Parameters
    ----------
    folder : Path
        Of the run; files that are missing give no lines.
    task : str

    Returns
    -------
    lines : dict of str to list of Line
        A history's keys begin with ``history:``; a validation column lies with its training one.
    step : str
        What a history counts.
    """
    lines: dict[str, list[Line]] = {}
    step = "epoch"
    predictions, history = folder / "predictions.arrow", folder / "history.csv"
    if task in _PREDICTED and predictions.is_file():
        lines |= _of_predictions(read(predictions))
    if history.is_file():
        step, columns = read_history(history)
        lines |= _of_history(step, columns)
    return lines, step


def learning_lines(record: Mapping[str, Any]) -> list[Line]:
    """Return the learning curve of a diagnosis, means over splits: validation and training rows."""
    learning = record["learning"]
    return [
        Line(_rounded(Scores.of(learning[part]).mean), learning["sizes"], f"{name} rows")
        for part, name in (("validation", "validation"), ("train", "training"))
    ]


def _of_predictions(predictions: Predictions) -> dict[str, list[Line]]:
    if predictions.task == "regression":
        errors = np.abs(predictions.predicted.astype(float) - predictions.true.astype(float))
        grid = KINDS["errors"].grid
        assert grid is not None
        return {"errors": [Line(_rounded(np.quantile(errors, grid)))]} if len(errors) else {}
    if undefined(predictions):
        return {}
    tests = against_rest(predictions)
    part = "mean over classes" if len(tests) > 1 else ""
    rules: Mapping[str, Callable[[Any, Any], Array]] = {"roc": _roc, "precision-recall": _precision}
    return {
        key: [Line(_rounded(np.mean([rule(truth, s) for _, truth, s in tests], axis=0)), part=part)]
        for key, rule in rules.items()
    }


def _roc(truth: Any, scores: Any) -> Array:
    """Return the true positive rate at each false positive rate of the grid."""
    from sklearn.metrics import roc_curve

    false, true, _ = roc_curve(truth, scores)
    # Where it rises straight, its upper end.
    places, last = np.unique(false[::-1], return_index=True)
    return np.asarray(np.interp(np.asarray(KINDS["roc"].grid), places, true[::-1][last]))


def _precision(truth: Any, scores: Any) -> Array:
    """Return the precision at the first threshold that finds each share of the grid."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, _ = precision_recall_curve(truth, scores)
    precision, recall = precision[-2::-1], recall[-2::-1]  # without the point that is no threshold
    place = np.searchsorted(recall, np.asarray(KINDS["precision-recall"].grid) - 1e-9)
    return np.asarray(precision[np.minimum(place, len(recall) - 1)])


def _of_history(step: str, columns: Mapping[str, Array]) -> dict[str, list[Line]]:
    lines: dict[str, list[Line]] = {}
    measured = [name for name in columns if name != step and not np.isnan(columns[name]).all()]
    for name in measured:
        if name.startswith(_VALIDATION) and name.removeprefix(_VALIDATION) in measured:
            continue  # lies with the column of the training rows
        own = [(name, "")]
        if _VALIDATION + name in measured:
            own = [(_VALIDATION + name, "validation rows"), (name, "training rows")]
        lines[f"history:{name}"] = [
            Line(_rounded(y), x.tolist(), part)
            for x, y, part in ((*_thinned(columns[step], columns[c]), part) for c, part in own)
        ]
    return lines


def _thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """Return a long history as means of as many stretches as a plot can show."""
    measured = ~np.isnan(y)
    x, y = x[measured], y[measured]
    if len(x) <= _MOST:
        return x, y
    parts = np.array_split(np.arange(len(x)), _MOST)
    return np.array([x[part[-1]] for part in parts]), np.array([y[part].mean() for part in parts])


def _rounded(values: Array) -> list[float]:
    """Round to four digits, which no screen shows better."""
    return [float(f"{x:.4g}") if math.isfinite(x) else 0.0 for x in values.tolist()]
