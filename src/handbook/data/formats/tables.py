"""Reading delimited tables whose header and types are given."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handbook.core.errors import HandbookError, nearest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["highest", "label_codes", "read_table"]


def read_table(data: bytes, what: str, types: Mapping[str, str], separator: str = ",") -> Any:
    """Parse a delimited table whose header must be exactly the keys of `types`.

    Parameters
    ----------
    data : bytes
        The file, with a header line.
    what : str
        Name of the file for messages.
    types : mapping of str to str
        Column to ``int64``, ``float64`` or ``category``; categories come out sorted, as text.
    separator : str

    Raises
    ------
    HandbookError
        A column is missing, added or renamed, or holds something that is not of its type.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(io.BytesIO(data), sep=separator, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise HandbookError(f"{what}: not a table ({error}); acquire it again") from None
    _check_header(list(frame.columns), list(types), what)
    return pd.DataFrame({name: _typed(frame[name], types[name], what) for name in types})


def _check_header(names: Sequence[str], expected: Sequence[str], what: str) -> None:
    absent = [name for name in expected if name not in names]
    added = [name for name in names if name not in expected]
    if absent:
        hint = f" ({nearest(absent[0], added)})" if added else ""
        fault = f"column {absent[0]!r} is missing{hint}"
    elif added:
        fault = f"column {added[0]!r} is unknown"
    elif names != expected:
        fault = f"columns are in another order: {', '.join(names)}"
    else:
        return
    raise HandbookError(
        f"{what}: {fault}; expected {', '.join(expected)}: it is not the pinned release, "
        "delete it and acquire it again"
    )


def _typed(column: pd.Series[str], kind: str, what: str) -> pd.Series[Any]:
    import pandas as pd

    if kind == "category":
        return column.astype(pd.CategoricalDtype(sorted(column.unique())))
    numbers = pd.to_numeric(column.where(column != ""), errors="coerce")
    bad = numbers.isna() & (column != "")
    if kind == "int64":
        bad |= numbers.isna() | (numbers % 1 != 0)
    if bad.any():
        rows = ", ".join(str(row) for row in column.index[bad][:5])
        raise HandbookError(
            f"{what}: column {column.name!r} holds {column[bad].iloc[0]!r}, which is not of type "
            f"{kind} ({bad.sum()} such values, rows {rows}); delete the file and acquire it again"
        )
    result: pd.Series[Any] = numbers.astype("int64" if kind == "int64" else "float64")
    return result


def label_codes(labels: pd.Series[Any], classes: Sequence[str], what: str) -> npt.NDArray[np.int64]:
    """Return class codes of labels, and refuse a label that is not among the classes."""
    import numpy as np
    import pandas as pd

    unknown = ~labels.isin(classes)
    if unknown.any():
        rows = ", ".join(str(row) for row in labels.index[unknown][:5])
        raise HandbookError(
            f"{what}: {labels.name!r} holds {labels[unknown].iloc[0]!r} (rows {rows}), expected "
            f"one of {', '.join(classes)}; delete the file and acquire it again"
        )
    categorical = pd.Categorical(labels, categories=list(classes))
    return np.asarray(categorical.codes, dtype=np.int64)


def highest(scores: npt.NDArray[Any], count: int) -> npt.NDArray[np.int64]:
    """Return 1 for the `count` highest scores and 0 for the others."""
    import numpy as np

    codes = np.zeros(len(scores), np.int64)
    codes[np.argsort(scores)[-count:]] = 1
    return codes
