"""Rows from outside: what is admitted, what is flagged, what is refused and in which words."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from handbook.core.errors import HandbookError
from handbook.data.intake import Column, admit, columns_of
from handbook.data.row_rules import RowRule

COLUMNS = [
    Column("age", None, False),
    Column("balance", None, True),
    Column("grade", ("1", "2"), False),
    Column("job", ("clerk", "smith"), True),
]
ROWS = pd.DataFrame(
    {"age": [30, 40], "balance": [1.5, None], "grade": ["1", "2"], "job": ["clerk", None]}
)


def rows(**columns) -> pd.DataFrame:
    return ROWS.assign(**columns)


def test_training_rows_describe_their_columns() -> None:
    X = ROWS.astype({"grade": "category", "job": pd.CategoricalDtype(["clerk", "smith", "cook"])})
    assert columns_of(X) == [
        Column("age", None, False),
        Column("balance", None, True),
        Column("grade", ("1", "2"), False),
        Column("job", ("clerk",), True),  # "cook" and "smith" are of no row
    ]


def test_rows_like_those_of_the_training_pass() -> None:
    X, remarks = admit(ROWS, COLUMNS)
    assert remarks.tolist() == ["", ""]
    assert X["age"].tolist() == [30.0, 40.0]
    np.testing.assert_array_equal(X["balance"], [1.5, np.nan])
    assert X["job"].tolist()[0] == "clerk"
    assert np.isnan(X["job"].tolist()[1])


@pytest.mark.parametrize(
    "ages",
    [
        pd.array([30, 40], "Int64"),
        ["30", " 40 "],
        [Decimal(30), Decimal(40)],
        pd.Categorical([30, 40]),
        np.array([30, 40], np.uint8),
    ],
)
def test_numbers_of_other_types_are_numbers(ages) -> None:
    X, _ = admit(rows(age=ages), COLUMNS)
    assert X["age"].dtype == np.float64
    assert X["age"].tolist() == [30.0, 40.0]


def test_a_nullable_integer_may_be_missing_where_training_had_such() -> None:
    X, _ = admit(rows(balance=pd.array([3, None], "Int64")), COLUMNS)
    np.testing.assert_array_equal(X["balance"], [3.0, np.nan])


@pytest.mark.parametrize("grades", [[1, 2], [1.0, 2.0], pd.Categorical(["1", "2"])])
def test_categories_may_be_whole_numbers(grades) -> None:
    X, _ = admit(rows(grade=grades), COLUMNS)
    assert X["grade"].tolist() == ["1", "2"]


@pytest.mark.parametrize("missing", [None, np.nan])
@pytest.mark.parametrize("dtype", ["object", "str", "float64"])
def test_categories_that_are_all_missing_are_no_numbers(missing, dtype) -> None:
    X, _ = admit(rows(job=pd.Series([missing, missing], dtype=dtype)), COLUMNS)
    assert X["job"].dtype == object


def test_columns_are_put_in_order_and_others_left_out() -> None:
    X, _ = admit(rows(more=1)[["more", "job", "grade", "balance", "age"]], COLUMNS)
    assert list(X.columns) == ["age", "balance", "grade", "job"]


REFUSED = {
    "missing column": (ROWS[["age", "job"]], "rows lack 2 of 4 columns: balance, grade"),
    "no table": (ROWS.to_numpy(), "rows are a ndarray; expected a pandas table with columns age"),
    "no number": (rows(age=[30, "old"]), "column 'age': 'old' in row 2; expected numbers"),
    "infinite": (rows(balance=[np.inf, 1]), "column 'balance': inf in row 1; expected numbers"),
    "too large": (
        rows(balance=[1, -1e120]),
        "column 'balance': -1e+120 in row 2; expected numbers of at most 1e+30, either sign",
    ),
    "nothing": (rows(age=[None, 30]), "column 'age': nothing in row 1, and no training row lacks"),
    "new": (
        rows(job=["pilot", "nurse"]),
        "column 'job': 'pilot', 'nurse' in row 1 and 1 more; the training rows have clerk, smith;",
    ),
    "no category": (rows(grade=["1", None]), "column 'grade': nothing in row 2"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_with_its_column_and_row(name: str) -> None:
    given, message = REFUSED[name]
    with pytest.raises(HandbookError) as error:
        admit(given, COLUMNS)
    assert message in str(error.value)


def test_flags_say_what_of_each_row_is_unfamiliar() -> None:
    given = rows(age=[None, 30], job=["pilot", "clerk"], grade=["1", "{3}"])
    X, remarks = admit(given, COLUMNS, "flag")
    assert remarks.tolist() == ["age: is missing; job: 'pilot' is new", "grade: '{3}' is new"]
    passed, silent = admit(given, COLUMNS, "pass")
    assert silent.tolist() == ["", ""]
    pd.testing.assert_frame_equal(passed, X)


def test_wrong_types_are_refused_whatever_the_policy() -> None:
    for policy in ("flag", "pass"):
        with pytest.raises(HandbookError, match="'old' in row 2"):
            admit(rows(age=[30, "old"]), COLUMNS, policy)


def test_an_unknown_policy_is_named() -> None:
    with pytest.raises(HandbookError, match="policy 'ignore': use one of refuse, flag, pass"):
        admit(ROWS, COLUMNS, "ignore")


RULES = [
    RowRule("expect_column_values_to_be_of_type", "age", {"type_": "int64"}, "age is stored so"),
    RowRule("expect_column_values_to_be_between", "age", {"min_value": 18, "max_value": 95}, "old"),
    RowRule(
        "expect_column_values_to_be_null", "balance", {"where": {"grade": "1"}}, "beginners owe"
    ),
    RowRule(
        "expect_column_values_to_be_in_set",
        "job",
        {"value_set": ["smith"], "where": {"age": [">", 60]}},
        "the old are smiths",
    ),
]


def test_rows_are_held_to_the_rules_of_their_data_set() -> None:
    given = rows(age=[17, 40.5], balance=[1.5, 2])
    with pytest.raises(HandbookError) as error:
        admit(given, COLUMNS, rules=RULES, first=900_001)
    assert str(error.value).splitlines() == [
        "column 'age': 40.5 in row 900002; expected whole numbers",
        "column 'age': 17 in row 900001; expected 18 to 95: old",
        "column 'balance': 1.5 in row 900001; expected beginners owe; the policy 'flag' answers "
        "and says so row by row, 'pass' answers alone",
    ]
    _, remarks = admit(given, COLUMNS, "flag", rules=RULES)
    assert remarks.tolist() == [
        "age: 17 (expected 18 to 95: old); balance: 1.5 (expected beginners owe)",
        "age: 40.5 (expected whole numbers)",
    ]
    assert admit(given, COLUMNS, "pass", rules=RULES)[1].tolist() == ["", ""]


def test_a_rule_about_some_rows_leaves_the_others_alone() -> None:
    given = rows(age=[61, 60], balance=[None, 2], job=["clerk", "clerk"])
    _, remarks = admit(given, COLUMNS, "flag", rules=RULES)
    assert remarks.tolist() == ["job: 'clerk' (expected the old are smiths)", ""]
    # nothing is known of a row where the condition has no value
    given = rows(age=[None, 60], balance=[None, 2], job=["clerk", "clerk"])
    assert admit(given, COLUMNS, "flag", rules=RULES)[1].tolist() == ["age: is missing", ""]


def test_whole_numbers_larger_than_any_float_are_refused() -> None:
    ages = pd.Series([30, -(10**400)], dtype=object)
    with pytest.raises(HandbookError, match=r"column 'age': -inf in row 2; expected numbers"):
        admit(rows(age=ages), COLUMNS)


def test_a_message_is_no_longer_than_people_read() -> None:
    with pytest.raises(HandbookError) as caught:
        admit(rows(age=["x" * 1_000_000, 40]), COLUMNS)
    assert len(str(caught.value)) < 300
