"""Declared data sets of every kind do what a module of a data set promises."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.data.declared import made_declarations as made

from handbook.core.errors import HandbookError
from handbook.data import dataset, registry
from handbook.data.prepare import load, prepare
from handbook.data.validate import validate

KINDS = [made.table, made.folders, made.arrays, made.idx_files, made.text]


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


@pytest.fixture(autouse=True)
def no_declarations_left():
    yield
    registry.declare({})


def test_a_table_is_read_as_it_is_declared(raw):
    data = made.table(raw).load(raw, "v1")
    assert list(data.X.columns) == ["age", "Preis", "Ort", "Tag"]
    assert data.X["age"].tolist() == [18, 40, 89]
    assert data.X["age"].dtype == np.int64
    assert data.X["Preis"].tolist()[::2] == [1000.5, 2500.0]
    assert np.isnan(data.X["Preis"][1])
    assert data.X["Ort"].tolist() == ["Ulm", "Hof; Land", "missing"]
    assert data.X["Tag"].tolist() == [1.0, 2.0, 3.0]
    assert data.y.tolist() == [1, 0, 0]
    assert (data.target, data.classes) == ("Kauf", ("nein", "ja"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_no_encoding_changes_what_is_read(raw, encoding, line_end):
    rows = made.ROWS.replace("\n", line_end).replace("Ulm", "Köln")
    columns = {**made.COLUMNS, "Ort": {"type": "category"}}
    data = made.table(raw, rows, encoding, columns=columns).load(raw, "v1")
    assert data.X["Ort"].tolist() == ["Köln", "Hof; Land", "missing"]
    assert data.X["age"].tolist() == [18, 40, 89]


def test_its_page_says_what_became_of_the_columns(raw):
    assert made.table(raw).SOURCES["v1"].notes == (
        "Tag: the number of days since 1970-01-01. Left out: Nr (never repeated)."
    )


def test_line_breaks_in_quotes_belong_to_the_value(raw):
    rows = made.ROWS.replace("Hof; Land", "Hof\nLand")
    columns = {**made.COLUMNS, "Ort": {"type": "category"}}
    data = made.table(raw, rows, columns=columns).load(raw, "v1")
    assert data.X["Ort"].tolist() == ["Ulm", "Hof\nLand", "missing"]


def test_a_file_without_a_header_has_the_names_that_are_declared(raw):
    header = ["Alter", "Preis", "Ort", "Tag", "Nr", "Kauf"]
    rows = "6;rows;follow\n" + made.ROWS.split("\n", 1)[1]
    data = made.table(raw, rows, header=header, skip=1).load(raw, "v1")
    assert data.X["age"].tolist() == [18, 40, 89]


def test_parquet_keeps_its_types_and_is_read_the_same(raw):
    frame = pd.DataFrame(
        {
            "Alter": [18, 40],
            "Preis": [1000.5, None],
            "Ort": pd.array([7, None], "Int64"),
            "Tag": [pd.Timestamp("1970-01-02"), pd.Timestamp("1970-01-03 12:00")],
            "Kauf": [True, False],
        }
    )
    frame.to_parquet(raw / "rows.parquet")
    columns = {**made.COLUMNS, "Ort": {"type": "category"}}
    data = made.declared(
        raw,
        tasks=["classification"],
        table={"reader": "parquet", "columns": columns},
        target="Kauf",
        classes={"False": 1, "True": 1},
    ).load(raw, "v1")
    assert data.X["Ort"].tolist() == ["7", "missing"]
    assert data.X["Tag"].tolist() == [1.0, 2.5]
    assert data.y.tolist() == [1, 0]


def test_rows_of_one_group_stay_together(raw):
    rows = "g;x;y\n" + "".join(f"{row // 5};{row};{row % 7}\n" for row in range(100))
    (raw / "rows.csv").write_text(rows)
    own = made.declared(
        raw,
        tasks=["regression"],
        table={
            "reader": "csv",
            "separator": ";",
            "columns": {"x": {"type": "integer"}, "y": {"type": "number"}},
        },
        target="y",
        groups="g",
    )
    train, test, split = prepare(own.load(raw, "v1"), 0, 0.2)
    assert split["method"] == "groups"
    assert not {*train.groups} & {*test.groups}
    assert list(train.X.columns) == ["x"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("18;", "x;", "row 1, column 'Alter': 'x' is no whole number"),
        ("18;", "1,5;", "row 1, column 'Alter': '1,5' is no whole number"),
        ("18;", ";", "row 1, column 'Alter': a value is missing; say missing:"),
        ("2.500,0", "viel", "row 3, column 'Preis': 'viel' is no number"),
        ("02.01.1970", "1970", "row 1, column 'Tag': '1970' is no date"),
        ("18;1.000,5;Ulm", "18;1.000,5;Rom", "'Rom' is none of the declared values"),
        ("970;1;ja", "970;1;vielleicht", "row 1 has the class 'vielleicht'"),
        ("1.000,5;Ulm", "1.000,5;Ulm;mehr", "Expected 6 columns, got 7"),
        ("1.000,5;Ulm", "1.000,5", "Expected 6 columns, got 5"),
        ("Alter", "Altr", r"there is no column 'Alter'; did you mean 'Altr'\?"),
        ("Alter", "Kauf", "column 'Kauf' is there 2 times"),
        ("Nr", "Nummer", "there is no column 'Nr'"),
    ],
)
def test_what_is_not_as_declared_is_named(raw, old, new, message):
    own = made.table(raw, made.ROWS.replace(old, new))
    with pytest.raises(HandbookError, match=message):
        own.load(raw, "v1")


def test_a_column_that_nobody_declared_is_named(raw):
    own = made.table(raw, ignored={})
    with pytest.raises(HandbookError, match="does not know the columns Nr; add them to"):
        own.load(raw, "v1")


def test_another_encoding_than_declared_is_named(raw):
    own = made.table(raw)
    (raw / "rows.csv").write_bytes(made.ROWS.replace("Ulm", "Köln").encode("cp1252"))
    with pytest.raises(HandbookError, match=r"rows\.csv: not a table as declared: .*UTF8"):
        own.load(raw, "v1")


def test_folders_of_images_give_the_classes_and_the_test_rows(raw):
    data = made.folders(raw).load(raw, "v1")
    assert data.X.shape == (12, 4, 6, 3)
    # in the order of their paths: the test folder first, cats before dogs
    assert data.y.tolist() == [0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]
    assert data.test.tolist() == [True] * 4 + [False] * 8
    assert [int(picture.mean()) for picture in data.X[:2]] == [20, 60]


def test_arrays_of_an_npz_file_lie_one_behind_the_other(raw):
    data = made.arrays(raw).load(raw, "v1")
    assert data.X.shape == (6, 4, 4)
    assert data.X[0].tolist() == np.arange(16).reshape(4, 4).tolist()
    assert data.y.tolist() == [0, 1, 0, 1, 0, 1]
    assert data.test.tolist() == [False] * 4 + [True] * 2


def test_idx_files_are_read_packed_or_not(raw):
    data = made.idx_files(raw).load(raw, "v1")
    assert data.X[1].tolist() == [[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]
    assert data.y.tolist() == [0, 1]
    assert data.test is None


def test_texts_are_joined_with_line_feeds(raw):
    assert made.text(raw).load(raw, "v1").X == "für\nalle\nTage\n"


@pytest.mark.parametrize("kind", KINDS)
def test_its_own_rows_and_its_sample_meet_its_expectations(raw, tmp_path, kind):
    own = kind(raw)
    registry.declare({"own": own})
    whole = load("own", "v1", raw, 0)
    results = validate("own", "v1", whole.rows(np.arange(1)), whole.rows(np.arange(1, len(whole))))
    assert [entry for entry in results["expectations"] if not entry["success"]] == []
    train, test, _ = prepare(load("own", "sample", raw, 0), 0, 0.2)
    dataset.write(tmp_path / "train.arrow", train)
    again = dataset.read(tmp_path / "train.arrow")
    assert (again.kind, again.target, again.classes) == (whole.kind, whole.target, whole.classes)
    results = validate("own", "sample", again, test)
    assert [entry for entry in results["expectations"] if not entry["success"]] == []
    if whole.kind == "table":
        assert again.X.dtypes.astype(str).tolist() == whole.X.dtypes.astype(str).tolist()
        assert list(again.X.columns) == list(whole.X.columns)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_depends_on_the_seed_alone(raw, kind):
    own = kind(raw)
    first, second, third = own.sample(1).X, own.sample(1).X, own.sample(2).X
    assert np.array_equal(first, second) if own.KIND != "table" else first.equals(second)
    assert not (np.array_equal(first, third) if own.KIND != "table" else first.equals(third))


def test_a_sample_can_be_learnt(raw):
    from sklearn.linear_model import LogisticRegression

    data = made.table(raw).sample(0)
    codes = data.X.assign(Ort=data.X["Ort"].cat.codes, Preis=data.X["Preis"].fillna(1750))
    scaled = (codes - codes.mean()) / codes.std()
    assert LogisticRegression().fit(scaled, data.y).score(scaled, data.y) > 0.8
    assert np.bincount(data.y).min() >= 10


@pytest.mark.parametrize(
    ("changed", "meaning"),
    [
        ({"rows": 4}, "4 rows"),
        ({"classes": {"nein": 1, "ja": 2}}, "2 rows with Kauf = ja"),
        (
            {"expectations": [
                {
                    "kind": "ExpectColumnMeanToBeBetween",
                    "arguments": {"column": "age", "max_value": 40},
                    "meaning": "customers are young",
                }
            ]},
            "customers are young",
        ),
    ],
)  # fmt: skip
def test_an_expectation_that_does_not_hold_is_said(raw, changed, meaning):
    about = made.table(raw).declared.model_dump()
    own = made.declared(raw, **{**about, **changed})
    registry.declare({"own": own})
    whole = load("own", "v1", raw, 0)
    results = validate("own", "v1", whole.rows(np.arange(1)), whole.rows(np.arange(1, 3)))
    failed = [entry for entry in results["expectations"] if not entry["success"]]
    assert meaning in [entry["meaning"] for entry in failed]
    assert "params.yaml no longer describes the file in data/raw/own" in failed[0]["remedy"]


def test_an_altered_file_is_not_taken_for_the_pinned_one(raw):
    own = made.table(raw)
    registry.declare({"own": own})
    (raw / "rows.csv").write_text(made.ROWS.replace("18;", "19;"))
    with pytest.raises(HandbookError, match=r"not the pinned file.*other rows than the release"):
        load("own", "v1", raw, 0)


def test_a_registered_name_is_found_until_another_catalogue_is_read(raw):
    own = made.table(raw)
    registry.declare({"own": own})
    assert registry.module("own") is own
    assert registry.module_name("own") == "handbook.data.declared.data_set"
    assert registry.module_name("iris") == "handbook.data.sets.iris"
    assert "own" not in registry.names()
    registry.declare({})
    with pytest.raises(HandbookError, match="no data set 'own'"):
        registry.module("own")
