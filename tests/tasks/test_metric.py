"""What is known of each metric."""

from __future__ import annotations

from itertools import permutations
from math import inf
from typing import Any

import numpy as np
import pandas as pd
import pytest

from handbook import tasks
from handbook.tasks.interval import mean_interval
from handbook.tasks.metric import METRICS, Metric


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_of_a_task_and_has_a_title_and_bounds(name: str) -> None:
    metric = METRICS[name]
    assert metric.name == name
    assert set(metric.tasks) <= set(tasks.NAMES)
    assert metric.tasks
    assert metric.title
    assert metric.low < metric.high
    assert abs(metric.perfect) < inf


@pytest.mark.parametrize("task", [name for name in tasks.NAMES if name not in tasks.JUDGED])
def test_a_task_is_scored_by_its_metrics_in_their_order(task: str) -> None:
    module = tasks.module(task)
    X: Any = "abab" if task == "language" else pd.DataFrame({"x": [0.0, 1.0, 0.0, 1.0]})
    y = np.array([0.0, 1.0, 0.0, 1.0]) if task == "regression" else np.array([0, 1, 0, 1])
    scores, _ = module.score(y, module.predict(module.baseline().fit(X, y), X, 2))
    assert list(scores) == [metric.name for metric in METRICS.values() if task in metric.tasks]


def test_of_a_metric_from_elsewhere_only_the_name_is_known() -> None:
    metric = Metric.named("hinge_loss")
    assert (metric.title, metric.direction, metric.sign) == ("hinge loss", "", 1.0)


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("accuracy", (-1.0, 1.0)),  # 0 - 1 and 1 - 0
        ("rmse", (-inf, inf)),
        ("r2", (-inf, inf)),
        ("perplexity", (-inf, inf)),
    ],
)
def test_a_difference_is_bounded_by_the_difference_of_the_bounds(
    name: str, bounds: tuple[float, float]
) -> None:
    assert METRICS[name].difference_bounds == bounds


def test_equal_means_are_settled_by_name_whatever_the_order() -> None:
    means = {"a/iris/book": 0.9, "b/iris/book": 0.95, "c/iris/book": 0.95, "d/iris/book": 0.2}
    for names in permutations(means):
        ranked = sorted(names, key=lambda name: METRICS["accuracy"].standing(means[name], name))
        assert ranked == ["b/iris/book", "c/iris/book", "a/iris/book", "d/iris/book"]
    names = sorted(means, key=lambda name: METRICS["rmse"].standing(means[name], name))
    assert names == ["d/iris/book", "a/iris/book", "b/iris/book", "c/iris/book"]


def test_runs_without_a_mean_come_last_in_the_order_given() -> None:
    means = {"z": None, "y": -1.0, "x": None, "w": 0.0}
    ranked = sorted(means, key=lambda name: METRICS["r2"].standing(means[name], name))
    assert ranked == ["w", "y", "z", "x"]


def test_an_interval_is_cut_at_its_bounds() -> None:
    # s = sqrt(0.02), k = 2: error sqrt(0.02 (1/2 + 1/2)); t of one degree at 0.75 is 1
    mean, error, interval = mean_interval([0.8, 1.0], 0.5, 0.5, (0.0, 1.0))
    assert mean == pytest.approx(0.9)
    assert error == pytest.approx(np.sqrt(0.02))
    assert interval == [pytest.approx(0.9 - np.sqrt(0.02)), 1.0]
