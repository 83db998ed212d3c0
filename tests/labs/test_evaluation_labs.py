"""Metrics by hand against scikit-learn's; folds of any size against counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from handbook.labs.examples import cross_validation_splits, metrics_by_hand

GIVEN = {
    "y": [3.0, 5.0, 2.5, 7.0],
    "said": [2.5, 5.0, 4.0, 8.0],
    "columns": 1,
    "classes": [0, 0, 0, 1, 1],
    "probabilities": [0.1, 0.4, 0.6, 0.4, 0.9],
    "figure": [6, 2, 4],
}


def test_a_case_worked_on_paper() -> None:
    found = {one.name: one.computed for one in metrics_by_hand.compute(**GIVEN)}
    # errors 0.5, 0, -1.5, -1: squares 0.25 + 0 + 2.25 + 1 = 3.5
    assert found["mse"] == pytest.approx(0.875)
    assert found["mae"] == pytest.approx(0.75)
    assert found["confusion matrix, true by predicted class"] == [[2, 1], [1, 1]]
    assert found["specificity"] == pytest.approx(2 / 3)
    # of six pairs four are in order, (0.4, 0.4) is a tie, (0.6, 0.4) is not
    assert found["roc_auc"] == pytest.approx(4.5 / 6)


def test_the_first_forms_of_figure_2_10_are_each_others() -> None:
    *_, precision, recall = metrics_by_hand.compute(**GIVEN)
    assert precision.book is not None
    assert recall.book is not None
    assert (precision.computed, recall.computed) == (6 / 8, 6 / 10)
    assert (precision.book.value, recall.book.value) == (6 / 10, 6 / 8)
    assert {precision.verdict, recall.verdict} == {"book differs"}


def test_every_metric_of_the_section_is_there() -> None:
    names = [one.name for one in metrics_by_hand.compute(**GIVEN)]
    for name in ("mse", "rmse", "mae", "r2", "adjusted_r2", "accuracy", "precision", "recall",
                 "specificity", "f1", "log_loss", "roc_auc"):  # fmt: skip
        assert name in names


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=4, max_size=12))
def test_regression_by_hand_is_scikit_learns(pairs: list[tuple[float, float]]) -> None:
    y, said = map(list, zip(*pairs, strict=True))
    if np.ptp(y) < 1e-3:
        return
    found = metrics_by_hand.regression_by_hand(y, said, columns=1)
    assert found["mse"] == pytest.approx(metrics.mean_squared_error(y, said))
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(y, said))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(y, said))
    assert found["r2"] == pytest.approx(metrics.r2_score(y, said))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 9)), min_size=2, max_size=15))
def test_classification_by_hand_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    # Two rows of each class, one on each side, so that every metric is defined.
    rows = [*pairs, (0, 2), (0, 7), (1, 3), (1, 8)]
    y = [truth for truth, _ in rows]
    p = [tenths / 10 for _, tenths in rows]
    said = [int(one > 0.5) for one in p]
    matrix, found = metrics_by_hand.classification_by_hand(y, p)
    assert matrix == metrics.confusion_matrix(y, said).tolist()
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(y, said))
    assert found["precision"] == pytest.approx(metrics.precision_score(y, said))
    assert found["recall"] == pytest.approx(metrics.recall_score(y, said))
    assert found["specificity"] == pytest.approx(metrics.recall_score(y, said, pos_label=0))
    assert found["f1"] == pytest.approx(metrics.f1_score(y, said))
    assert found["log_loss"] == pytest.approx(metrics.log_loss(y, p))
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(y, p))


def test_thirteen_rows_in_four_folds() -> None:
    sizes, blocks, stratified, _, single, *_ = cross_validation_splits.compute(9, 4, 4, seed=42)
    assert sizes.computed == [4, 3, 3, 3]
    assert blocks.computed == [[4, 0], [3, 0], [2, 1], [0, 3]]
    assert stratified.computed == [[3, 1], [2, 1], [2, 1], [2, 1]]
    assert single.computed == [13, 1, 12]


@given(st.integers(0, 6), st.integers(0, 6), st.integers(2, 5), st.integers(0, 99))
def test_counting_holds_for_folds_of_any_size(
    more_zeros: int, more_ones: int, folds: int, seed: int
) -> None:
    results = cross_validation_splits.compute(folds + more_zeros, folds + more_ones, folds, seed)
    assert [one.name for one in results if not one.holds] == []
