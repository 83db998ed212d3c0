"""A watch: how often it cries wolf, what it finds, and what it makes of bad rows."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from tests.monitoring.made_stream import answered, drawn, made_reference, sequenced

from handbook.data.dataset import Dataset
from handbook.monitoring.performance import compare, measure
from handbook.monitoring.reference import Reference
from handbook.monitoring.rule import Rule
from handbook.monitoring.watch import Sequenced, watch
from handbook.tasks.pairwise import holm


@pytest.fixture(scope="module")
def reference() -> Reference:
    return made_reference(np.random.default_rng(17))


def test_false_alarms_are_no_more_than_the_rule_says() -> None:
    """With tests alone, whatever the size of a drift: each watch has a reference of its own."""
    rng = np.random.default_rng(101)
    rule = Rule(rows=150, level=0.1, shift=0.0)
    watches, alarms, windows = 80, 0, 0
    for _ in range(watches):
        own = made_reference(rng, 1_500, 800)
        watched = watch(own, sequenced(drawn(rng, 450)), rule)
        alarms += watched.alarm
        windows += len(watched.windows)
    assert windows == 3 * watches
    # 8 are expected where tests are exact; 18 are 3.7 deviations more.
    assert alarms <= 17


def test_with_the_smallest_drift_that_matters_there_is_hardly_a_false_alarm(
    reference: Reference,
) -> None:
    rng = np.random.default_rng(102)
    watched = [watch(reference, sequenced(drawn(rng, 500)), Rule()) for _ in range(60)]
    assert sum(own.alarm for own in watched) <= 1


@pytest.mark.parametrize(("age", "least", "most"), [(0.1, 0, 5), (0.5, 29, 30), (1.0, 30, 30)])
def test_a_shift_is_an_alarm_by_its_size(
    reference: Reference, age: float, least: int, most: int
) -> None:
    """A tenth of a deviation, a PSI of 0.01, is no matter; half of one, 0.25, is."""
    rng = np.random.default_rng(103)
    alarms = 0
    for _ in range(30):
        (window,) = watch(reference, sequenced(drawn(rng, 500, age=age)), Rule()).windows
        alarms += "column:age" in window.alarms
        assert not {"column:job", "column:calls", "column:days"} & set(window.alarms)
    assert least <= alarms <= most


def test_labels_that_no_longer_follow_the_rows_are_seen_in_scores_alone(
    reference: Reference,
) -> None:
    rng = np.random.default_rng(104)
    usual, turned = drawn(rng, 1_000), drawn(rng, 1_000, turn=1.2)
    watched = watch(reference, sequenced(usual, turned), Rule(rows=1_000))
    before, after = watched.windows
    assert before.alarms == ()
    assert {"score:calibration", "score:precision"} <= set(after.alarms)
    assert not any(key.startswith(("column:", "answer:")) for key in after.alarms)
    assert after.performance is not None
    assert after.performance.calibration is not None
    assert after.performance.calibration.gap < -0.05
    assert after.performance.intervals["precision"][1] < reference_precision(reference)


def reference_precision(reference: Reference) -> float:
    assert reference.performance is not None
    return reference.performance.scores["precision"]


def test_answers_drift_with_the_rows(reference: Reference) -> None:
    rng = np.random.default_rng(105)
    (window,) = watch(reference, sequenced(drawn(rng, 500, age=1.5)), Rule()).windows
    assert {"column:age", "answer:p:yes", "label:label"} <= set(window.alarms)


def test_p_values_are_adjusted_for_all_tests_of_all_windows(reference: Reference) -> None:
    rng = np.random.default_rng(106)
    watched = watch(reference, sequenced(drawn(rng, 1_000, age=0.3)), Rule())
    first, second = (list(window.tested.values()) for window in watched.windows)
    assert len(first) == 4 + 2 + 1 + 3  # columns, answers, labels, ways to become worse
    adjusted = [p for window in watched.windows for p in window.adjusted.values()]
    assert adjusted == holm(first + second)
    (last,) = watch(reference, sequenced(drawn(rng, 1_000)), Rule(), last=1).windows
    assert (last.window.first, last.window.last) == (500, 1_000)
    assert list(last.adjusted.values()) == holm(list(last.tested.values()))


def test_a_column_that_may_move_is_shown_and_no_alarm(reference: Reference) -> None:
    rng = np.random.default_rng(107)
    rows = sequenced(drawn(rng, 500, age=1.0))
    rule = Rule(ignore={"calls": ["age"], "other": ["job"]})
    (window,) = watch(reference, Sequenced(rows.X), rule).windows
    assert window.alarms == ()
    assert window.adjusted["column:age"] < 1e-9


BAD = {
    "missing": ([None] * 200, "no value at all"),
    "infinite": ([math.inf] * 200, "200 infinite, counted as missing"),
    "text": (["many"] * 200, "200 not a number, counted as missing"),
    "constant": ([40.0] * 200, None),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_spoilt_column_is_an_alarm_with_a_word(reference: Reference, kind: str) -> None:
    values, remark = BAD[kind]
    X = drawn(np.random.default_rng(108), 200).X.assign(age=pd.Series(values, dtype=object))
    (window,) = watch(reference, Sequenced(X), Rule(rows=200)).windows
    assert window.alarms == ("column:age",)
    assert remark is None or remark in window.columns[0].remarks
    json.dumps(window.plain(), allow_nan=False)


def test_a_category_that_is_new_is_an_alarm_where_it_is_frequent(reference: Reference) -> None:
    X = drawn(np.random.default_rng(109), 200).X
    for new, alarms in ((2, ()), (40, ("column:job",))):
        job = X["job"].astype(object)
        job.iloc[:new] = "astronaut"
        (window,) = watch(reference, Sequenced(X.assign(job=job)), Rule(rows=200)).windows
        assert window.alarms == alarms
        assert window.columns[1].remarks == (f"{new} of new categories: 'astronaut'",)


@pytest.mark.parametrize("rows", [0, 1, 49])
def test_of_few_rows_nothing_is_said(reference: Reference, rows: int) -> None:
    watched = watch(reference, sequenced(drawn(np.random.default_rng(1), rows)), Rule())
    assert watched.windows == []
    assert not watched.alarm


def test_labels_that_have_not_come_are_waited_for(reference: Reference) -> None:
    rows = sequenced(drawn(np.random.default_rng(110), 500))
    assert rows.y is not None
    few, some = rows.y.copy(), rows.y.copy()
    few[49:] = np.nan
    some[::2] = np.nan
    (window,) = watch(reference, Sequenced(rows.X, rows.table, few), Rule()).windows
    assert (window.labelled, window.performance, window.label) == (49, None, [])
    (window,) = watch(reference, Sequenced(rows.X, rows.table, some), Rule()).windows
    assert window.labelled == 250
    assert window.performance is not None
    assert window.performance.rows == 250


def test_a_window_of_one_class_has_no_roc_auc_and_is_no_crash(reference: Reference) -> None:
    data = drawn(np.random.default_rng(111), 300)
    data_of_one_class = Dataset(
        "calls", "made", "table", data.X, np.zeros(300, np.int64), "y", data.classes
    )
    (window,) = watch(reference, sequenced(data_of_one_class), Rule(rows=300)).windows
    assert window.performance is not None
    assert "roc_auc" in window.performance.undefined
    assert "score:roc_auc" not in window.tested
    json.dumps(window.plain(), allow_nan=False)


def test_a_reference_survives_json(reference: Reference) -> None:
    again = Reference.parse(json.loads(json.dumps(reference.plain(), allow_nan=False)))
    assert again == reference


def test_worse_answers_are_found_as_often_as_the_level_says() -> None:
    """Scores of windows that are no worse have p-values below 5 % in 5 % of all cases."""
    rng = np.random.default_rng(112)
    small = dict.fromkeys(("roc_auc", "precision", "calibration"), 0)
    for _ in range(120):
        parts = [drawn(rng, rows) for rows in (1_500, 400)]
        before, after = (
            measure("classification", answered(part), part.labels, 2) for part in parts
        )
        for name, p in compare(before, after).items():
            small[name] += p < 0.05
    # 6 are expected, 15 are 3.8 deviations more.
    assert all(1 <= count <= 14 for count in small.values()), small


def test_of_numbers_the_error_and_the_bias_are_watched() -> None:
    rng = np.random.default_rng(113)
    truth = rng.normal(size=600)
    table = pd.DataFrame({"predicted": truth + rng.normal(0, 0.5, 600)})
    before = measure("regression", table, truth, 0)
    worse = measure("regression", table * 1.0 + rng.normal(0, 1, (600, 1)), truth, 0)
    biased = measure("regression", table + 0.3, truth, 0)
    assert compare(before, before)["rmse"] == pytest.approx(0.5)
    assert compare(before, worse)["rmse"] < 1e-6
    assert compare(before, biased)["calibration"] < 1e-12
    assert biased.calibration is not None
    assert biased.calibration.gap == pytest.approx(float((truth - table["predicted"]).mean()) - 0.3)
