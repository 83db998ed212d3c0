"""Reading delimited tables whose header and types are given."""

from __future__ import annotations

import csv
import io
import itertools
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from handbook.core.errors import HandbookError
from handbook.data.formats import shapes
from handbook.data.formats.shapes import AGAIN

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["highest", "label_codes", "read_table"]

_BEYOND = "\x00"
# Digits in groups of three: 1.213 is a thousand to some and a fraction to others.
_GROUPED = "-?[0-9]{1,3}([.,' \u00a0\u2009\u202f\u2019][0-9]{3})+"
_SHOWN = 40


def read_table(data: bytes, what: str, types: Mapping[str, str], separator: str = ",") -> Any:
    """Parse a delimited table whose header must hold exactly the keys of `types`.

    What other programs change and what cannot be taken for anything else is read as it is meant:
    the order of columns, the separator (comma, semicolon, tab, bar), any ends of lines, quotes,
    and UTF-16 with its mark.

    Parameters
    ----------
    data : bytes
        The file, with a header line.
    what : str
        Name of the file for messages.
    types : mapping of str to str
        Column to ``int64``, ``float64`` or ``category``; categories come out sorted, as text.
    separator : str
        The usual one of the file.

    Raises
    ------
    HandbookError
        It is another format or encoding, a column is missing, added or renamed, a row has more or
        fewer values, or a value is not of its type. The message says in which line.
    """
    import pandas as pd

    data = shapes.unicode_text(data, what)
    head = shapes.header(data, what, list(types), separator)
    table = _Table(data, head.separator, what)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            # One column more than there are names, which rows that are too long fill: without
            # it, pandas takes the first column for an index.
            frame = pd.read_csv(
                io.BytesIO(data[head.end :]),
                sep=head.separator,
                dtype=str,
                keep_default_na=False,
                header=None,
                names=[*head.names, _BEYOND],
                index_col=False,
            )
    except pd.errors.ParserError as error:
        table.check_lengths(len(types))
        raise HandbookError(f"{what}: not a table ({error}); copy it again, {AGAIN}") from None
    if frame.empty:
        raise HandbookError(f"{what}: a header and no rows; copy the table again, {AGAIN}")
    # an empty cell at the end, or none
    if (frame[head.names[-1]] == "").any() or (frame[_BEYOND] != "").any():
        table.check_lengths(len(types))
    return pd.DataFrame({name: _typed(frame[name], types[name], table) for name in types})


class _Table(NamedTuple):
    """A table in UTF-8, read again row by row where something is wrong with one."""

    data: bytes
    separator: str
    what: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows, first the header, each with the line that it begins in."""
        reader = csv.reader(io.StringIO(self.data.decode(), newline=""), delimiter=self.separator)
        line = 1
        for row in reader:
            if any(row):
                yield line, row
            line = reader.line_num + 1

    def line(self, number: int) -> int:
        """Return the line of a row, by its number without the header."""
        return next(itertools.islice(self.rows(), number + 1, None))[0]

    def check_lengths(self, expected: int) -> None:
        """Refuse a row that has more or fewer values than there are columns."""
        for line, row in self.rows():
            # a separator at the end of a line begins no value
            count = len(row) - (len(row) == expected + 1 and not row[-1])
            if count != expected:
                values = "value" if count == 1 else "values"
                raise HandbookError(
                    f"{self.what}: line {line} has {count} {values}, expected {expected}: "
                    f"{self.separator.join(row)[:_SHOWN]!r}; mend that line (a value that holds "
                    f"the separator stands in quotes), {AGAIN}"
                )


def _typed(column: pd.Series[str], kind: str, table: _Table) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    if kind == "category":
        bad = column != column.str.strip()
        result: pd.Series[Any] = column.astype(pd.CategoricalDtype(sorted(column.unique())))
    else:
        numbers = pd.to_numeric(column.where(column != ""), errors="coerce")
        bad = (numbers.isna() & (column != "")) | np.isinf(numbers)
        if kind == "int64":
            bad |= numbers.isna() | (numbers % 1 != 0) | column.str.fullmatch(_GROUPED)
        result = numbers
    if bad.any():
        raise HandbookError(_bad_values(column, bad.to_numpy(), kind, table))
    if kind == "category":
        return result
    return result.astype("int64" if kind == "int64" else "float64")


def _bad_values(
    column: pd.Series[str], bad: npt.NDArray[np.bool_], kind: str, table: _Table
) -> str:
    first, count = int(bad.argmax()), int(bad.sum())
    value = column.iloc[first]
    remedy = "mend it" if count == 1 else "mend them"
    if "\n" in value or "\r" in value:
        remedy = "a quote before it is not closed: mend that line"
    elif kind == "category" or value != value.strip():
        remedy = "take the spaces around values away"
    elif value == column.name:
        remedy = "take away the header that stands there again"
    elif re.fullmatch(_GROUPED, value):
        remedy = "write numbers without marks between thousands, and fractions with a point"
    elif re.fullmatch(r"-?\d*,\d+", value):
        remedy = "write fractions with a point, not a comma"
    others = f" ({count:,} such values)" if count > 1 else ""
    return (
        f"{table.what}: line {table.line(first)}, column {column.name!r}: {value[:_SHOWN]!r} "
        f"is not of type {kind}{others}; {remedy}, {AGAIN}"
    )


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
