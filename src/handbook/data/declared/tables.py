"""Tables whose form the catalogue declares, read to the columns of its schema."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.core.columns import shortened
from handbook.core.errors import HandbookError, nearest
from handbook.data.declared.declaration import Column, Declaration, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MISSING", "cells", "days", "read", "typed"]

MISSING = "missing"
"""The category of rows that have none."""

_BLOCK = 2**24  # bytes; pyarrow takes no longer line
_SHOWN = {"integer": "whole number"}


def read(raw: Path, declared: Declaration) -> tuple[pd.DataFrame, pd.Series[Any] | None]:
    """Read the files of a declared table one below the other.

    Returns
    -------
    frame : DataFrame
        Columns of the schema, the target among them, without the rows that have no target.
    groups : Series or None
        The column that holds rows together, of the same rows.
    """
    import pandas as pd

    table = declared.table
    assert table is not None
    parts = [_columns(raw / file.name, table, declared.groups) for file in declared.files]
    text = pd.concat(parts, ignore_index=True)
    text = text[text[_header(table, declared.target)].notna()].reset_index(drop=True)
    what = ", ".join(file.name for file in declared.files)
    frame = pd.DataFrame(
        {
            name: typed(text[column.header or name], column, table, what)
            for name, column in table.columns.items()
        }
    )
    return frame, text[declared.groups] if declared.groups else None


def _header(table: Table, name: str) -> str:
    return table.columns[name].header or name


def _columns(path: Path, table: Table, groups: str) -> pd.DataFrame:
    """Read the cells of one file, and refuse one that has other columns than the schema."""
    frame = cells(path, table)
    expected = [*(_header(table, name) for name in table.columns), *table.ignored]
    expected += [groups] if groups and groups not in expected else []
    absent = [name for name in expected if name not in frame.columns]
    added = [name for name in frame.columns if name not in expected]
    if absent:
        raise HandbookError(
            f"{path}: there is no column {absent[0]!r}; {nearest(absent[0], list(frame.columns))}"
        )
    if added:
        raise HandbookError(
            f"{path}: the catalogue does not know the columns {shortened(added)}; add them to "
            "columns, or to ignored with the reason"
        )
    return frame


def cells(path: Path, table: Table, limit: int | None = None) -> pd.DataFrame:
    """Return the cells of a table as they stand in the file: text, or typed in Parquet.

    Parameters
    ----------
    path : Path
    table : Table
        Only its format is read.
    limit : int or None
        Bytes of a delimited file that are looked at; None for all.

    Raises
    ------
    HandbookError
        It is no such table: the message says where it goes wrong.
    """
    import pyarrow as pa

    try:
        frame = _parquet(path) if table.reader == "parquet" else _delimited(path, table, limit)
    except (pa.ArrowException, UnicodeError, LookupError, OSError) as error:
        raise HandbookError(f"{path}: not a table as declared: {error}") from None
    frame.columns = [str(name).strip() for name in frame.columns]
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise HandbookError(
            f"{path}: column {twice[0]!r} is there {list(frame.columns).count(twice[0])} times; "
            "give each column a name of its own"
        )
    return frame


def _parquet(path: Path) -> pd.DataFrame:
    from pyarrow import parquet

    content = parquet.read_table(path)
    frame: pd.DataFrame = content.to_pandas(ignore_metadata=True, date_as_object=False)
    return frame


def _delimited(path: Path, table: Table, limit: int | None) -> pd.DataFrame:
    """Read every cell as text, without the spaces around it; missing ones are missing."""
    import pyarrow as pa
    from pyarrow import csv

    reading = csv.ReadOptions(
        encoding=table.encoding,
        block_size=_BLOCK,
        skip_rows=table.skip,
        column_names=table.header,
    )
    parsing = csv.ParseOptions(delimiter=table.separator, newlines_in_values=True)
    with csv.open_csv(_source(path, limit), reading, parsing) as reader:
        names = reader.schema.names
    text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    content = csv.read_csv(_source(path, limit), reading, parsing, text)
    frame: pd.DataFrame = content.to_pandas().apply(lambda column: column.str.strip())
    return frame.mask(frame.isin(table.missing))


def _source(path: Path, limit: int | None) -> Any:
    """Return a file to read, or whole lines from its beginning where it is longer than `limit`."""
    if limit is None or path.stat().st_size <= limit:
        return path
    with path.open("rb") as file:
        start = file.read(limit)
    return io.BytesIO(start[: start.rfind(b"\n") + 1])


def typed(cells: pd.Series[Any], column: Column, table: Table, what: str) -> pd.Series[Any]:
    """Return cells as the column's type stores them.

    Raises
    ------
    HandbookError
        One cannot be taken for that type; the message names it and its row.
    """
    import pandas as pd

    if column.type == "category":
        return _category(cells, column.values, what)
    if column.type == "date":
        values = days(cells, column.format)
    else:
        values = pd.to_numeric(_plain(cells, table), errors="coerce").astype("float64")
    bad = (values.isna() | values.abs().eq(float("inf"))) & cells.notna()
    if column.type == "integer":
        bad |= values % 1 > 0
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise HandbookError(
            f"{what}: row {row + 1}, column {cells.name!r}: {str(cells.iloc[row])[:40]!r} is no "
            f"{_SHOWN.get(column.type, column.type)} ({int(bad.sum()):,} such values); where it "
            "stands for a missing one, add it to missing, else declare the column a category"
        )
    if column.type != "integer" or column.missing:
        return values
    if values.isna().any():
        row = int(values.isna().to_numpy().argmax())
        raise HandbookError(
            f"{what}: row {row + 1}, column {cells.name!r}: a value is missing; say missing: and "
            "the largest share of missing values there"
        )
    return values.astype("int64")


def _plain(cells: pd.Series[Any], table: Table) -> pd.Series[Any]:
    """Return numbers written as Python reads them."""
    if cells.dtype.kind in "biuf":
        return cells
    text = cells.astype("str")
    if table.thousands:
        text = text.str.replace(table.thousands, "", regex=False)
    return text.str.replace(table.decimal, ".", regex=False)


def days(cells: pd.Series[Any], form: str | None = None) -> pd.Series[Any]:
    """Return dates as days since 1970-01-01, those that are none as missing.

    Examples
    --------
    >>> import pandas as pd
    >>> days(pd.Series(["02.01.1970", "1970"]), "%d.%m.%Y").tolist()
    [1.0, nan]
    """
    import pandas as pd

    dates = pd.to_datetime(cells, format=form or "ISO8601", errors="coerce", utc=True)
    since = dates - pd.Timestamp(0, tz="UTC")
    return (since / pd.Timedelta(days=1)).astype("float64")


def _category(cells: pd.Series[Any], values: Sequence[str] | None, what: str) -> pd.Series[Any]:
    """Return cells as categories, in the order of `values`; missing ones are one of them."""
    import pandas as pd

    if cells.dtype.kind == "f" and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")  # whole numbers of Parquet, some of them missing
    text = cells.astype("str").where(cells.notna(), MISSING).astype("str")
    categories = sorted(text.unique()) if values is None else list(values)
    unknown = ~text.isin(categories)
    if unknown.any():
        row = int(unknown.to_numpy().argmax())
        raise HandbookError(
            f"{what}: row {row + 1}, column {cells.name!r}: {text.iloc[row][:40]!r} is none of the "
            f"declared values; {nearest(text.iloc[row], categories)}"
        )
    return text.astype(pd.CategoricalDtype(categories))
