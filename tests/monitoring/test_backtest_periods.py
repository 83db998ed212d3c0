"""Order of time and periods, against the calendar and scikit-learn's splitter."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.data.sets import bank_marketing
from handbook.monitoring.backtest_models import windows
from handbook.monitoring.backtest_periods import MONTHS, calendar, evidence, periods
from handbook.monitoring.backtest_spec import Order

BY_MONTH = Order(column="month", year=2019, day="day")


def dated(first: datetime.date, days: int, variant: str = "made") -> Dataset:
    """Return three rows for each working day from a date on, with month and day alone."""
    dates = [first + datetime.timedelta(day) for day in range(days)]
    working = [date for date in dates if date.weekday() < 5 for _ in range(3)]
    X = pd.DataFrame(
        {
            "month": [MONTHS[date.month - 1] for date in working],
            "day": [date.day for date in working],
        }
    )
    y = np.arange(len(X)) % 2
    return Dataset("made", variant, "table", X, y, "y", ("no", "yes"))


def test_months_of_a_calendar_come_back_with_their_years() -> None:
    data = dated(datetime.date(2019, 11, 4), 500)
    own = periods(data, BY_MONTH)
    span = pd.period_range("2019-11", "2021-03", freq="M")
    assert list(own.names) == [month.strftime("%b %Y") for month in span]
    assert own.order.tolist() == list(range(len(data)))
    december = own.rows(1, 2)
    assert set(data.X["month"].iloc[december]) == {"dec"}
    # 22 working days of three rows in December 2019
    assert len(december) == 3 * 22


def test_working_days_tell_the_first_year_and_no_other() -> None:
    proof = evidence(dated(datetime.date(2019, 11, 4), 500), BY_MONTH)
    assert proof is not None
    assert proof["weekends"]["2019"] == 0
    assert min(share for year, share in proof["weekends"].items() if year != "2019") > 0.1
    assert proof["days_back"] == []
    assert len(proof["years"]) == 2


def test_a_day_that_goes_back_within_a_month_is_counted() -> None:
    data = dated(datetime.date(2019, 11, 4), 20)
    X = pd.concat([data.X.iloc[6:9], data.X.iloc[:6], data.X.iloc[9:]], ignore_index=True)
    proof = evidence(Dataset("made", "made", "table", X, data.y, "y", ("no", "yes")), BY_MONTH)
    assert proof is not None
    assert proof["days_back"] == [3]


def test_rows_in_no_order_of_months_are_refused() -> None:
    data = dated(datetime.date(2019, 11, 4), 500)
    shuffled = data.rows(np.random.default_rng(0).permutation(len(data)))
    with pytest.raises(HandbookError, match="not in order of time"):
        periods(shuffled, BY_MONTH)


def test_generated_rows_are_cut_into_equal_parts() -> None:
    own = periods(bank_marketing.sample(1), Order(column="month", year=2008, day="day"))
    assert np.bincount(own.numbers).tolist() == [200] * 10
    assert evidence(bank_marketing.sample(1), Order(column="month", year=2008, day="day")) is None


def test_numbers_sort_rows_and_periods_are_as_long_as_told() -> None:
    X = pd.DataFrame({"seconds": [7200, 10, 3599, 3600, 20_000, 7199]})
    data = Dataset("made", "made", "table", X, np.array([0, 1, 0, 1, 0, 1]), "y", ("no", "yes"))
    own = periods(data, Order(column="seconds", every=1, unit="hours", scale=3600))
    assert own.order.tolist() == [1, 2, 3, 5, 0, 4]
    assert own.numbers.tolist() == [0, 0, 1, 1, 2, 3]
    assert own.names == ("hours 0 to 1", "hours 1 to 2", "hours 2 to 3", "hours 5 to 6")


def test_an_unknown_column_and_an_unknown_month_are_named() -> None:
    data = dated(datetime.date(2019, 11, 4), 20)
    with pytest.raises(HandbookError, match="did you mean 'month'"):
        periods(data, Order(column="months", year=2019))
    with pytest.raises(HandbookError, match="'mai' is no month"):
        calendar(["apr", "mai"], 2019)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"column": "month"}, "give `year`"),
        ({"year": 2008}, "goes with `column`"),
        ({"column": "t", "every": 2, "day": "day"}, "goes with `year`"),
        ({"column": "t", "every": 0}, "greater than 0"),
    ],
)
def test_an_order_says_enough(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Order.model_validate(given)


def test_what_is_learnt_from_never_reaches_the_period_that_is_answered() -> None:
    for scheme, longest in (("expanding", 99), ("sliding 3", 3), ("once", 99)):
        for number, train in windows(9, 4, scheme):
            assert train.tolist() == list(range(max(0, number - longest), number))
