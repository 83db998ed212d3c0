"""A description of a data set for its page: rows, classes, columns, pixels, characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from handbook.data import registry
from handbook.data.dataset import Dataset
from handbook.data.source import Source

__all__ = ["describe"]

_TOP = 20  # most frequent values of a category that are listed


def describe(
    data: Dataset, rows: Mapping[str, int], train: Dataset, test: Dataset
) -> dict[str, Any]:
    """Describe all rows of a data set, and how its classes are shared out.

    Parameters
    ----------
    data : Dataset
        All rows.
    rows : mapping
        Numbers of training and test rows.
    train, test : Dataset
        The two parts of `data`.
    """
    module = registry.module(data.name)
    # a sample shows the title of the data that it stands for, but not its files
    source = module.SOURCES.get(data.variant) or next(iter(module.SOURCES.values()))
    about: dict[str, Any] = {
        "data": data.name,
        "title": source.title,
        "kind": data.kind,
        "variant": data.variant,
        "licence": source.licence,
        "homepage": source.homepage,
        "citation": source.citation,
        "notes": _notes(data, source),
        "target": data.target,
        "rows": dict(rows),
        "classes": _classes(data, train, test),
        "raw": (
            []
            if data.variant == "sample"
            else [{"file": f.name, "bytes": f.size, "sha256": f.sha256} for f in source.files]
        ),
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


def _notes(data: Dataset, source: Source) -> str:
    if data.variant != "sample":
        return source.notes
    return (
        "Sample data: a small stand-in of the same form that was made offline. "
        "Its scores say nothing about the real data."
    )


def _classes(data: Dataset, train: Dataset, test: Dataset) -> dict[str, dict[str, int]]:
    if train.y is None or test.y is None or not data.classes:
        return {}
    size = len(data.classes)
    counts = [np.bincount(y, minlength=size).tolist() for y in (train.y, test.y)]
    return {
        name: {"train": in_train, "test": in_test}
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
        about |= {
            "min": _number(column.min()),
            "max": _number(column.max()),
            "mean": _number(column.mean()),
            "std": _number(column.std(ddof=0)),
        }
    return about


def _number(value: Any) -> float | int | None:
    """Return a plain number; JSON has no word for NaN, so a column without values gives null."""
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, int | np.integer) else float(value)


def _images(X: Any) -> dict[str, Any]:
    # counts of bytes stay exact whatever the order of addition; in parts, because bincount
    # makes 8 bytes of every one
    count = np.zeros(256, np.int64)
    for start in range(0, len(X), 512):
        count += np.bincount(X[start : start + 512].reshape(-1), minlength=256)
    values = np.arange(256)
    mean = float((count * values).sum() / max(count.sum(), 1))
    square = float((count * values**2).sum() / max(count.sum(), 1))
    return {"shape": list(X.shape[1:]), "mean": mean, "std": max(square - mean**2, 0.0) ** 0.5}
