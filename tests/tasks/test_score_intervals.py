"""Intervals of the scores on test rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from handbook import tasks
from handbook.tasks.resampling import Resampling, average_precision, ranked, roc_auc
from handbook.tasks.score_intervals import score_intervals
from handbook.tasks.shares import wilson
from handbook.tasks.task import Predictions

HOW = Resampling(level=0.95, draws=300, seed=0)


@pytest.mark.parametrize(
    ("count", "rows", "ends"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_as_published(count: int, rows: int, ends: tuple[float, float]) -> None:
    # Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in
    # Medicine 17, table I, method 3.
    assert [round(end, 4) for end in wilson(count, rows)] == list(ends)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_areas_of_places_are_those_of_scores(rows: list[tuple[bool, int]]) -> None:
    truth, scores = np.array(rows).T
    if truth.all() or not truth.any():
        return
    places = ranked(scores.astype(float), truth == 1)
    parts = places[truth == 1], places[truth == 0]
    assert float(average_precision(*parts)) == pytest.approx(average_precision_score(truth, scores))
    assert float(roc_auc(*parts)) == pytest.approx(roc_auc_score(truth, scores))


def test_areas_of_a_resample_need_no_new_places() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], [30, 20])
    scores = rng.normal(truth).round(1)
    places = ranked(scores, truth == 1)
    drawn = np.r_[rng.integers(0, 30, 30), rng.integers(30, 50, 20)]
    parts = places[drawn[30:]][None], places[drawn[:30]][None]
    expected = average_precision_score(truth[drawn], scores[drawn])
    assert average_precision(*parts)[0] == pytest.approx(expected)
    assert roc_auc(*parts)[0] == pytest.approx(roc_auc_score(truth[drawn], scores[drawn]))


def made(task: str, n: int = 120) -> tuple[pd.DataFrame, Any, int]:
    """Predictions of a model that is right more often than not."""
    rng = np.random.default_rng(3)
    if task == "regression":
        y = rng.normal(size=n)
        return pd.DataFrame({"predicted": y + rng.normal(0, 0.5, n)}), y, 0
    if task == "language":
        likely = np.repeat(rng.random(n), 20)  # neighbours are alike
        bits = -np.log2(np.clip(likely, 0.01, 1))
        return pd.DataFrame({"bits": bits, "right": likely > 0.5}), None, 0
    if task == "outliers":
        y = np.arange(n) % 4 // 3
        score = rng.normal(1.5 * y)
        return pd.DataFrame({"predicted": (score > 1) * 1, "score": score}), y, 2
    classes = 3 if task == "many" else 2
    y = np.arange(n) % classes
    p = np.exp(1.5 * (np.eye(classes)[y] + rng.normal(0, 0.7, (n, classes))))
    p /= p.sum(axis=1, keepdims=True)
    table = pd.DataFrame(p, columns=[f"p:{code}" for code in range(classes)])
    table.insert(0, "predicted", p.argmax(axis=1))
    return table, y, classes


@pytest.mark.parametrize("name", ["classification", "many", "outliers", "regression", "language"])
def test_every_metric_lies_in_its_interval(name: str) -> None:
    task = "classification" if name == "many" else name
    table, y, classes = made(name)
    metrics, _ = tasks.module(task).score(y, Predictions(table, classes=classes))
    intervals = score_intervals(task, table, y, classes, metrics, HOW)
    assert list(intervals) == list(metrics)
    for metric, entry in intervals.items():
        low, high = entry["interval"]
        assert low <= metrics[metric] <= high, metric
        assert entry["method"]
    assert intervals == score_intervals(task, table, y, classes, metrics, HOW)


def test_which_method_a_metric_has() -> None:
    table, y, classes = made("classification")
    metrics, _ = tasks.module("classification").score(y, Predictions(table, classes=classes))
    entries = score_intervals("classification", table, y, classes, metrics, HOW)
    assert {metric: (entry["method"], entry["rows"]) for metric, entry in entries.items()} == {
        "accuracy": ("wilson", 120),
        "balanced_accuracy": ("bca", 120),
        "precision": ("wilson", int((table["predicted"] == 1).sum())),
        "recall": ("wilson", 60),
        "specificity": ("wilson", 60),
        "f1": ("bca", 120),
        "roc_auc": ("delong", 120),
        "average_precision": ("bca", 120),
        "log_loss": ("bca", 120),
        "brier": ("bca", 120),
    }


def test_what_cannot_have_an_interval_says_why() -> None:
    table = pd.DataFrame({"predicted": [0, 1] * 5, "p:0": [0.9, 0.1] * 5, "p:1": [0.1, 0.9] * 5})
    y = np.array([0, 1] * 5)
    metrics, _ = tasks.module("classification").score(y, Predictions(table, classes=2))
    entries = score_intervals("classification", table, y, 2, metrics, HOW)
    assert entries["f1"]["interval"] is None
    assert entries["roc_auc"]["interval"] is None
    assert entries["accuracy"]["interval"] is not None  # Wilson's has one even there
    made_images = score_intervals("generation", pd.DataFrame(), None, 0, {"a": 1.0, "b": None}, HOW)
    assert made_images["a"]["interval"] is None
    assert "b" not in made_images


def test_a_text_has_wider_intervals_than_its_characters_alone() -> None:
    table, _, _ = made("language")
    metrics, _ = tasks.module("language").score(None, Predictions(table))
    entries = score_intervals("language", table, None, 0, metrics, HOW)
    low, high = entries["next_character_accuracy"]["interval"]
    alone = wilson(int(table["right"].sum()), len(table))
    assert high - low > 2 * (alone[1] - alone[0])


def test_the_true_value_lies_in_as_many_intervals_as_stated() -> None:
    # Of 200 intervals at 95 %, fewer than 178 hold the truth by bad luck once in 2,000; of so few
    # rows, the bootstrap is known to fall a little short.
    rng = np.random.default_rng(11)
    how = Resampling(level=0.95, draws=300, seed=1)

    def mean(values: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray(values.mean(axis=axis))

    samples = rng.exponential(1.0, (200, 60))  # absolute errors whose mean is 1
    ends = [how.interval([errors], mean) for errors in samples]
    held = sum(low <= 1.0 <= high for low, high in ends)
    assert 178 <= held <= 199
