"""Data sets as tables that can be checked: images by their statistics, text by its lines."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.data.dataset import Dataset

__all__ = ["frame", "join"]

_HEADING = re.compile(r"^(ACT|SCENE) ([IVXLC]+)\b(?:\. SCENE ([IVXLC]+)\b)?")
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def join(train: Dataset, test: Dataset) -> pd.DataFrame:
    """Return all rows as one table, the training rows first; rows count from 0."""
    if train.kind == "text":
        # a scene may continue across the split, so the parts are joined before they are read
        return _lines(train.X + test.X)
    parts: list[pd.DataFrame] = [frame(train), frame(test)]
    return pd.concat(parts, ignore_index=True)


def frame(data: Dataset) -> pd.DataFrame:
    """Return one row for each row of the data set, or for each line of a text.

    Tables keep their columns and gain the target. Images become their height, width, channels,
    mean, standard deviation, share of pixels like the top left one (blank) and digest. Lines of
    a text come with their number of characters, act and scene, and whether they are a heading.
    Details follow.
    """
    if data.kind == "text":
        return _lines(data.X)
    parts: list[pd.DataFrame] = [data.X if data.kind == "table" else _statistics(data.X)]
    if data.y is not None:
        parts.append(pd.DataFrame({data.target: _labels(data.y, data.classes)}))
    if data.details is not None:
        parts.append(data.details)
    return pd.concat(parts, axis=1)


def _labels(y: npt.NDArray[Any], classes: tuple[str, ...]) -> Any:
    if not classes:
        return y
    # a code without a class must fail an expectation, not stop the checks
    names = dict(enumerate(classes))
    return [names.get(code, f"code {code}") for code in y.tolist()]


def _statistics(X: npt.NDArray[np.uint8]) -> pd.DataFrame:
    rows, height, width, channels = (*X.shape, 1)[:4]
    flat = np.ascontiguousarray(X).reshape(rows, height * width, channels)
    values = {"mean": np.empty(rows), "std": np.empty(rows), "blank": np.empty(rows)}
    for start in range(0, rows, 512):  # all images at once as float64 would take 8 times the memory
        part = slice(start, start + 512)
        pixels = flat[part]
        values["mean"][part] = pixels.mean(axis=(1, 2))
        values["std"][part] = pixels.std(axis=(1, 2))
        values["blank"][part] = (pixels == pixels[:, :1]).all(axis=2).mean(axis=1)
    sizes = {"height": height, "width": width, "channels": channels}
    return pd.DataFrame(
        {name: np.full(rows, size) for name, size in sizes.items()}
        | values
        | {"digest": [hashlib.sha256(image.data).hexdigest() for image in flat]}
    )


def _lines(text: str) -> pd.DataFrame:
    rows = []
    act = scene = 0
    for line in text.split("\n"):
        heading = _HEADING.match(line)
        if heading:
            number = _arabic(heading[2])
            # a new act begins before its first scene, unless one line names both
            first = _arabic(heading[3]) if heading[3] else 0
            act, scene = (number, first) if heading[1] == "ACT" else (act, number)
        rows.append((heading[1].lower() if heading else "", act, scene, len(line), line))
    return pd.DataFrame(rows, columns=["heading", "act", "scene", "length", "text"])


def _arabic(numeral: str) -> int:
    """Return the value of a Roman numeral.

    Examples
    --------
    >>> [_arabic(numeral) for numeral in ("I", "IV", "VIII")]
    [1, 4, 8]
    """
    values = [_ROMAN[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
