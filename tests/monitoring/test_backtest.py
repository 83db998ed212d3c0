"""Backtests of made rows with a known change, against what follows from how they were made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.data.dataset import Dataset
from handbook.monitoring.backtest import record
from handbook.monitoring.backtest_models import in_time
from handbook.monitoring.backtest_periods import periods
from handbook.monitoring.backtest_scores import difference
from handbook.monitoring.backtest_spec import BacktestSpec, Order
from handbook.monitoring.rule import Rule
from handbook.training.spec import Preprocess, RunSpec

PERIODS, FIRST, ROWS = 10, 4, 300
ORDER = Order(every=ROWS)


def stream(turned: bool, seed: int = 0) -> Dataset:
    """Return rows whose class follows x, and, where `turned`, its opposite after the change.

    The column `noise` stays as it is; `moved` moves by two standard deviations with the change.
    """
    random = np.random.default_rng(seed)
    n = PERIODS * ROWS
    late = np.arange(n) >= FIRST * ROWS
    x = random.normal(size=n)
    sign = np.where(late & turned, -1, 1)
    y = (random.random(n) < 1 / (1 + np.exp(-2 * sign * x))).astype(np.int64)
    moved = random.normal(size=n) + 2 * (late & turned)
    X = pd.DataFrame({"x": x, "noise": random.normal(size=n), "moved": moved})
    return Dataset("made", "made", "table", X, y, "y", ("no", "yes"))


def logistic(**more: Any) -> RunSpec:
    return RunSpec(
        model="logistic-regression", data="made", variant="book", task="classification", seed=3,
        estimator="sklearn.linear_model.LogisticRegression", params={}, preprocess=Preprocess(),
        **more,
    )  # fmt: skip


def specified(**more: Any) -> BacktestSpec:
    usual = {
        "data": "made", "release": "made", "raw": "", "order": ORDER, "first": FIRST,
        "windows": [2], "splits": 2, "go_on": False, "models": {"Logistic": logistic()},
        "watch": Rule(rows=ROWS), "level": 0.95, "draws": 50, "seed": 3,
    }  # fmt: skip
    return BacktestSpec(**(usual | more))


@pytest.fixture(scope="module")
def turned() -> dict[str, Any]:
    return record(specified(), stream(turned=True), say=lambda _: None)


@pytest.fixture(scope="module")
def steady() -> dict[str, Any]:
    return record(specified(), stream(turned=False), say=lambda _: None)


def of(result: dict[str, Any], scheme: str) -> dict[str, Any]:
    metrics: dict[str, Any] = result["models"]["Logistic"]["schemes"][scheme]["metrics"]["roc_auc"]
    return metrics


def test_expanding_windows_answer_as_scikit_learn_would() -> None:
    data = stream(turned=True)
    answers = in_time(logistic(), data, periods(data, ORDER), FIRST, "expanding")
    numbers = np.repeat(np.arange(PERIODS), ROWS)
    expected = np.full(len(data), np.nan)
    for train, test in TimeSeriesSplit(PERIODS - FIRST, test_size=1).split(np.arange(PERIODS)):
        own, other = np.isin(numbers, train), np.isin(numbers, test)
        model = make_pipeline(StandardScaler(), LogisticRegression())
        model.fit(data.X[own], data.labels[own])
        expected[other] = model.predict_proba(data.X[other])[:, 1]
    assert answers.rows.tolist() == list(range(FIRST * ROWS, PERIODS * ROWS))
    np.testing.assert_allclose(answers.table["p:1"], expected[FIRST * ROWS :], atol=1e-9)
    # One fit more, on all but the last of the first periods, for the first threshold.
    assert answers.fits == PERIODS - FIRST + 1
    assert answers.learnt == ROWS * sum(range(FIRST - 1, PERIODS))


def test_a_turned_meaning_is_seen_by_the_split_by_time_alone(turned: dict[str, Any]) -> None:
    assert of(turned, "once")["mean"] < 0.2  # 1 less that of before
    assert of(turned, "sliding 2")["values"][-1] > 0.8
    # Four periods of the old meaning and three of the new one: the old one still wins.
    assert of(turned, "expanding")["values"][3] < 0.5 < of(turned, "sliding 2")["values"][3]
    (regained,) = [
        own
        for own in turned["models"]["Logistic"]["against_once"]["sliding 2"]
        if own["metric"] == "roc_auc"
    ]
    assert regained["interval"][0] > 0
    assert regained["periods"] == PERIODS - FIRST


def test_nothing_is_lost_where_nothing_changes(steady: dict[str, Any]) -> None:
    low, high = of(steady, "once")["interval"]
    promised = steady["models"]["Logistic"]["random"]["metrics"]["roc_auc"]["values"][0]
    assert low < promised < high
    (lost,) = [
        own
        for own in steady["models"]["Logistic"]["against_once"]["random"]
        if own["metric"] == "roc_auc"
    ]
    assert lost["interval"][0] < 0 < lost["interval"][1]


def test_each_score_is_that_of_its_own_period(turned: dict[str, Any]) -> None:
    data = stream(turned=True)
    answers = in_time(logistic(), data, periods(data, ORDER), FIRST, "once")
    third = slice(2 * ROWS, 3 * ROWS)
    y = data.labels[FIRST * ROWS :][third]
    expected = roc_auc_score(y, answers.table["p:1"].to_numpy()[third])
    assert of(turned, "once")["values"][2] == pytest.approx(expected, abs=1e-11)


def test_a_threshold_that_stays_and_one_that_follows_the_answers_before() -> None:
    data = stream(turned=True)
    own = periods(data, ORDER)
    for scheme in ("once", "sliding 2"):
        table = in_time(logistic(), data, own, FIRST, scheme).table
        flagged, p = table["predicted"].to_numpy() == 1, table["p:1"].to_numpy()
        parts = [slice(start, start + ROWS) for start in range(0, len(table), ROWS)]
        thresholds = [
            (p[part][~flagged[part]].max(initial=0), p[part][flagged[part]].min(initial=1))
            for part in parts
        ]
        lows, highs = zip(*thresholds, strict=True)
        # One threshold fits all periods where it stays; none does where it is chosen anew.
        assert bool(max(lows) < min(highs)) == (scheme == "once")


def test_the_watch_tells_the_column_that_moved_and_no_other(
    turned: dict[str, Any], steady: dict[str, Any]
) -> None:
    for window in turned["watch"]["windows"]:
        assert window["alarms"]["column"] == ["moved"]
        assert "roc_auc" in window["alarms"]["score"]
    assert turned["drift"]["moved"]["shift"][0] > 1 > turned["drift"]["noise"]["shift"][0]
    for result in (turned, steady):
        assert not any(any(own["alarms"].values()) for own in result["watch"]["unchanged"])
    assert not any(any(own["alarms"].values()) for own in steady["watch"]["windows"])


def test_the_dummy_ranks_no_row_whenever_it_learns(turned: dict[str, Any]) -> None:
    schemes = turned["models"]["Dummy"]["schemes"]
    assert list(schemes) == ["once", "expanding", "sliding 2"]
    assert {own["metrics"]["roc_auc"]["mean"] for own in schemes.values()} == {0.5}


def test_a_record_is_the_same_to_the_byte(turned: dict[str, Any], tmp_path: Path) -> None:
    again = record(specified(), stream(turned=True), say=lambda _: None)
    for number, result in enumerate((turned, again)):
        write_json(tmp_path / f"{number}.json", result)
    assert (tmp_path / "0.json").read_bytes() == (tmp_path / "1.json").read_bytes()
    assert "seconds" not in json.dumps(turned)


def test_a_map_that_goes_on_follows_rows_that_wander() -> None:
    random = np.random.default_rng(5)
    n = PERIODS * ROWS
    y = (np.arange(n) % 20 == 0).astype(np.int64)
    # Usual rows wander by six standard deviations; the rare ones lie four away from them.
    centre = np.repeat(np.linspace(0, 6, PERIODS), ROWS)
    X = pd.DataFrame({"a": random.normal(centre), "b": random.normal(4.0 * y)})
    data = Dataset("made", "made", "table", X, y, "y", ("usual", "rare"))
    model = RunSpec(
        model="som", data="made", variant="book", task="outliers", seed=3,
        estimator="handbook.models.som.SOMOutlierDetector",
        params={
            "map": {"class": "handbook.models.som.SelfOrganizingMap"},
            "map__rows": 2, "map__columns": 2, "map__sigma": 1.0, "map__sigma_end": 1.0,
            "rule": "quantization", "contamination": 0.05,
            "map__learning_rate": 1.0, "map__learning_rate_end": 0.8,
        },
        preprocess=Preprocess(),
    )  # fmt: skip
    result = record(
        specified(models={"Map": model}, go_on=True), data, say=lambda _: None
    )["models"]["Map"]["schemes"]  # fmt: skip
    assert list(result) == ["once", "going on", "expanding", "sliding 2"]
    last = {name: own["metrics"]["precision"]["values"][-1] for name, own in result.items()}
    assert last["once"] < 0.1 < 0.9 < last["going on"]
    # Each later period is learnt from once.
    assert result["going on"]["fits"] == PERIODS - FIRST
    assert result["going on"]["learnt"] == ROWS * (PERIODS - 1)


def test_a_difference_is_that_of_student_on_pairs() -> None:
    from scipy.stats import ttest_rel

    ahead, behind = [0.9, 0.8, 0.95, None, 0.7], [0.8, 0.85, 0.7, 0.4, 0.6]
    own = difference(ahead, behind, "roc_auc", 0.9)
    pairs = [(a, b) for a, b in zip(ahead, behind, strict=True) if a is not None]
    expected = ttest_rel(*zip(*pairs, strict=True)).confidence_interval(0.9)
    assert own["interval"] == pytest.approx([expected.low, expected.high])
    assert own["periods"] == 4


def test_too_few_periods_and_rows_of_one_class_are_named() -> None:
    data = stream(turned=False)
    with pytest.raises(HandbookError, match="10 periods, of which the first 9"):
        record(specified(first=9), data, say=lambda _: None)
    y = (np.arange(len(data)) >= FIRST * ROWS).astype(np.int64)
    alone = Dataset("made", "made", "table", data.X, y, "y", ("no", "yes"))
    with pytest.raises(HandbookError, match="one class alone"):
        in_time(logistic(), alone, periods(alone, ORDER), FIRST, "once")
