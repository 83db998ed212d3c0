"""Small data sets drawn from a declared schema, in which there is something to learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handbook.data.dataset import Dataset
from handbook.data.declared.declaration import Column, Declaration, Images, Text
from handbook.data.declared.tables import days

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["draw"]

_FEWEST, _MOST = 200, 1_000  # rows
_OF_A_CLASS = 20  # rows at least, so that every fold has some
_CATEGORIES = ("a", "b", "c")  # where the schema names none
_WORDS, _LINES, _WORDS_A_LINE = 40, 800, 8
_NOISE = 0.3  # standard deviation, where what can be learnt has 1


def draw(name: str, declared: Declaration, seed: int) -> Dataset:
    """Draw a data set with the schema of a declared one.

    A table's target follows a linear score of its columns plus noise; images of a class share a
    bright patch; a text is made of words that are drawn once, the first more often than the last.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    if declared.text:
        return Dataset(name, "sample", "text", _text(declared.text, random))
    if declared.images:
        return _images(name, declared, declared.images, random)
    return _table(name, declared, random)


def _size(declared: Declaration) -> int:
    most = min(declared.rows or _MOST, _MOST)
    return max(most, _FEWEST, _OF_A_CLASS * len(declared.classes))


def _table(name: str, declared: Declaration, random: np.random.Generator) -> Dataset:
    import numpy as np
    import pandas as pd

    assert declared.table is not None
    columns = dict(declared.table.columns)
    target = columns.pop(declared.target)
    rows = max(_size(declared), *(len(column.values or ()) for column in columns.values()))
    X = pd.DataFrame({key: _column(column, rows, random) for key, column in columns.items()})
    score = sum(random.choice((-1, 1)) * _standard(X[key]) for key in X)
    noisy = _standard(pd.Series(score)) + random.normal(0, _NOISE, rows)
    classes = tuple(declared.classes)
    y: npt.NDArray[Any]
    if classes:
        y = _classes(noisy, list(declared.classes.values()))
    else:
        low, high = _limits(target)
        y = low + (high - low) * (noisy - noisy.min()) / np.ptp(noisy)
        y = y.round() if target.type == "integer" else y.clip(low, high)
    groups = random.integers(0, rows // 4, rows).astype(str).astype(object)
    return Dataset(
        *(name, "sample", "table", X, y, declared.target, classes),
        groups=groups if declared.groups else None,
    )


def _column(column: Column, rows: int, random: np.random.Generator) -> pd.Series[Any]:
    """Draw a column: a category's values equally often, numbers equally spread over their range."""
    import numpy as np
    import pandas as pd

    if column.type == "category":
        values = list(column.values or _CATEGORIES)
        drawn = random.permutation(np.resize(np.array(values, object), rows))
        return pd.Series(pd.Categorical(drawn, categories=values))
    low, high = _limits(column)
    numbers: pd.Series[Any] = pd.Series(random.uniform(low, high, rows))
    if column.type == "integer":
        numbers = numbers.round()
        numbers = numbers if column.missing else numbers.astype("int64")
    gaps = random.permutation(rows)[: int(rows * column.missing)]
    return numbers.mask(numbers.index.isin(gaps)) if len(gaps) else numbers


def _limits(column: Column) -> tuple[float, float]:
    if column.between is None:
        return 0.0, 100.0
    if column.type == "date":
        import pandas as pd

        low, high = days(pd.Series(column.between)).tolist()
        return low, high
    low, high = (float(limit) for limit in column.between)
    return low, high


def _standard(values: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """Return values, or codes of categories, with mean 0 and deviation 1; missing ones are 0."""
    import numpy as np

    numbers = values.cat.codes if hasattr(values, "cat") else values
    array = numbers.to_numpy("float64")
    spread = float(np.nanstd(array))
    return np.nan_to_num((array - np.nanmean(array)) / (spread or 1.0))


def _classes(score: npt.NDArray[np.float64], counts: Sequence[int]) -> npt.NDArray[np.int64]:
    """Give the rows of the lowest scores the first class, in proportion, and so on."""
    import numpy as np

    shares = np.array(counts, float) / sum(counts)
    spare = len(score) - _OF_A_CLASS // 2 * len(counts)
    sizes = _OF_A_CLASS // 2 + np.floor(shares * spare).astype(int)
    sizes[np.argmax(sizes)] += len(score) - sizes.sum()
    codes = np.empty(len(score), np.int64)
    codes[np.argsort(score, kind="stable")] = np.repeat(np.arange(len(counts)), sizes)
    return codes


def _images(
    name: str, declared: Declaration, images: Images, random: np.random.Generator
) -> Dataset:
    """Draw noise with a bright patch, whose position is that of the class."""
    import numpy as np

    classes: Mapping[str, int] = declared.classes or {"": 1}
    rows = _size(declared)
    codes = _classes(random.normal(size=rows), list(classes.values()))
    X = random.integers(0, 120, (rows, *images.shape), dtype=np.uint8)
    height, width = images.shape[:2]
    across = int(np.ceil(np.sqrt(len(classes))))
    down, right = max(height // across, 1), max(width // across, 1)
    for picture, code in zip(X, codes, strict=True):
        top, left = code // across * down % height, code % across * right % width
        picture[top : top + down, left : left + right] = random.integers(150, 256)
    y = codes if declared.classes else None
    return Dataset(name, "sample", "images", X, y, declared.target, tuple(declared.classes))


def _text(text: Text, random: np.random.Generator) -> str:
    """Write lines of words that are drawn once; common words come more often."""
    letters = [letter for letter in text.alphabet if not letter.isspace()] or ["a"]
    words = ["".join(random.choice(letters, random.integers(2, 7))) for _ in range(_WORDS)]
    weights = [1 / (rank + 1) for rank in range(_WORDS)]
    shares = [weight / sum(weights) for weight in weights]
    lines = (" ".join(random.choice(words, _WORDS_A_LINE, p=shares)) for _ in range(_LINES))
    return "\n".join(line[: text.longest] for line in lines) + "\n"
