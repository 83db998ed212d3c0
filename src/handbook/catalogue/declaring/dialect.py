"""How a delimited file is written: encoding, separator, header, marks in numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from handbook.core.errors import HandbookError
from handbook.data.formats.shapes import format_of

__all__ = ["BYTES_READ", "Dialect", "Marks", "dialect", "encoding_of", "is_number", "marks"]

BYTES_READ = 64 * 2**20
"""Bytes of a file that types are told from; longer files are pinned whole."""

_HEAD = 2**20  # bytes that the form is told from
_RECORDS = 200
_SEPARATORS = (",", ";", "\t", "|")
# UTF-32 begins with the mark of UTF-16
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# A number with a mark before its fraction, its last three digits no group of thousands.
_FRACTION = {
    ".": re.compile(r"[-+]?([\d,' ]*\.(\d{1,2}|\d{4,})|[\d,' ]*,\d{3}\.\d+)([eE][-+]?\d+)?"),
    ",": re.compile(r"[-+]?([\d.' ]*,(\d{1,2}|\d{4,})|[\d.' ]*\.\d{3},\d+)([eE][-+]?\d+)?"),
}
_GROUPED = {mark: re.compile(rf"[-+]?\d{{1,3}}({re.escape(mark)}\d{{3}})+") for mark in ".,' "}


class Dialect(NamedTuple):
    """The form of a delimited file.

    Parameters
    ----------
    encoding, separator : str
    skip : int
        Lines before the header, or before the first row.
    header : bool
        Whether the first line behind them names the columns.
    names : list of str
        Of the columns, or made ones.
    reasons : list of str
        What was decided, for people.
    """

    encoding: str
    separator: str
    skip: int
    header: bool
    names: list[str]
    reasons: list[str]


class Marks(NamedTuple):
    """Marks in numbers: before the fraction, and between thousands where there are some."""

    decimal: str
    thousands: str


def encoding_of(path: Path) -> str:
    """Tell the encoding of a text file, by its mark, by whether UTF-8 fits, else as a guess.

    Raises
    ------
    HandbookError
        It is empty, binary, or a format that is no text.
    """
    with path.open("rb") as file:
        data = file.read(BYTES_READ)
    name, remedy = format_of(data)
    if name:
        raise HandbookError(f"{path}: it is {name}, expected a table or a text; {remedy}")
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    if data[1:400:2].strip(b"\x00") == b"":
        return "utf-16-le"
    if data[0:400:2].strip(b"\x00") == b"":
        return "utf-16-be"
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            # the end may be cut within a character
            text = codecs.getincrementaldecoder(encoding)().decode(data)
        except UnicodeDecodeError:
            continue
        if len(_CONTROL.findall(text[:_HEAD])) > len(text[:_HEAD]) / 1_000:
            break
        return encoding
    raise HandbookError(
        f"{path}: binary data, expected a table (CSV, TSV or Parquet), a text, images in folders "
        "or in a zip file, IDX or NPZ"
    )


def dialect(
    path: Path, encoding: str = "", separator: str = "", skip: int | None = None
) -> Dialect:
    """Tell the form of a delimited file from its beginning.

    Parameters
    ----------
    path : Path
    encoding, separator : str
        Those that the user knows; empty to find them.
    skip : int or None
        Lines above the table, where the user knows them.

    Raises
    ------
    HandbookError
        It holds no rows, a single column, or two columns of one name.
    """
    reasons = []
    if not encoding:
        encoding = encoding_of(path)
        reasons.append(f"encoding {encoding}{_guessed(encoding)}")
    with path.open("rb") as file:
        start = file.read(_HEAD)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise HandbookError(f"{path}: cannot be read as {encoding}: {error}") from None
    lines = text.splitlines()[: _RECORDS + 50]
    if not separator:
        separator = max(_SEPARATORS, key=lambda mark: _fit(text, mark))
        reasons.append(f"separator {separator!r}")
    records = _records(text, separator)
    if not records:
        raise HandbookError(f"{path}: no rows; bring the table itself")
    width = Counter(map(len, records)).most_common(1)[0][0]
    if width < 2:
        raise HandbookError(
            f"{path}: one column, {lines[0][:40]!r}: no table that can be learnt from. Where "
            "another mark separates its columns, give it: --separator ' '"
        )
    skip = _lines_above(lines, separator, width) if skip is None else skip
    first = next(csv.reader(lines[skip:], delimiter=separator), [])
    header = _is_header(first, [record for record in records if len(record) == width])
    if skip:
        reasons.append(f"{skip} line(s) above the table left out, the first {lines[0][:40]!r}")
    if not header:
        reasons.append("no line with names: the columns are column-1, column-2, ...")
    names = [cell.strip() for cell in first]
    if not header:
        names = [f"column-{number}" for number in range(1, width + 1)]
    return Dialect(encoding, separator, skip, header, names, reasons)


def _guessed(encoding: str) -> str:
    return " (a guess: --encoding sets another)" if encoding in ("cp1252", "latin-1") else ""


def _records(text: str, separator: str) -> list[list[str]]:
    """Return the first records, without the last one, which may be cut, where there are many."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        records = [
            record for record, _ in zip(reader, range(_RECORDS), strict=False) if any(record)
        ]
    except csv.Error:
        return []
    return records


def _fit(text: str, separator: str) -> tuple[float, int]:
    """Rate a separator: the share of records of the commonest width, and that width."""
    records = _records(text, separator)
    width, count = Counter(map(len, records)).most_common(1)[0] if records else (0, 0)
    return (round(count / max(len(records), 1), 1) if width > 1 else 0.0, width)


def _lines_above(lines: Sequence[str], separator: str, width: int) -> int:
    """Count the lines before the first that has the columns of the table."""
    for number, line in enumerate(lines):
        if len(next(csv.reader([line], delimiter=separator), [])) == width or '"' in line:
            return number
    return 0


def _is_header(first: Sequence[str], records: Sequence[Sequence[str]]) -> bool:
    """Tell whether a line names columns: it holds no number, or a word where numbers follow.

    Examples
    --------
    >>> _is_header(["land", "2020"], [["land", "2020"], ["7", "3"], ["9", "1"]])
    True
    >>> _is_header(["7", "a"], [["7", "a"], ["9", "b"]])
    False
    """
    numbers = [is_number(cell) for cell in first]
    below = [[is_number(cell) for cell in record] for record in records if record != first]
    return not any(numbers) or any(
        not number and bool(below) and all(row[column] for row in below)
        for column, number in enumerate(numbers)
    )


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number in any notation.

    Examples
    --------
    >>> [is_number(cell) for cell in ("1.234,5", "-3e-5", "1'000", "12.3.2020", "")]
    [True, True, True, False, False]
    """
    return bool(
        re.fullmatch(
            r"[-+]?(\d+([.,]\d*)?|[.,]\d+|\d{1,3}([.,' ]\d{3})+([.,]\d+)?)([eE][-+]?\d+)?",
            cell.strip(),
        )
    )


def marks(cells: Iterable[str]) -> Marks:
    """Tell the marks in numbers: a point unless more numbers can only have a comma.

    Examples
    --------
    >>> marks(["1.234,50", "7"]), marks(["1,234.5"])
    (Marks(decimal=',', thousands='.'), Marks(decimal='.', thousands=','))
    >>> marks(["0.125", "3"])
    Marks(decimal='.', thousands='')
    """
    numbers = [cell.strip() for cell in cells]
    votes = {
        mark: sum(bool(form.fullmatch(cell)) for cell in numbers)
        for mark, form in _FRACTION.items()
    }
    commas = votes[","] or any(_GROUPED[","].fullmatch(cell) for cell in numbers)
    points = votes["."] or any(_GROUPED["."].fullmatch(cell) for cell in numbers)
    decimal = "," if votes[","] > votes["."] else "."
    if not votes[","] and not votes["."] and commas and not points:
        decimal = "."  # 1,234 is a thousand and more
    grouped = [
        mark
        for mark in ".,' "
        if mark != decimal
        and any(_GROUPED[mark].fullmatch(cell.split(decimal)[0]) for cell in numbers if cell)
    ]
    return Marks(decimal, grouped[0] if grouped else "")
