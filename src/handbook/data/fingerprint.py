"""The fingerprint of rows: equal for two files that hold the same rows in another shape."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from handbook.data.dataset import Dataset

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["fingerprint"]


def fingerprint(data: Dataset) -> str:
    """Return a digest of all that a data set holds: its rows in order, labels, groups, details.

    Names of columns and types count, and how a number was written does not.
    """
    digest = hashlib.sha256()
    for name in ("X", "y", "test", "groups", "details"):
        part = getattr(data, name)
        if hasattr(part, "columns"):
            columns = {str(column): part[column].to_numpy() for column in part.columns}
        else:
            columns = {} if part is None else {"": part}
        for column, values in columns.items():
            content, kind = _content(values)
            digest.update(json.dumps([name, column, kind, len(content)]).encode())
            digest.update(content)
    return digest.hexdigest()


def _content(values: Any) -> tuple[bytes, str]:
    """Return values as bytes that do not depend on the machine, and what they are."""
    if isinstance(values, str):
        return values.encode(), "text"
    if values.dtype.kind in "OUST":
        return json.dumps([str(value) for value in values]).encode(), "text"
    array: npt.NDArray[np.generic] = values.astype(values.dtype.newbyteorder("<"))
    return array.tobytes(), f"{array.dtype.str}{list(array.shape)}"
