"""A look at a data set's training rows: some of them, and how the values of each column lie."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from handbook.core.folders import DataFolder
from handbook.data import dataset, registry
from handbook.report.numbers import value

if TYPE_CHECKING:
    from handbook.data.dataset import Dataset

__all__ = ["Glimpse", "Picture", "glimpse"]

_ROWS, _PICTURES, _LINES = 10, 16, 12
_BINS, _KINDS = 24, 12
_DIGITS = 4
_SEED = 42  # of pictures that stand in for those that must not be shown


class Picture(NamedTuple):
    """A picture of a data set.

    Parameters
    ----------
    label : str
        Its class; empty where there is none.
    address : str
        The picture itself, as an address that holds its bytes.
    """

    label: str
    address: str


@dataclass(frozen=True)
class Glimpse:
    """What a page shows of the rows.

    Parameters
    ----------
    names : tuple of str
        Columns of a table, the target first.
    rows : tuple of tuple of str
        Some of its rows; empty text for a missing value.
    counts : mapping of str to list of int
        How many values of each column lie in each bin, or are each of the commonest.
    pictures : tuple of Picture
    text : str
        Where a text begins.
    drawn : bool
        Whether the pictures are generated ones instead of its own.
    """

    names: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    counts: Mapping[str, list[int]] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    text: str = ""
    drawn: bool = False


def glimpse(folder: DataFolder, name: str, *, drawn: bool = False) -> Glimpse | None:
    """Look at the training rows of a prepared data set; None where there are none.

    Parameters
    ----------
    folder : DataFolder
    name : str
        Of the data set.
    drawn : bool
        Show generated pictures instead of its own.
    """
    if not folder.train.is_file():
        return None
    if drawn:
        made = registry.module(name).sample(_SEED)
        return Glimpse(pictures=tuple(_pictures(made)), drawn=True)
    rows = dataset.read(folder.train)
    if rows.kind == "images":
        return Glimpse(pictures=tuple(_pictures(rows)))
    if rows.kind == "text":
        return Glimpse(text="\n".join(rows.X.split("\n", _LINES)[:_LINES]))
    return _table(rows)


def _table(rows: Dataset) -> Glimpse:
    columns: dict[str, list[Any]] = {}
    if rows.y is not None:
        columns[rows.target] = [rows.classes[y] if rows.classes else y for y in rows.y.tolist()]
    columns |= {str(name): list(column) for name, column in rows.X.items()}
    picked = _spread(len(rows), _ROWS)
    return Glimpse(
        names=tuple(columns),
        rows=tuple(tuple(_cell(column[row]) for column in columns.values()) for row in picked),
        counts={name: _counts(column) for name, column in columns.items()},
    )


def _spread(count: int, most: int) -> list[int]:
    """Return positions spread evenly over all rows, which may lie in some order."""
    return sorted({int(row) for row in np.linspace(0, count - 1, most)}) if count else []


def _cell(entry: Any) -> str:
    plain = entry.item() if hasattr(entry, "item") else entry
    if _is_missing(plain):
        return ""
    if isinstance(plain, float):  # enough digits to see what it is
        plain = float(f"{plain:.{_DIGITS}g}") if abs(plain) < 10**_DIGITS else round(plain)
    return value(plain)


def _is_missing(entry: Any) -> bool:
    return entry is None or entry != entry  # NaN is not itself


def _counts(column: list[Any]) -> list[int]:
    """Count the values of a column: numbers in bins, others by value, the commonest first."""
    present = [entry for entry in column if not _is_missing(entry)]
    if not present:
        return []
    if isinstance(present[0], str):
        _, counts = np.unique(present, return_counts=True)
        common = sorted(counts.tolist(), reverse=True)
        return common[:_KINDS] + ([sum(common[_KINDS:])] if len(common) > _KINDS else [])
    numbers = np.asarray(present, dtype=float)
    return [int(count) for count in np.histogram(numbers, min(_BINS, len(set(present))))[0]]


def _pictures(rows: Dataset) -> Iterator[Picture]:
    for row in _of_each_class(rows):
        label = rows.classes[int(rows.y[row])] if rows.y is not None and rows.classes else ""
        file = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(rows.X[row])).save(file, "PNG", optimize=True)
        text = base64.b64encode(file.getvalue()).decode("ascii")
        yield Picture(label, f"data:image/png;base64,{text}")


def _of_each_class(rows: Dataset) -> list[int]:
    """Return the rows of some pictures, as many of each class as of any other, by class."""
    if rows.y is None or not rows.classes:
        return _spread(len(rows), _PICTURES)
    own = [np.flatnonzero(rows.y == code).tolist() for code in range(len(rows.classes))]
    turns = ((turn, code) for turn in range(_PICTURES) for code in range(len(own)))
    picked = [(code, own[code][turn]) for turn, code in turns if turn < len(own[code])]
    return [row for _, row in sorted(picked[:_PICTURES])]
