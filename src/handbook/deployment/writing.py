"""Answers written part by part: the whole file, or none."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
from pyarrow import ipc, parquet

from handbook.core.errors import HandbookError
from handbook.core.files import written_whole

__all__ = ["ENDINGS", "answers"]

#: By its ending, how a file is written.
ENDINGS = (".csv", ".parquet", ".arrow", ".feather")

Write = Callable[[pd.DataFrame], None]


@contextmanager
def answers(path: Path | None) -> Iterator[Write]:
    """Give a function that writes a part of a table; where the block fails, nothing is left.

    Parameters
    ----------
    path : Path or None
        Its ending says how; None for CSV on the standard output, which gets nothing before the
        end.

    Raises
    ------
    HandbookError
        The ending is unknown.
    """
    if path is None:
        with tempfile.TemporaryFile() as file:
            yield _csv(file)
            file.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    check(path)
    with whole(path) as partial, partial.open("wb") as file:
        if path.suffix == ".csv":
            yield _csv(file)
        else:
            with _Columns(file, path.suffix) as columns:
                yield columns.write


def check(path: Path) -> None:
    """Refuse a file whose ending says nothing."""
    if path.suffix not in ENDINGS:
        raise HandbookError(
            f"{path}: its ending says how answers are written; expected one of {', '.join(ENDINGS)}"
        )


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path that becomes `path` at the end and is removed where that fails."""
    with written_whole(path) as partial:
        try:
            yield partial
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def _csv(file: IO[bytes]) -> Write:
    header = True

    def write(part: pd.DataFrame) -> None:
        nonlocal header
        part.to_csv(file, index=False, header=header, lineterminator="\n")
        header = False

    return write


class _Columns:
    """A file of columns, whose first part says which they are."""

    def __init__(self, file: IO[bytes], suffix: str) -> None:
        self._file, self._suffix = file, suffix
        self._writer: Any = None

    def __enter__(self) -> _Columns:
        return self

    def write(self, part: pd.DataFrame) -> None:
        """Write a part of the rows."""
        if self._writer is None:
            schema = pa.Schema.from_pandas(part, preserve_index=False).remove_metadata()
            self._schema = schema
            if self._suffix == ".parquet":
                self._writer = parquet.ParquetWriter(self._file, schema)
            else:
                self._writer = ipc.new_file(self._file, schema)
        table = pa.Table.from_pandas(part, self._schema, preserve_index=False)
        self._writer.write_table(table.replace_schema_metadata(None))

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()
