"""A data set in memory, and the same on disk as one Arrow file.

Everything downstream of preparation sees only this: no data set's own module, no raw file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.feather

from handbook.core.errors import HandbookError

__all__ = ["Dataset", "Kind", "read", "write"]

Kind: TypeAlias = Literal["table", "images", "text"]

_KEY = b"handbook"


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

    def __len__(self) -> int:
        """Count rows; characters for text."""
        return len(self.X)

    def rows(self, index: npt.NDArray[Any]) -> Dataset:
        """Return the rows at `index` (positions or a mask), without the split's marks."""
        X: Any
        if isinstance(self.X, pd.DataFrame):
            X = self.X.iloc[index].reset_index(drop=True)
        elif isinstance(self.X, str):
            X = "".join(np.array(list(self.X))[index])
        else:
            X = self.X[index]
        return replace(
            self,
            X=X,
            y=None if self.y is None else self.y[index],
            details=None
            if self.details is None
            else self.details.iloc[index].reset_index(drop=True),
            test=None,
            groups=None if self.groups is None else self.groups[index],
        )


def write(path: Path, data: Dataset) -> None:
    """Write `data` as one Arrow file (zstd), the same bytes for the same rows."""
    columns: dict[str, Any] = {}
    shape: list[int] = []
    if data.kind == "table":
        for name in data.X.columns:
            if ":" in str(name):
                raise HandbookError(
                    f"{data.name}: column {name!r}: colons mark what is not a feature; rename it"
                )
        columns |= {
            str(name): pa.array(column, from_pandas=True) for name, column in data.X.items()
        }
    elif data.kind == "images":
        shape = list(data.X.shape[1:])
        flat = np.ascontiguousarray(data.X, dtype=np.uint8).reshape(len(data.X), -1)
        values = pa.array(flat.reshape(-1))
        columns["image"] = pa.FixedSizeListArray.from_arrays(values, flat.shape[1])
    else:
        columns["text"] = pa.array([data.X], pa.large_string())
    if data.y is not None:
        columns["y:"] = pa.array(data.y)
    if data.groups is not None:
        columns["group:"] = pa.array(data.groups)
    if data.details is not None:
        columns |= {
            f"detail:{name}": pa.array(column, from_pandas=True)
            for name, column in data.details.items()
        }
    about = {
        "name": data.name,
        "variant": data.variant,
        "kind": data.kind,
        "target": data.target,
        "classes": list(data.classes),
        "shape": shape,
    }
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(about).encode()})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    pa.feather.write_feather(table, partial, compression="zstd")
    partial.replace(path)


def _about(path: Path, schema: Any) -> dict[str, Any]:
    metadata = schema.metadata or {}
    if _KEY not in metadata:
        raise HandbookError(
            f"{path}: not a data set prepared by this project; delete it and run the workflow again"
        )
    about: dict[str, Any] = json.loads(metadata[_KEY])
    return about


def read(path: Path) -> Dataset:
    """Read a data set that :func:`write` wrote."""
    table = pa.feather.read_table(path)
    about = _about(path, table.schema)
    features = [name for name in table.column_names if ":" not in name]
    X: Any
    if about["kind"] == "table":
        X = table.select(features).to_pandas()
        X.attrs.clear()
    elif about["kind"] == "images":
        chunk = table["image"].combine_chunks()
        X = chunk.flatten().to_numpy(zero_copy_only=False).reshape(len(table), *about["shape"])
    else:
        X = table["text"][0].as_py()

    def column(name: str) -> Any:
        return table[name].to_numpy() if name in table.column_names else None

    details = [name for name in table.column_names if name.startswith("detail:")]
    return Dataset(
        name=about["name"],
        variant=about["variant"],
        kind=about["kind"],
        X=X,
        y=column("y:"),
        groups=column("group:"),
        target=about["target"],
        classes=tuple(about["classes"]),
        details=(
            table.select(details)
            .rename_columns([n.removeprefix("detail:") for n in details])
            .to_pandas()
            if details
            else None
        ),
    )
