"""A table in another shape is read to the same rows, or refused with what to change."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from tests.data.shapes import plain, shapes

from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.data.formats import archive, tables

TYPES = {
    "size": "float64",
    "code": "int64",
    "kind": "category",
    "rate": "float64",
    "y": "category",
}
PLAIN = plain(
    [
        list(TYPES),
        *(
            [f"{number / 8 + 0.1}", str(1_001 * number), "abc"[number % 3], f"{number}.5", "no"]
            for number in range(1, 31)
        ),
    ]
)
SHAPES = shapes(PLAIN)

READ = {
    *("CRLF", "CR", "BOM", "BOM, CRLF", "UTF-16", "UTF-16 big end", "UTF-32"),
    *("no last line end", "blank lines", "reversed columns", "all quoted"),
    *("comma separated", "semicolon separated", "tab separated", "bar separated"),
    "semicolon separated, BOM, CRLF",
}
FRACTION = r"line 2, column 'size': '0,225' is not of type float64 .*fractions with a point"
THOUSANDS = r"line 2, column 'code': .* without marks between thousands"
SPACES = "separated by spaces, not by commas"
LENGTH = r"line 8 has {} values?, expected 5: '0.975,7007.*mend that line"
REFUSED = {
    "thousands comma": THOUSANDS,
    "thousands point": THOUSANDS,
    "thousands space": THOUSANDS,
    "upper case names": "column 1 is called 'SIZE', expected 'size'; .*and 2 more have other",
    "spaced names": "column 1 is called ' size', expected 'size'",
    "other target": "some.csv: column 5 is called 'target', expected 'y'; expected the columns",
    "other names": "column 1 is called 'X0', expected 'size'",
    "a name twice": "column 'code' is there 2 times",
    "missing column": "column 'kind' is missing",
    "missing target": "column 'y' is missing",
    "extra column": "column 6, 'x', is unknown",
    "named extra column": "column 6, 'split', is unknown",
    "index": r"column 1 has no name: .*index=False",
    "index of R": "line 2 has 6 values, expected 5",
    "named index": "column 1, 'id', is unknown",
    "no header": r"line 1 holds values \(0.225, 1001, b, \.\.\.\) and no header",
    "header twice": "line 6, column 'size': 'size' is not of .* take away the header",
    "title first": "the header stands in line 2, behind 'A table of mine'",
    "short row": LENGTH.format(4),
    "very short row": LENGTH.format(2),
    "long row": LENGTH.format(6),
    "cell NA": "line 8, column 'size': 'NA' is not of type float64",
    "cell infinite": "line 8, column 'size': 'inf' is not of type float64",
    "cell with unit": "line 8, column 'size': '0.975 km' is not of type float64",
    "spaces in cells": "line 2, column 'kind': ' b ' .*take the spaces around values away",
    "total row": "line 32, column 'size': 'Total' is not",
    "no rows": "a header and no rows",
    "UTF-16 no BOM": "it is UTF-16 without the mark",
    "Latin-1 cell": "line 2, character 2: byte 0xe9 is not UTF-8, 'é' in Windows-1252",
    "UTF-8 cell": r"line 2, column 'size': 'México0.225' .*\(3 such values\)",
    "NUL byte": r"line \d+, character \d+: a zero byte",
    "Ctrl-Z": r"line 32 has 1 value, expected 5: '\\x1a'",
    "cut": r"line \d+ has 1 value, expected 5",
    "half quote": "line 2, column 'size': .* a quote before it is not closed",
    "comment first": "the header stands in line 2, behind '# made by me'",
    "sep= first": "the header stands in line 2, behind 'sep=,'",
    "empty": "it is empty, expected a table",
    "blank": "it is blank, expected a table",
    "HTML": r"it is a web page \('Sign in'\), .*not the page that shows it",
    "HTML bare": "it is a web page, expected a table",
    "JSON": "it is JSON",
    "404 text": "line 1 is '404: Not Found' and no header",
    "LFS pointer": "it is a pointer of Git LFS, .*git lfs pull",
    "gzip": r"it is a gzip file, expected a table; unpack it",
    "zip": "it is a zip archive",
    "xlsx": "it is an Excel workbook .xlsx., .*save its sheet as CSV",
    "xls": "it is an Excel workbook .xls.",
    "parquet": "it is a Parquet file",
    "zeros": "nothing but zero bytes",
    "comma separated, decimal comma": FRACTION,
    "semicolon separated, decimal comma": FRACTION,
    "tab separated, decimal comma": FRACTION,
    "bar separated, decimal comma": FRACTION,
    "space separated": SPACES,
    "space separated, decimal comma": SPACES,
    "semicolon separated, index": "column 1 has no name",
}
# Of this table: its names are in lower case, and a fraction may be missing.
PASSED = {"lower case names", "cell empty"}


def test_every_shape_is_told():
    assert READ | REFUSED.keys() | PASSED == SHAPES.keys()


@pytest.mark.parametrize("shape", sorted(READ))
def test_what_cannot_be_mistaken_is_read_to_the_same_rows(shape):
    expected = tables.read_table(PLAIN, "some.csv", TYPES)
    pd.testing.assert_frame_equal(tables.read_table(SHAPES[shape], "some.csv", TYPES), expected)


@pytest.mark.parametrize("shape", REFUSED)
def test_what_can_be_mistaken_is_refused_with_what_to_change(shape):
    with pytest.raises(HandbookError, match=REFUSED[shape]) as caught:
        tables.read_table(SHAPES[shape], "some.csv", TYPES)
    message = str(caught.value)
    assert message.startswith("some.csv: ")
    assert message.endswith("or delete the file and acquire it again")
    assert "\n" not in message
    assert len(message) < 400


def test_a_group_of_three_digits_is_no_whole_number():
    # 2.000 is two to some and two thousand to others
    with pytest.raises(HandbookError, match=r"line 3, column 'n': '2.000' .*marks between"):
        tables.read_table(b"n,m\n1,1\n2.000,1\n", "some.csv", {"n": "int64", "m": "int64"})


def test_a_line_is_counted_as_an_editor_counts_it():
    text = b'n,k\r\n\r\n1,"two\r\nlines"\r\nx,a\r\n'
    with pytest.raises(HandbookError, match="line 5, column 'n': 'x'"):
        tables.read_table(text, "some.csv", {"n": "int64", "k": "category"})


REAL = {
    "boston-housing": "BostonHousing.csv",
    "credit-approval": "Credit_Card_Applications.csv",
    "credit-card": "creditcard_10k.csv",
    "bank-marketing": "bank.zip",
}


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
def test_no_shape_of_the_real_files_is_misread(name, mirror, tmp_path):
    module, file = registry.module(name), mirror / name / REAL[name]
    inner = "bank-full.csv" if file.suffix == ".zip" else ""
    data = archive.member(file, inner) if inner else file.read_bytes()
    separator = ";" if inner else ","
    few = b"".join(data.splitlines(keepends=True)[:40])

    def loaded(content):
        if inner:
            with zipfile.ZipFile(tmp_path / file.name, "w") as packed:
                packed.writestr(inner, content)
        else:
            Path(tmp_path, file.name).write_bytes(content)
        return module.load(tmp_path, next(iter(module.SOURCES)))

    expected, read = loaded(few), set()
    for shape, content in shapes(few, separator).items():
        try:
            other = loaded(content)
        except HandbookError:
            continue
        if shape != "cell empty":  # which is another table, and a missing value there
            pd.testing.assert_frame_equal(other.X, expected.X)
            assert (other.y == expected.y).all()
        read.add(shape)
    assert read >= READ
