"""What a file is that was taken for a table: another format, another encoding, a separator."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from handbook.core.errors import HandbookError, nearest

__all__ = ["AGAIN", "Header", "format_of", "header", "unicode_text"]

AGAIN = "or delete the file and acquire it again"
"""The way out of every fault of a file that this project can bring itself."""

_SEPARATORS = (",", ";", "\t", "|")
_LARGEST_HEADER = 2**16
_LINES_BEFORE = 50
_SHOWN = 40  # characters of a line in a message

# By the bytes that a file begins with
_FORMATS = {
    b"\x1f\x8b": ("a gzip file", "unpack it (gunzip)"),
    b"BZh": ("a bzip2 file", "unpack it"),
    b"\xfd7zXZ\x00": ("an xz file", "unpack it"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"\x28\xb5\x2f\xfd": ("a Zstandard file", "unpack it"),
    b"PK\x03\x04": ("a zip archive", "take the table out of it"),
    b"\xd0\xcf\x11\xe0": ("an Excel workbook (xls)", "save its sheet as CSV in UTF-8"),
    b"PAR1": ("a Parquet file", "write it as CSV"),
    b"ARROW1": ("an Arrow file", "write it as CSV"),
    b"%PDF": ("a PDF document", "bring the table itself"),
    b"version https://git-lfs": ("a pointer of Git LFS", "run `git lfs pull` where it comes from"),
    b"{": ("JSON", "bring the table itself"),
    b"[": ("JSON", "bring the table itself"),
}
# The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}


class Header(NamedTuple):
    """Where the header of a table ends, what separates its columns, and their names."""

    end: int
    separator: str
    names: list[str]


def format_of(data: bytes) -> tuple[str, str]:
    """Name what bytes are instead of a table, and what to do about it; empty where it may be one.

    Examples
    --------
    >>> format_of(b"<!DOCTYPE html><title>Sign in</title>")[0]
    "a web page ('Sign in')"
    >>> format_of(b"age,job")
    ('', '')
    """
    if not data.strip():
        return "empty" if not data else "blank", "bring the table itself"
    if not data.strip(b"\x00"):
        return "nothing but zero bytes, as a full disk leaves them", "bring the table itself"
    start = data[:2048].removeprefix(codecs.BOM_UTF8).lstrip()
    if start[:1] == b"<":
        title = re.search(rb"<title[^>]*>\s*([^<]{1,60})", start, re.IGNORECASE)
        name = f" ({title[1].decode('utf-8', 'replace').strip()!r})" if title else ""
        return f"a web page{name}", "download the file itself, not the page that shows it"
    for mark, (name, remedy) in _FORMATS.items():
        if start.startswith(mark):
            if mark.startswith(b"PK") and b"xl/" in data:
                return "an Excel workbook (xlsx)", "save its sheet as CSV in UTF-8"
            return name, remedy
    return "", ""


def unicode_text(data: bytes, what: str) -> bytes:
    """Return a text file in UTF-8 without a mark; UTF-16 and UTF-32 are told by theirs.

    Parameters
    ----------
    data : bytes
    what : str
        Name of the file for messages.

    Raises
    ------
    HandbookError
        It is another format, or a text in an encoding that can only be guessed.
    """
    encoding = next((code for mark, code in _MARKS.items() if data.startswith(mark)), "utf-8")
    name, remedy = format_of(data)
    if name:
        raise HandbookError(f"{what}: it is {name}, expected a table; {remedy}, {AGAIN}")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        guess = f", {data[error.start : error.end].decode('cp1252', 'replace')!r} in Windows-1252"
        raise HandbookError(
            f"{what}: line {_line(before)}, character {_column(before)}: byte "
            f"0x{data[error.start]:02x} is not {encoding.upper().removesuffix('-SIG')}"
            f"{guess if encoding == 'utf-8' else ''}; save the table in UTF-8, {AGAIN}"
        ) from None
    if "\x00" in text:
        if text[1::2][:64].strip("\x00") == "" or text[::2][:64].strip("\x00") == "":
            raise HandbookError(
                f"{what}: it is UTF-16 without the mark that says so, expected UTF-8; save the "
                f"table in UTF-8, {AGAIN}"
            )
        before = text[: text.index("\x00")]
        raise HandbookError(
            f"{what}: line {_line(before)}, character {_column(before)}: a zero byte, as damaged "
            f"files hold it; copy the table again, {AGAIN}"
        )
    return data if encoding == "utf-8" else text.encode()


def _line(before: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", before)) + 1


def _column(before: str) -> int:
    return len(re.split(r"[\r\n]", before)[-1]) + 1


def header(data: bytes, what: str, expected: Sequence[str], usual: str) -> Header:
    """Find the header of a table; its columns may stand in any order.

    Parameters
    ----------
    data : bytes
        The table in UTF-8.
    what : str
    expected : sequence of str
        Names of the columns.
    usual : str
        The separator that is tried first.

    Raises
    ------
    HandbookError
        There is no such header; the message says what is there instead.
    """
    first = next(line for line in re.finditer(rb"[^\r\n]+", data) if line[0].strip())
    line = first[0][:_LARGEST_HEADER].decode("utf-8", "replace").removeprefix("\ufeff")
    separator = _separator(line, expected, usual)
    names = _fields(line, separator)
    if sorted(names) == sorted(expected):
        return Header(first.end(), separator, names)
    fault = _behind(data, expected, usual) or _not_one(line, names, expected)
    fault = fault or _other_names(names, list(expected))
    raise HandbookError(
        f"{what}: {fault}; expected the columns {', '.join(expected)}. Change it so, {AGAIN}"
    )


def _separator(line: str, expected: Sequence[str], usual: str) -> str:
    """Return the separator that makes most of the expected names, else most fields, of a line."""

    def fit(mark: str) -> tuple[int, int]:
        fields = _fields(line, mark)
        return len({*fields} & {*expected}), len(fields)

    return max([usual, *_SEPARATORS], key=fit)


def _fields(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _behind(data: bytes, expected: Sequence[str], usual: str) -> str:
    """Say that the header stands behind other lines, if it does."""
    lines = data[:_LARGEST_HEADER].decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines[1:_LINES_BEFORE], 2):
        if {*expected} <= {*_fields(line, _separator(line, expected, usual))}:
            return f"the header stands in line {number}, behind {lines[0][:_SHOWN]!r}"
    return ""


def _not_one(line: str, names: Sequence[str], expected: Sequence[str]) -> str:
    """Say that a first line is no header, or one that is separated as no table should be."""
    if len({*line.split()} & {*expected}) > len(expected) / 2:
        return "its columns are separated by spaces, not by commas, semicolons, tabs or bars"
    if {*names} & {*expected}:
        return ""
    if len(names) > 1 and any(map(_is_number, names)):
        return f"line 1 holds values ({', '.join(names[:3])}, ...) and no header"
    if len(names) == 1 < len(expected):
        return f"line 1 is {line[:_SHOWN]!r} and no header"
    return ""


def _other_names(names: list[str], expected: list[str]) -> str:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        return f"column {twice[0]!r} is there {names.count(twice[0])} times"
    absent = [name for name in expected if name not in names]
    added = [name for name in names if name not in expected]
    if absent and len(names) == len(expected):
        pairs = [(names.index(old) + 1, old) for old in added]
        wanted = [expected[number - 1] for number, _ in pairs]
        named = [
            f"column {number} is called {old!r}" + (f", expected {new!r}" if new in absent else "")
            for (number, old), new in zip(pairs[:3], wanted, strict=False)
        ]
        more = f", and {len(pairs) - 3} more have other names" if len(pairs) > 3 else ""
        return "; ".join(named) + more
    if absent:
        hint = f" ({nearest(absent[0], added)})" if added else ""
        return f"column {absent[0]!r} is missing{hint}"
    if not added[0]:
        return (
            f"column {names.index('') + 1} has no name: the numbers of rows that pandas "
            "(index=False) and R (row.names = FALSE) can leave out"
        )
    return f"column {names.index(added[0]) + 1}, {added[0]!r}, is unknown"


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
