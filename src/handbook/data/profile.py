"""A description of a data set for its page: rows, classes, columns, pixels, characters."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np
import pandas as pd

from handbook.data import registry
from handbook.data.dataset import Dataset

__all__ = ["Parts", "Profile", "describe"]

_TOP = 20  # most frequent values of a category that are listed
_SAMPLE_NOTES = (
    "Sample data: a small stand-in of the same form that was made offline. "
    "Its scores say nothing about the real data."
)


class Parts(TypedDict):
    """Numbers of rows (characters of a text) for training and for the test."""

    train: int
    test: int


class Profile(TypedDict, total=False):
    """The content of ``profile.json``; the last three belong to one kind of data each."""

    data: str
    title: str
    kind: str
    variant: str
    licence: str
    homepage: str
    citation: str
    notes: str
    target: str
    rows: Parts
    classes: dict[str, Parts]
    raw: list[dict[str, Any]]
    columns: list[dict[str, Any]]
    images: dict[str, Any]
    text: dict[str, Any]


def describe(data: Dataset, rows: Parts, train: Dataset, test: Dataset) -> Profile:
    """Describe all rows of a data set, and count its classes in both parts."""
    sources = registry.module(data.name).SOURCES
    sample = data.variant not in sources
    # a sample has the title and the licence of the data that it stands for
    source = next(iter(sources.values())) if sample else sources[data.variant]
    about: Profile = {
        "data": data.name,
        "title": source.title,
        "kind": data.kind,
        "variant": data.variant,
        "licence": source.licence,
        "homepage": source.homepage,
        "citation": source.citation,
        "notes": _SAMPLE_NOTES if sample else source.notes,
        "target": data.target,
        "rows": rows,
        "classes": _classes(data, train, test),
        "raw": [
            # the page says which digest it is where the usual one is not known
            {
                "file": file.name,
                "bytes": file.size,
                "sha256": file.sha256 or f"SHA-1 {file.sha1}",
            }
            for file in (() if sample else source.files)
        ],
    }
    if data.kind == "table":
        about["columns"] = [_column(str(name), column) for name, column in data.X.items()]
    elif data.kind == "images":
        about["images"] = _images(data.X)
    else:
        about["text"] = {
            "characters": len(data.X),
            "lines": data.X.count("\n") + 1,
            "alphabet": "".join(sorted(set(data.X))),
        }
    return about


def _classes(data: Dataset, train: Dataset, test: Dataset) -> dict[str, Parts]:
    if train.y is None or test.y is None or not data.classes:
        return {}
    size = len(data.classes)
    counts = [np.bincount(y, minlength=size).tolist() for y in (train.y, test.y)]
    return {
        name: Parts(train=in_train, test=in_test)
        for name, in_train, in_test in zip(data.classes, *counts, strict=True)
    }


def _column(name: str, column: pd.Series[Any]) -> dict[str, Any]:
    about: dict[str, Any] = {
        "name": name,
        "type": "category" if isinstance(column.dtype, pd.CategoricalDtype) else "number",
        "missing": int(column.isna().sum()),
        "distinct": int(column.nunique()),
    }
    if about["type"] == "category":
        counts = column.value_counts()
        # equal counts in alphabetical order: value_counts leaves them to chance
        ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
        about["top"] = [[str(value), int(number)] for value, number in ordered[:_TOP]]
    else:
        numbers = column.min(), column.max(), column.mean(), column.std(ddof=0)
        about |= zip(("min", "max", "mean", "std"), map(_number, numbers), strict=True)
    return about


def _number(value: Any) -> float | int | None:
    """Return a plain number, or None for NaN: JSON has none, and a column may have no values."""
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, int | np.integer) else float(value)


def _images(X: Any) -> dict[str, Any]:
    # integers give the same sums in any order; in parts, as bincount takes 8 bytes a pixel
    count = np.zeros(256, np.int64)
    for start in range(0, len(X), 512):
        count += np.bincount(X[start : start + 512].reshape(-1), minlength=256)
    values = np.arange(256)
    mean = float((count * values).sum() / max(count.sum(), 1))
    square = float((count * values**2).sum() / max(count.sum(), 1))
    return {"shape": list(X.shape[1:]), "mean": mean, "std": max(square - mean**2, 0.0) ** 0.5}
