"""A data set in memory, and the same on disk as one Arrow file.

Everything downstream of preparation sees only this: no data set's own module, no raw file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from handbook.core import files
from handbook.core.errors import HandbookError
from handbook.data import arrow

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["Dataset", "Kind", "read", "take", "write"]

Kind: TypeAlias = Literal["table", "images", "text"]

_DETAIL = "detail:"  # begins the names of columns that are details
_ABOUT = ("name", "variant", "kind", "target", "classes")  # fields that are metadata


@dataclass(frozen=True)
class Dataset:
    """Rows of one data set with their labels.

    Parameters
    ----------
    name, variant : str
        The data set and the release of it; ``variant`` is ``sample`` for generated stand-ins.
    kind : {"table", "images", "text"}
    X : DataFrame of shape (n, columns), uint8 array of shape (n, height, width[, channels]), or str
        Numeric columns are numbers (missing values NaN), categorical ones ``category``.
    y : ndarray of shape (n,) or None
        Class codes (int64, indices into `classes`) or the regression target (float64).
    target : str
        Name of what `y` holds; empty where there is none.
    classes : tuple of str
        Names of the classes, the positive one last where there are two; empty for regression.
    test : bool ndarray of shape (n,) or None
        The publisher's own test rows, where there is such a split.
    groups : ndarray of shape (n,) or None
        Rows of one group never straddle a split.
    details : DataFrame of n rows or None
        Facts about each row for validation, never features: original size, mode, file.
    """

    name: str
    variant: str
    kind: Kind
    X: Any
    y: npt.NDArray[Any] | None = None
    target: str = ""
    classes: tuple[str, ...] = ()
    test: npt.NDArray[np.bool_] | None = None
    groups: npt.NDArray[Any] | None = None
    details: pd.DataFrame | None = None

    @property
    def labels(self) -> npt.NDArray[Any]:
        """`y` of a data set that has it."""
        assert self.y is not None, f"{self.name} has no labels"
        return self.y

    def __len__(self) -> int:
        """Count rows; characters for text."""
        return len(self.X)

    def rows(self, index: npt.NDArray[Any]) -> Dataset:
        """Return the rows at `index` (positions or a mask), without the split's marks."""
        parts = {name: getattr(self, name) for name in ("X", "y", "groups", "details")}
        return replace(self, test=None, **{name: take(part, index) for name, part in parts.items()})


def take(values: Any, index: npt.NDArray[Any]) -> Any:
    """Return the rows of values at `index` (positions or a mask).

    Values are a DataFrame, an array, a text, whose rows are its characters, or None, which stays.
    """
    import numpy as np

    if hasattr(values, "iloc"):
        return values.iloc[index].reset_index(drop=True)
    if isinstance(values, str):
        return "".join(np.array(list(values))[index])
    return None if values is None else values[index]


def write(path: Path, data: Dataset) -> None:
    """Write `data` as one Arrow file (zstd), the same bytes for the same rows."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import feather

    def stored(table: pd.DataFrame, mark: str = "") -> dict[str, Any]:
        return {
            f"{mark}{name}": pa.array(column, from_pandas=True) for name, column in table.items()
        }

    shape: list[int] = []
    if data.kind == "table":
        for name in data.X.columns:
            if ":" in str(name):
                raise HandbookError(
                    f"{data.name}: column {name!r}: colons mark what is not a feature; rename it"
                )
        columns = stored(data.X)
    elif data.kind == "images":
        shape = list(data.X.shape[1:])
        flat = np.ascontiguousarray(data.X, dtype=np.uint8).reshape(len(data.X), -1)
        values = pa.array(flat.reshape(-1))
        columns = {"image": pa.FixedSizeListArray.from_arrays(values, flat.shape[1])}
    else:
        columns = {"text": pa.array([data.X], pa.large_string())}
    if data.y is not None:
        columns["y:"] = pa.array(data.y)
    if data.groups is not None:
        columns["group:"] = pa.array(data.groups)
    if data.details is not None:
        columns |= stored(data.details, _DETAIL)
    about = {name: getattr(data, name) for name in _ABOUT} | {"shape": shape}
    table = pa.table(columns).replace_schema_metadata({arrow.KEY: json.dumps(about).encode()})
    with files.written_whole(path) as partial:
        feather.write_feather(table, partial, compression="zstd")


def read(path: Path) -> Dataset:
    """Read a data set that :func:`write` wrote.

    Raises
    ------
    HandbookError
        The file is damaged, or something else.
    """
    with files.damage_named(path, "Arrow file"):
        table, about = arrow.read(path)
        if not set(_ABOUT) <= about.keys():
            raise HandbookError(
                f"{path}: not a data set prepared by this project; delete it and run the workflow "
                "again"
            )
        return _data_set(table, about)


def _data_set(table: Any, about: Mapping[str, Any]) -> Dataset:
    X: Any
    if about["kind"] == "table":
        X = table.select([name for name in table.column_names if ":" not in name]).to_pandas()
        X.attrs.clear()
    elif about["kind"] == "images":
        chunk = table["image"].combine_chunks()
        X = chunk.flatten().to_numpy(zero_copy_only=False).reshape(len(table), *about["shape"])
    else:
        X = table["text"][0].as_py()

    def column(name: str) -> Any:
        return table[name].to_numpy() if name in table.column_names else None

    details = table.select([name for name in table.column_names if name.startswith(_DETAIL)])
    names = [name.removeprefix(_DETAIL) for name in details.column_names]
    about = {name: about[name] for name in _ABOUT} | {"classes": tuple(about["classes"])}
    facts = details.rename_columns(names).to_pandas() if names else None
    return Dataset(X=X, y=column("y:"), groups=column("group:"), details=facts, **about)
