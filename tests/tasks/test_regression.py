"""Metrics against hand-worked cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook import tasks
from handbook.tasks import regression
from handbook.tasks.metric import METRICS
from handbook.tasks.task import Predictions


def predictions(values: list[float], columns: int = 1) -> Predictions:
    """Values as `predict` returns them."""
    return Predictions(pd.DataFrame({"predicted": values}), columns=columns)


def test_a_case_worked_by_hand() -> None:
    # Errors 1, -1, 2, 0, 0: squares sum to 6; the truth's squares around its mean 3 sum to 10.
    scores, undefined = regression.score(
        np.array([1.0, 2.0, 3.0, 4.0, 5.0]), predictions([2.0, 1.0, 5.0, 4.0, 5.0], columns=2)
    )
    assert undefined == {}
    assert scores["mse"] == pytest.approx(6 / 5)
    assert scores["rmse"] == pytest.approx((6 / 5) ** 0.5)
    assert scores["mae"] == pytest.approx(4 / 5)
    assert scores["r2"] == pytest.approx(1 - 6 / 10)
    assert scores["adjusted_r2"] == pytest.approx(1 - 0.6 * 4 / 2)


def test_the_mean_explains_nothing() -> None:
    X, y = np.zeros((4, 1)), np.array([1.0, 2.0, 3.0, 6.0])
    dummy = regression.baseline().fit(X, y)
    scores, _ = regression.score(y, regression.predict(dummy, X, 0))
    assert scores["r2"] == pytest.approx(0)
    assert scores["mse"] == pytest.approx(np.var(y))


def test_undefined_cases_are_stated() -> None:
    scores, undefined = regression.score(np.array([2.0, 2.0]), predictions([1.0, 2.0]))
    assert scores["r2"] is None
    assert "all the same" in undefined["r2"]
    scores, undefined = regression.score(np.array([1.0, 2.0]), predictions([1.0, 1.0], columns=3))
    assert scores["adjusted_r2"] is None
    assert "2 rows do not suffice" in undefined["adjusted_r2"]


def test_folds_partition() -> None:
    checked = [i for _, check in regression.folds(np.arange(11.0), 3, seed=0) for i in check]
    assert sorted(checked) == list(range(11))


def test_rows_of_one_group_stay_together() -> None:
    groups = np.repeat(np.arange(6), 3)
    for fit_on, check_on in regression.folds(np.arange(18.0), 3, seed=0, groups=groups):
        assert set(groups[fit_on]).isdisjoint(groups[check_on])


@pytest.mark.parametrize("name", tasks.NAMES)
def test_every_task_has_the_same_functions(name: str) -> None:
    module = tasks.module(name)
    for function in ("baseline", "folds", "predict", "score", "primary", "scorer"):
        assert callable(getattr(module, function))
    assert module.primary(2) in METRICS
    assert module.SCHEME
