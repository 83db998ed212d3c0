"""What is told from a table that nobody has described."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.catalogue.declaring.made_tables import customers

from handbook.catalogue.declaring import tables
from handbook.catalogue.declaring.dialect import dialect, encoding_of
from handbook.catalogue.declaring.proposal import Options
from handbook.core.errors import HandbookError


def proposed(folder: Path, text: str | bytes, **options):
    """Propose what to say of a table with these bytes; the column to predict is `y`."""
    path = folder / "rows.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return tables.propose(path, "rows.csv", Options(**{"target": "y", **options}))


def column(*values, name="x", rows=60):
    """Return a table of a column, whose values are repeated, and classes to predict."""
    cells = [values[row % len(values)] for row in range(rows)]
    lines = [f"{cell},{'ab'[row % 2]}" for row, cell in enumerate(cells)]
    return "\n".join([f"{name},y", *lines, ""])


def test_a_foreign_table_is_described_whole(tmp_path):
    text = "\ufeff" + customers(400)
    proposal = proposed(tmp_path, text, target="Geht")
    table = proposal.content["table"]
    assert {key: table[key] for key in ("separator", "decimal", "thousands", "missing")} == {
        "separator": ";",
        "decimal": ",",
        "thousands": ".",
        "missing": ["", "k.A.", "NA"],
    }
    # the same table, read by hand
    rows = [line.split(";") for line in customers(400).split("\r\n")[1:-1] if line[-1] != ";"]
    assert proposal.content["rows"] == len(rows) == 399
    ages = [int(row[1]) for row in rows if row[1] != "k.A."]
    incomes = [float(row[2].replace(".", "").replace(",", ".")) for row in rows if row[2]]
    columns = table["columns"]
    assert columns["Alter"]["type"] == "integer"
    assert columns["Alter"]["between"] == [min(ages), max(ages)]
    assert columns["Alter"]["missing"] >= 1 - len(ages) / 399 > columns["Alter"]["missing"] - 0.001
    assert columns["Einkommen"]["type"] == "number"
    assert columns["Einkommen"]["between"] == [min(incomes), max(incomes)]
    assert columns["Beruf"] == {
        "type": "category",
        "values": ["Angestellt", "Beamter", "Rentner", "Selbständig", "missing"],
    }
    assert columns["Beginn"]["type"] == "date"
    assert columns["Beginn"]["format"] == "%d.%m.%Y"
    assert list(table["ignored"]) == ["Nummer", "Land", "Bemerkung"]
    counts = {name: sum(row[-1] == name for row in rows) for name in ("nein", "ja")}
    assert list(proposal.content["classes"].items()) == list(counts.items())
    assert "1 rows without Geht are left out" in proposal.decisions


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("1", "2", "3"), {"type": "integer", "between": [1, 3]}),
        (("-1.5", "2e3"), {"type": "number", "between": [-1.5, 2000.0]}),
        (("3.0", "4.0"), {"type": "integer", "between": [3, 4]}),
        (("1", "", "3"), {"type": "integer", "between": [1, 3], "missing": 0.334}),
        (("1", "NaN", "3", "4"), {"type": "integer", "between": [1, 4], "missing": 0.25}),
        (("1", "-", "3", "4"), {"type": "integer", "between": [1, 4], "missing": 0.25}),
        (("01067", "04109"), {"type": "category", "values": ["01067", "04109"]}),
        (("a", "b", "?"), {"type": "category", "values": ["a", "b", "missing"]}),
        (("none", "b"), {"type": "category", "values": ["b", "none"]}),
        (("True", "False"), {"type": "category", "values": ["False", "True"]}),
        (
            ("2026-02-28", "2024-02-29"),
            {"type": "date", "between": ["2024-02-29", "2026-02-28"]},
        ),
        (
            ("2026-02-28T12:30:00", "2026-03-01T00:00:00"),
            {"type": "date", "between": ["2026-02-28T12:30:00", "2026-03-01"]},
        ),
        (
            ("13/01/2020", "01/02/2020"),
            {"type": "date", "format": "%d/%m/%Y", "between": ["2020-01-13", "2020-02-01"]},
        ),
        (
            ("01/13/2020", "02/01/2020"),
            {"type": "date", "format": "%m/%d/%Y", "between": ["2020-01-13", "2020-02-01"]},
        ),
        (
            ("1 Feb 2020", "30 Jan 2020"),
            {"type": "date", "format": "%d %b %Y", "between": ["2020-01-30", "2020-02-01"]},
        ),
    ],
)
def test_the_type_of_a_column_is_told_from_its_values(tmp_path, values, expected):
    content = proposed(tmp_path, column(*values)).content
    assert content["table"]["columns"]["x"] == expected


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("x", ["7"], "the same value in every row that has one, '7'"),
        ("x", ["7", ""], "the same value in every row that has one, '7'"),
        ("x", [""], "no value"),
        ("x", [str(row) for row in range(60)], "a number of its own for each row"),
        ("customer_id", [str(row * 7919 % 101) for row in range(60)], "a number of its own"),
        ("x", [f"text {row}" for row in range(60)], "text that differs from row to row"),
        ("x", [f"text {row // 2}" for row in range(60)], "text of 30 different values"),
    ],
)
def test_a_column_that_teaches_nothing_is_left_out_with_the_reason(tmp_path, name, values, why):
    text = column(*values, name=name).replace(",y", ",z,y")
    lines = [line.replace(",", f",{row % 7},", 1) if row else line
             for row, line in enumerate(text.splitlines())]  # fmt: skip
    content = proposed(tmp_path, "\n".join(lines)).content
    assert why in content["table"]["ignored"][name]
    assert list(content["table"]["columns"]) == ["z", "y"]


@pytest.mark.parametrize(
    ("values", "tasks", "classes"),
    [
        (["a", "b"], ["classification"], ["a", "b"]),
        (["yes", "no"], ["classification"], ["no", "yes"]),
        (["x", "y", "y"], ["classification"], ["y", "x"]),
        (["0", "1"], ["classification"], ["0", "1"]),
        (["2", "10", "1"], ["classification"], ["1", "2", "10"]),
        (["1.5", "2"], ["regression"], []),
        ([str(number) for number in range(30)], ["regression"], []),
    ],
)
def test_the_task_and_the_classes_follow_from_the_target(tmp_path, values, tasks, classes):
    lines = [f"{row % 7},{values[row % len(values)]}" for row in range(90)]
    content = proposed(tmp_path, "\n".join(["x,y", *lines])).content
    assert content["tasks"] == tasks
    assert list(content.get("classes", {})) == classes


def test_what_the_user_says_goes_before_what_is_found(tmp_path):
    lines = [f"{row % 3},{row % 5},{row},{(row % 2) + 1}" for row in range(90)]
    text = "\n".join(["a,b,g,y", *lines])
    content = proposed(
        tmp_path, text, ignored=("b",), categories=("a",), groups="g", positive="1"
    ).content
    assert content["table"]["columns"]["a"] == {"type": "category", "values": ["0", "1", "2"]}
    assert content["table"]["ignored"] == {"b": "as asked"}
    assert content["groups"] == "g"
    assert list(content["classes"]) == ["2", "1"]
    assert proposed(tmp_path, text, task="regression").content["tasks"] == ["regression"]
    sentinel = proposed(tmp_path, text.replace("0,", "-999,"), missing=("-999",)).content
    assert "-999" in sentinel["table"]["missing"]


def test_the_user_is_asked_for_a_target_where_there_is_a_terminal(tmp_path):
    questions = []

    def ask(question):
        questions.append(question)
        return "y"

    assert proposed(tmp_path, column("1", "2"), target="", ask=ask).content["target"] == "y"
    assert questions == ["which column is to be predicted (x, y)? "]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "it is empty"),
        ("a,y\n", {}, "0 rows with a value of 'y'"),
        ("a,y\n1,2\n", {}, "1 rows with a value of 'y'; at least 50 are needed"),
        ("y\n" + "1\n" * 60, {}, "one column, 'y': no table that can be learnt from"),
        (column("1", "2"), {"target": ""}, "say which column is to be predicted: --target NAME"),
        (column("1", "2"), {"target": "Y"}, "there is no column 'Y'; known: x, y"),
        (column("1", "2"), {"ignored": ("xx",)}, r"--drop xx: there is no such column"),
        (column("1", "2", name="y"), {}, "column 'y' is there 2 times"),
        (column("1", "2").replace("1,a", "1,a,b", 1), {}, "Expected 2 columns, got 3"),
        (column("1", "2").replace(",b", ",a"), {}, "y is 'a' in every row: nothing to predict"),
        (column("5"), {}, "no column to learn from: x: the same value"),
        (column("1", "2").replace(",b", ",c", 3), {}, r"fewer than 10: c \(3\)"),
        (column("1", "2"), {"task": "regression"}, "y holds no numbers"),
        (column("1", "2"), {"positive": "c"}, "--positive c: known: a, b"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, {}, "binary data, expected a table"),
        (b"PK\x03\x04" + b"\x00" * 99, {}, "it is a zip archive"),
        ("<html><title>Sign in</title>", {}, r"it is a web page \('Sign in'\)"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_reason(tmp_path, text, options, message):
    with pytest.raises(HandbookError, match=message):
        proposed(tmp_path, text, **options)


def test_five_hundred_classes_are_taken_for_a_mistake(tmp_path):
    lines = [f"{row % 7},name {row % 500}" for row in range(6_000)]
    text = "\n".join(["x,y", *lines])
    with pytest.raises(HandbookError, match=r"y has 500 classes .*say --task classification"):
        proposed(tmp_path, text)
    with pytest.raises(HandbookError, match="y has 500 classes"):
        proposed(tmp_path, text, ask=lambda question: "no")
    assert len(proposed(tmp_path, text, ask=lambda question: "yes").content["classes"]) == 500
    assert len(proposed(tmp_path, text, task="classification").content["classes"]) == 500


def test_a_colon_in_a_name_is_replaced(tmp_path):
    proposal = proposed(tmp_path, column("1", "2", name="size:cm"))
    assert proposal.content["table"]["columns"]["size-cm"] == {
        "type": "integer",
        "between": [1, 2],
        "header": "size:cm",
    }
    assert "'size:cm' is called 'size-cm': names hold no colon" in proposal.decisions


def test_a_file_without_names_gets_some_and_lines_above_it_are_left_out(tmp_path):
    lines = [f"{row % 7},{row % 5}.5,{row % 2}" for row in range(60)]
    content = proposed(tmp_path, "\n".join(["60,2", *lines]), target="column-3").content
    assert content["table"]["skip"] == 1
    assert content["table"]["header"] == ["column-1", "column-2", "column-3"]
    assert content["rows"] == 60


def test_numbers_among_the_names_are_names_where_numbers_follow_a_word(tmp_path):
    lines = [f"{row % 7},{row % 5},{'ab'[row % 2]}" for row in range(60)]
    content = proposed(tmp_path, "\n".join(["area,2020,y", *lines])).content
    assert list(content["table"]["columns"]) == ["area", "2020", "y"]


def test_a_file_that_is_too_long_is_looked_at_in_part(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "BYTES_READ", 600)
    text = column("1", "2", "3", rows=5_000)
    content = proposed(tmp_path, text).content
    assert content["table"]["columns"]["x"] == {"type": "integer"}
    assert "rows" not in content


def test_parquet_has_its_types_already(tmp_path):
    pd.DataFrame(
        {
            "when": pd.date_range("2024-01-01", periods=60),
            "flag": np.arange(60) % 3 == 0,
            "y": np.arange(60) / 7,
        }
    ).to_parquet(tmp_path / "rows.parquet")
    content = tables.propose(tmp_path / "rows.parquet", "rows.parquet", Options(target="y")).content
    assert content["table"]["columns"]["when"] == {
        "type": "date",
        "between": ["2024-01-01", "2024-02-29"],
    }
    assert content["table"]["columns"]["flag"]["values"] == ["False", "True"]
    assert content["tasks"] == ["regression"]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_told(tmp_path, encoding, name):
    (tmp_path / "rows.csv").write_bytes(column("für", "gegen").encode(encoding))
    assert encoding_of(tmp_path / "rows.csv") == name


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told(tmp_path, separator):
    text = column("a; b", "c").replace(",", separator).replace("a; b", '"a; b, c|d\te"')
    (tmp_path / "rows.csv").write_text(text)
    assert dialect(tmp_path / "rows.csv").separator == separator
