"""Tables whose header and types are known before they are read."""

from __future__ import annotations

import pandas as pd
import pytest

from handbook.core.errors import HandbookError
from handbook.data.formats import tables

TYPES = {"age": "int64", "job": "category", "rate": "float64"}


def read(text):
    return tables.read_table(text.encode(), "some.csv", TYPES)


def test_columns_get_their_types():
    frame = read('age,job,rate\n30,"b",1.5\n1e2,a,\n')
    assert frame["age"].tolist() == [30, 100]
    assert list(frame["job"].cat.categories) == ["a", "b"]
    assert frame["rate"].isna().tolist() == [False, True]
    assert [str(dtype) for dtype in frame.dtypes] == ["int64", "category", "float64"]


def test_the_words_of_missing_values_stay_categories():
    assert read("age,job,rate\n30,NA,1\n")["job"].tolist() == ["NA"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age,rate\n1,2\n", "column 'job' is missing; expected the columns age, job, rate"),
        ("age,jobs,rate\n1,a,2\n", "column 2 is called 'jobs', expected 'job'"),
        ("age,job,rate,more\n1,a,2,3\n", "column 4, 'more', is unknown"),
        ("", "it is empty"),
        ("age,job,rate\n1,a,2,3,4\n1,a,2\n1,a,2,3,4,5,6\n", "line 2 has 5 values, expected 3"),
        ("age,job,rate\n1,a,2\nx,a,2\n", r"line 3, column 'age': 'x' is not of type int64"),
        ("age,job,rate\n1.5,a,2\n", "column 'age': '1.5'"),
        ("age,job,rate\n,a,2\n", "column 'age': ''"),
        ("age,job,rate\n1,a,two\n", "column 'rate': 'two'"),
    ],
)
def test_another_table_is_refused(text, message):
    with pytest.raises(HandbookError, match=message):
        read(text)


def test_labels_become_codes():
    labels = pd.Series(["yes", "no", "yes"], name="y")
    assert tables.label_codes(labels, ("no", "yes"), "some.csv").tolist() == [1, 0, 1]


def test_an_unknown_label_is_refused():
    labels = pd.Series(["yes", "maybe"], name="y")
    with pytest.raises(
        HandbookError, match=r"some.csv: 'y' holds 'maybe' \(rows 1\), expected one of no, yes"
    ):
        tables.label_codes(labels, ("no", "yes"), "some.csv")
