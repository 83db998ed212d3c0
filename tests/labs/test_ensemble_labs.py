"""AdaBoost done again from nothing; what extra trees draw, beside what a random forest draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from handbook.labs.examples import adaboost_toy, extra_trees_data

BOOK = {"rows": 100, "columns": 10, "learners": 100, "test_size": 0.2, "seed": 42}


def test_the_learners_weights_are_those_of_boosting_done_from_nothing() -> None:
    weights, accuracy, *_ = adaboost_toy.compute(**BOOK | {"learners": 12})
    X, y = make_classification(n_samples=100, n_features=10, random_state=42)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    share, votes, found = np.full(len(y), 1 / len(y)), np.zeros(len(y_test)), []
    for _ in range(12):
        stump = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y, share)
        wrong = stump.predict(X) != y
        error = share[wrong].sum()
        found.append(math.log((1 - error) / error))
        votes += found[-1] * (2 * stump.predict(X_test) - 1)
        share = share * np.exp(found[-1] * wrong)
        share /= share.sum()
    assert weights.computed == pytest.approx(found)
    assert accuracy.computed == pytest.approx(np.mean((votes > 0) == y_test))


def test_the_regressors_error_is_far_below_that_of_the_mean() -> None:
    *_, error, depth = adaboost_toy.compute(**BOOK)
    assert error.holds
    assert (depth.holds, depth.verdict) == (True, "book differs")
    assert 0 < error.computed < 60_000  # the variance of the target is about 38,000


@given(st.lists(st.floats(-99, 99), min_size=1, max_size=9).filter(lambda v: len(v) % 2 == 1))
def test_with_equal_weights_the_weighted_median_is_the_median(values: list[float]) -> None:
    found = adaboost_toy.weighted_median(np.array(values)[:, None], np.ones(len(values)))
    assert found == pytest.approx([np.median(values)])


@given(st.lists(st.integers(0, 1), min_size=1, max_size=9), st.integers(0, 8))
def test_a_learner_heavier_than_all_others_decides(said: list[int], heavy: int) -> None:
    heavy %= len(said)
    weights = np.ones(len(said))
    weights[heavy] = len(said)
    found = adaboost_toy.weighted_vote(np.array(said)[:, None], weights)
    assert found.tolist() == [said[heavy]]


def test_boston_housing_has_left_scikit_learn() -> None:
    gone, *_ = extra_trees_data.compute(trees=20, rows=60, features=4, seed=42)
    assert (gone.computed, gone.verdict) == ("raises ImportError", "book differs")


@pytest.mark.parametrize("seed", range(5))
def test_extra_trees_see_every_row_and_take_the_best_candidate(seed: int) -> None:
    _, rows, shares, thresholds, means = extra_trees_data.compute(200, 60, 4, seed)
    assert rows.computed == [60, 60]
    assert shares.holds
    assert shares.computed[-1] == 1
    assert shares.verdict == "book differs"
    assert thresholds.holds
    assert means.holds


def test_a_forest_that_draws_its_rows_sees_fewer() -> None:
    X = np.arange(60.0)[:, None]
    forest = RandomForestClassifier(n_estimators=20, random_state=0).fit(X, np.arange(60) % 2)
    assert max(tree.tree_.n_node_samples[0] for tree in forest.estimators_) < 60


def test_no_single_split_on_the_other_features_is_pure() -> None:
    y = np.arange(60) * 2 // 60
    for rhythm in (2, 3, 4):
        column = (np.arange(60) % rhythm)[:, None]
        assert DecisionTreeClassifier(max_depth=1).fit(column, y).score(column, y) < 0.6
