"""The same table as other people have it: saved by other programs, elsewhere, by mistake."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable

Rows = list[list[str]]


def rows_of(data: bytes, separator: str = ",") -> Rows:
    """Return the header and the rows of a plain table."""
    return list(csv.reader(io.StringIO(data.decode()), delimiter=separator))


def plain(rows: Rows, separator: str = ",", **style) -> bytes:
    """Write rows as the csv module does, with line feeds."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n", **style).writerows(rows)
    return text.getvalue().encode()


def _zipped(data: bytes, name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def _is_fraction(value: str) -> bool:
    return "." in value and value.replace(".", "").lstrip("-").isdigit()


def _decimal_comma(rows: Rows) -> Rows:
    return [
        [v.replace(".", ",") if _is_fraction(v) else v for v in row] if number else row
        for number, row in enumerate(rows)
    ]


def _thousands(rows: Rows, mark: str) -> Rows:
    def changed(value: str) -> str:
        digits = value.lstrip("-")
        return (
            f"{int(value):,}".replace(",", mark) if digits.isdigit() and len(digits) > 3 else value
        )

    return [list(map(changed, row)) if number else row for number, row in enumerate(rows)]


def _columns(change: Callable[[list[str], int], list[str]]) -> Callable[[Rows], Rows]:
    return lambda rows: [change(list(row), number) for number, row in enumerate(rows)]


def _renamed(names: Callable[[list[str]], list[str]]) -> Callable[[Rows], Rows]:
    return lambda rows: [names(rows[0]), *rows[1:]]


def _one_row(change: Callable[[list[str]], list[str]]) -> Callable[[Rows], Rows]:
    return lambda rows: [*rows[:7], change(list(rows[7])), *rows[8:]]


#: Other rows and columns, before they are written.
CHANGED: dict[str, Callable[[Rows], Rows]] = {
    "thousands comma": lambda rows: _thousands(rows, ","),
    "thousands point": lambda rows: _thousands(rows, "."),
    "thousands space": lambda rows: _thousands(rows, "\u202f"),
    "upper case names": _renamed(lambda names: [name.upper() for name in names]),
    "lower case names": _renamed(lambda names: [name.lower() for name in names]),
    "spaced names": _renamed(lambda names: [f" {name}" for name in names]),
    "other target": _renamed(lambda names: [*names[:-1], "target"]),
    "other names": _renamed(lambda names: [f"X{number}" for number, _ in enumerate(names)]),
    "a name twice": _renamed(lambda names: [*names[:2], names[1], *names[3:]]),
    "reversed columns": _columns(lambda row, number: row[::-1]),
    "missing column": _columns(lambda row, number: row[:2] + row[3:]),
    "missing target": _columns(lambda row, number: row[:-1]),
    "extra column": _columns(lambda row, number: [*row, "x"]),
    "named extra column": _columns(lambda row, number: [*row, "split" if not number else "train"]),
    "index": _columns(lambda row, number: [str(number - 1) if number else "", *row]),
    "index of R": _columns(lambda row, number: [str(number), *row] if number else row),
    "named index": _columns(lambda row, number: [str(number) if number else "id", *row]),
    "no header": lambda rows: rows[1:],
    "header twice": lambda rows: [*rows[:5], rows[0], *rows[5:]],
    "title first": lambda rows: [["A table of mine"], *rows],
    "short row": _one_row(lambda row: row[:-1]),
    "very short row": _one_row(lambda row: row[:2]),
    "long row": _one_row(lambda row: [*row, "7"]),
    "cell empty": _one_row(lambda row: ["", *row[1:]]),
    "cell NA": _one_row(lambda row: ["NA", *row[1:]]),
    "cell infinite": _one_row(lambda row: ["inf", *row[1:]]),
    "cell with unit": _one_row(lambda row: [f"{row[0]} km", *row[1:]]),
    "spaces in cells": lambda rows: [rows[0], *([f" {v} " for v in row] for row in rows[1:])],
    "total row": lambda rows: [*rows, ["Total", *[""] * (len(rows[0]) - 1)]],
    "no rows": lambda rows: rows[:1],
}

#: Other bytes of the plain table, given as the file writes it.
STORED: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "BOM, CRLF": lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "UTF-16 big end": lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"),
    "UTF-16 no BOM": lambda data: data.decode().encode("utf-16-le"),
    "UTF-32": lambda data: data.decode().encode("utf-32"),
    "no last line end": lambda data: data.rstrip(b"\n"),
    "blank lines": lambda data: data.replace(b"\n", b"\n\n", 5) + b"\n\n",
    "Latin-1 cell": lambda data: data.replace(b"\n", b"\nM\xe9xico", 3),
    "UTF-8 cell": lambda data: data.replace(b"\n", "\nMéxico".encode(), 3),
    "NUL byte": lambda data: data[:300] + b"\x00" + data[300:],
    "Ctrl-Z": lambda data: data + b"\x1a",
    "cut": lambda data: data[: data.index(b"\n", len(data) // 2) + 4],
    "half quote": lambda data: data.replace(b"\n", b'\n"', 4),
    "comment first": lambda data: b"# made by me\n" + data,
    "sep= first": lambda data: b"sep=,\n" + data,
    "empty": lambda data: b"",
    "blank": lambda data: b"\n \n\n",
    "HTML": lambda data: b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n",
    "HTML bare": lambda data: b"\n  <html lang='en'><body>404: Not Found</body></html>",
    "JSON": lambda data: b'{"error": "not found", "code": 404}\n',
    "404 text": lambda data: b"404: Not Found",
    "LFS pointer": lambda data: (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:ab16\nsize 35735\n"
    ),
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zip": lambda data: _zipped(data, "table.csv"),
    "xlsx": lambda data: _zipped(b"<xml/>", "xl/workbook.xml"),
    "xls": lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "parquet": lambda data: b"PAR1" + bytes(100) + b"PAR1",
    "zeros": lambda data: bytes(1000),
}


def shapes(data: bytes, separator: str = ",") -> dict[str, bytes]:
    """Return a table in all shapes, by their names."""
    rows = rows_of(data, separator)
    made = {name: change(data) for name, change in STORED.items()}
    made |= {name: plain(change(rows), separator) for name, change in CHANGED.items()}
    for name, mark in {
        "comma": ",",
        "semicolon": ";",
        "tab": "\t",
        "bar": "|",
        "space": " ",
    }.items():
        made[f"{name} separated"] = plain(rows, mark)
        made[f"{name} separated, decimal comma"] = plain(_decimal_comma(rows), mark)
    made["all quoted"] = plain(rows, separator, quoting=csv.QUOTE_ALL)
    made["semicolon separated, index"] = plain(CHANGED["index"](rows), ";")
    made["semicolon separated, BOM, CRLF"] = STORED["BOM, CRLF"](plain(rows, ";"))
    return made
