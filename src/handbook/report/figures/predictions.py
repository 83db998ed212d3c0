"""Predictions and history of a run, as the figures need them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.core.files import damage_named
from handbook.data import arrow

__all__ = ["Predictions", "against_rest", "read", "read_history", "undefined"]


@dataclass(frozen=True)
class Predictions:
    """True and predicted values of the test rows.

    Parameters
    ----------
    task : str
    classes : tuple of str
        Empty for regression.
    target : str
        Name of what is predicted.
    true, predicted : ndarray of shape (n,)
        Class codes or values.
    probabilities : float array of shape (n, classes) or None
    scores : float array of shape (n,) or None
        Where there are two classes and no probabilities: the higher, the more of the second class.
    """

    task: str
    classes: tuple[str, ...]
    target: str
    true: npt.NDArray[Any]
    predicted: npt.NDArray[Any]
    probabilities: npt.NDArray[np.float64] | None = None
    scores: npt.NDArray[np.float64] | None = None


def read(path: Path) -> Predictions:
    """Read ``predictions.arrow``.

    Raises
    ------
    HandbookError
        The file is damaged, or something else.
    """
    with damage_named(path, "Arrow file"):
        table, about = arrow.read(path)
        return _predictions(path, table, about)


def _predictions(path: Path, table: Any, about: Mapping[str, Any]) -> Predictions:
    columns = [name for name in table.column_names if name.startswith("p:")]
    classes = tuple(str(name) for name in about.get("classes") or ())
    if "task" not in about or not {"true", "predicted"} <= set(table.column_names):
        raise HandbookError(
            f"{path}: not predictions of this project (columns {', '.join(table.column_names)}); "
            "delete it and run the workflow again"
        )
    if columns and len(columns) != len(classes):
        raise HandbookError(
            f"{path}: {len(columns)} columns of probabilities for {len(classes)} classes; "
            "delete it and run the workflow again"
        )
    return Predictions(
        task=about["task"],
        classes=classes,
        target=about.get("target") or "target",
        true=table["true"].to_numpy(),
        predicted=table["predicted"].to_numpy(),
        probabilities=(
            np.column_stack([table[name].to_numpy() for name in columns]).astype(float)
            if columns
            else None
        ),
        scores=table["score"].to_numpy().astype(float) if "score" in table.column_names else None,
    )


def read_history(path: Path) -> tuple[str, dict[str, npt.NDArray[np.float64]]]:
    """Read ``history.csv``: the name of the step column, and every column; empty cells are NaN."""
    with damage_named(path, "CSV file"), path.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file)) or [["epoch"]]
    try:
        values = [[float(cell) if cell else np.nan for cell in row] for row in rows]
        table = np.array(values, dtype=float).reshape(len(rows), len(header))
    except ValueError as error:
        raise HandbookError(
            f"{path}: not a table of numbers ({error}); delete it and run the workflow again"
        ) from error
    return header[0], {name: table[:, column] for column, name in enumerate(header)}


def undefined(predictions: Predictions) -> str:
    """Return why there is no curve at all, empty where there is one."""
    if predictions.probabilities is None and predictions.scores is None:
        return "the model gives neither probabilities nor scores"
    present = np.unique(predictions.true)
    if len(present) < 2:
        name = predictions.classes[int(present[0])] if len(present) else "none"
        return f"the test rows hold only one class ({name})"
    return ""


def against_rest(predictions: Predictions) -> list[tuple[str, npt.NDArray[Any], npt.NDArray[Any]]]:
    """Name, truth and score of each class that has test rows; of the positive one where two."""
    names, true, p = predictions.classes, predictions.true, predictions.probabilities
    if len(names) == 2:
        scores = predictions.scores if p is None else p[:, 1]
        assert scores is not None
        return [(names[1], true == 1, scores)]
    assert p is not None
    return [
        (name, true == code, p[:, code]) for code, name in enumerate(names) if (true == code).any()
    ]
