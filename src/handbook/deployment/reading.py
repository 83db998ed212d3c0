"""Rows from files and from the standard input, a part at a time."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import compute, csv, ipc, parquet

from handbook.core.errors import HandbookError
from handbook.data.formats.shapes import format_of
from handbook.deployment.forms import Form

__all__ = ["ROWS", "STDIN", "tables", "texts"]

#: Rows of a part: so many are answered at a time, however many there are.
ROWS = 16_384

#: The name of the standard input.
STDIN = Path("-")

_BLOCK = 2**22  # bytes of a delimited file at a time; no line may be longer
_HEAD = 2**16
_SEPARATORS = (",", ";", "\t", "|")
_PARQUET, _ARROW, _STREAM = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"


def tables(path: Path, form: Form, names: Collection[str]) -> Iterator[pd.DataFrame]:
    """Yield the rows of a table in parts of at most :data:`ROWS`.

    Parameters
    ----------
    path : Path
        A delimited file, Parquet or Arrow, told by its first bytes; :data:`STDIN` likewise.
    form : Form
    names : collection of str
        Columns that are looked for: they tell a delimited file's separator.

    Yields
    ------
    DataFrame
        Its index goes on through the parts, from 0. Cells of a delimited file are text.

    Raises
    ------
    HandbookError
        It is no table, or has no rows; the message names the row at fault.
    """
    with ExitStack() as stack:
        source, head = _opened(path, stack)
        where = "the standard input" if path == STDIN else str(path)
        if head[:4] == _PARQUET:
            batches = _parquet(_seekable(source, head, stack))
        elif head[:6] == _ARROW:
            batches = _arrow(_seekable(source, head, stack))
        elif head[:4] == _STREAM:
            batches = iter(ipc.open_stream(_Joined(head, source)))
        else:
            name, remedy = format_of(head)
            if name:
                raise HandbookError(f"{where}: it is {name}, expected a table; {remedy}")
            batches = _delimited(_Joined(head, source), head, form, names)
        yield from _parts(batches, where)


def _opened(path: Path, stack: ExitStack) -> tuple[Any, bytes]:
    """Return a stream of bytes and what it begins with, which it no longer holds."""
    if path == STDIN:
        source: Any = sys.stdin.buffer
    else:
        try:
            # a compressed file is told by its name
            source = stack.enter_context(pa.input_stream(str(path), compression="detect"))
        except OSError as error:
            raise HandbookError(f"{path}: cannot be read ({error.strerror or error})") from None
    return source, source.read(_HEAD)


class _Joined:
    """A stream of what was read of it already, and of the rest."""

    closed = False

    def __init__(self, head: bytes, rest: Any) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """Return at most so many bytes."""
        if not self._head:
            return bytes(self._rest.read(size))
        start = self._head if size < 0 else self._head[:size]
        self._head = self._head[len(start) :]
        return start

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def close(self) -> None:
        """Leave the rest to who opened it."""


def _seekable(source: Any, head: bytes, stack: ExitStack) -> Any:
    """Return a file that can be read from anywhere; what a pipe brings goes through the disk."""
    if source is not sys.stdin.buffer and source.seekable():
        source.seek(0)
        return source
    copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    copy.write(head)
    shutil.copyfileobj(source, copy)
    copy.seek(0)
    return copy


def _parquet(file: Any) -> Iterator[Any]:
    yield from parquet.ParquetFile(file).iter_batches(batch_size=ROWS)


def _arrow(file: Any) -> Iterator[Any]:
    reader = ipc.open_file(file)
    yield from (reader.get_batch(number) for number in range(reader.num_record_batches))


def _delimited(source: Any, head: bytes, form: Form, names: Collection[str]) -> Iterator[Any]:
    """Yield the cells of a delimited file as text, without the spaces around them."""
    table = form.table
    separator = form.separator or (table.separator if table else _separator(head, names))
    missing = table.missing if table else [""]
    reading = csv.ReadOptions(
        encoding=table.encoding if table else "utf-8",
        block_size=_BLOCK,
        use_threads=False,  # with threads it does not say which row is at fault
        skip_rows=table.skip if table else 0,
        column_names=table.header if table else None,
    )

    faults: list[str] = []

    def refuse(row: Any) -> str:  # what it raised would be lost
        before = 0 if table and table.header else 1  # the header
        faults.append(
            f"row {row.number - before} has {row.actual_columns} values, expected "
            f"{row.expected_columns}: {row.text[:40]!r}; a value that holds the separator "
            f"{separator!r} stands in quotes"
        )
        return "error"

    def parsing(handler: Callable[[Any], str]) -> csv.ParseOptions:
        return csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, invalid_row_handler=handler
        )

    # The reader takes a type by the name of a column alone.
    lines = head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1]
    with csv.open_csv(pa.py_buffer(lines), reading, parsing(lambda row: "skip")) as header:
        types = dict.fromkeys(header.schema.names, pa.string())
    text = csv.ConvertOptions(column_types=types, null_values=missing, strings_can_be_null=True)
    stream = pa.PythonFile(source, "r")
    try:
        for batch in csv.open_csv(stream, reading, parsing(refuse), text):
            cells = map(compute.utf8_trim_whitespace, batch.columns)
            yield pa.record_batch(list(cells), names=batch.schema.names)
    except pa.ArrowInvalid:
        if not faults:
            raise
        raise HandbookError(faults[0]) from None


def _separator(head: bytes, names: Collection[str]) -> str:
    """Return the separator by which a header holds most of the names; a comma where none does."""
    line = head.split(b"\n", 1)[0].decode("utf-8-sig", "replace")

    def hits(separator: str) -> int:
        cells = {cell.strip(" \r\"'") for cell in line.split(separator)}
        return len(cells & set(names))

    return max(_SEPARATORS, key=hits)


def _parts(batches: Iterator[Any], where: str) -> Iterator[pd.DataFrame]:
    """Yield tables of at most :data:`ROWS` rows, and name what is wrong with a file."""
    count = 0
    try:
        for batch in batches:
            for start in range(0, len(batch), ROWS):
                part = batch.slice(start, ROWS).to_pandas()
                part.attrs.clear()
                part.columns = [str(name).strip() for name in part.columns]
                part.index = pd.RangeIndex(count, count + len(part))
                count += len(part)
                yield part
    except HandbookError as error:
        raise HandbookError(f"{where}: {error}") from None
    except (pa.ArrowException, UnicodeError, LookupError, OSError) as error:
        raise HandbookError(
            f"{where}: not a whole table ({_plain(error)}); {count:,} rows before it could be read"
        ) from None
    if not count:
        raise HandbookError(f"{where}: no rows; expected a header and at least one row below it")


def _plain(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")


def texts(path: Path, say: Callable[[str], None]) -> Iterator[pd.DataFrame]:
    """Yield the lines of a text that are not empty, each to be continued, a few at a time."""
    with ExitStack() as stack:
        file = sys.stdin if path == STDIN else stack.enter_context(path.open(encoding="utf-8"))
        lines = [line.rstrip("\r\n") for line in file]
    kept = [line for line in lines if line]
    if not kept:
        raise HandbookError(f"{path}: no text; expected a line for each text to be continued")
    if len(kept) < len(lines):
        say(f"{path}: {len(lines) - len(kept)} empty lines are left out")
    yield pd.DataFrame({"text": kept})
