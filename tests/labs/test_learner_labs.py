"""Discriminants, pruning, bagging, boosting and three fits, each done again another way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from handbook.labs.examples import (
    bagging,
    gradient_boosting_toy,
    lda_steps,
    three_fits,
    tree_pruning,
    unlabelled_flowers,
)

TOY: dict[str, Any] = {"x": [1, 2, 3, 4, 5, 6], "y": [1.0, 3.0, 2.5, 6.0, 7.5, 7.0]}


def test_no_direction_separates_better_than_the_first() -> None:
    X, y = load_iris(return_X_y=True)
    values, directions = lda_steps.discriminants(X, y)
    _, within, between = lda_steps.scatter(X, y)

    def separation(w: Any) -> float:
        return float((w @ between @ w) / (w @ within @ w))

    best = max(-minimize(lambda w: -separation(w), start).fun for start in np.eye(4))
    assert values[0] == pytest.approx(best)
    assert separation(directions[:, 0]) == pytest.approx(values[0])
    pooled = directions.T @ within @ directions / (len(y) - 3)
    assert pooled == pytest.approx(np.eye(2), abs=1e-9)


@given(st.integers(0, 999))
def test_scatter_within_and_between_add_up_to_that_about_the_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, 3)), np.arange(12) % 3
    means, within, between = lda_steps.scatter(X, y)
    loops = sum(np.outer(x - means[k], x - means[k]) for x, k in zip(X, y, strict=True))
    assert within == pytest.approx(loops)
    total = X - X.mean(axis=0)
    assert within + between == pytest.approx(total.T @ total)


def test_six_steps_classify_as_scikit_learn_does() -> None:
    results = lda_steps.compute(keep=2)
    assert [result.name[0] for result in results] == list("12234566")
    assert all(result.holds for result in results)
    # Two of three classes' directions are needed for the same answers.
    assert not lda_steps.compute(keep=1)[-2].holds


@pytest.mark.parametrize("seed", range(4))
def test_links_are_cut_in_scikit_learns_order(seed: int) -> None:
    X, y = make_classification(80, 5, flip_y=0.3, random_state=seed)
    grown = DecisionTreeClassifier(random_state=0).fit(X, y)
    prices, leaves = tree_pruning.pruned(grown.tree_)
    path = grown.cost_complexity_pruning_path(X, y)
    assert prices[-1] == pytest.approx(path.ccp_alphas[-1])
    assert set(np.round(path.ccp_alphas, 9)) == set(np.round(prices, 9))
    assert prices == sorted(prices)
    assert (leaves[0], leaves[-1]) == (grown.get_n_leaves(), 1)


def test_a_pruned_tree_beats_the_whole_one_on_fresh_rows() -> None:
    prices, leaves, whole, gains = tree_pruning.compute(rows=100, noise=0.3, seeds=[5, 6, 7])
    assert all(result.holds for result in (prices, leaves, whole, gains))
    assert leaves.computed[-1] == 1


def test_bagging_is_a_mean_over_drawings() -> None:
    rng = np.random.default_rng(0)
    X, y, at = rng.normal(size=(9, 1)), rng.normal(size=9), rng.normal(size=(4, 1))
    drawn = [rng.integers(0, 9, 9) for _ in range(3)]
    outputs = [LinearRegression().fit(X[rows], y[rows]).predict(at) for rows in drawn]
    curves = bagging.bagged(LinearRegression(), drawn, X, y, at)
    assert curves[0] == pytest.approx(outputs[0])
    assert curves[2] == pytest.approx(np.mean(outputs, axis=0))


@pytest.mark.parametrize("seed", [10, 20])
def test_trees_gain_most_from_bagging(seed: int) -> None:
    *predictions, share, most = bagging.compute(40, 0.3, [1, 20], sets=3, seed=seed)
    assert len(predictions) == len(bagging.LEARNERS)
    assert all(result.holds for result in (*predictions, share, most))


@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(-50, 50)),
        min_size=3, max_size=9, unique_by=lambda pair: pair[0],
    )
)  # fmt: skip
def test_the_stump_by_hand_errs_as_little_as_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    x, y = np.array(pairs, float).T
    stump = gradient_boosting_toy.fit_stump(x, y)
    theirs = DecisionTreeRegressor(max_depth=1).fit(x[:, None], y).predict(x[:, None])
    squares = [np.sum((y - predicted) ** 2) for predicted in (stump.predict(x), theirs)]
    assert squares[0] == pytest.approx(squares[1], abs=1e-6)


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_boosting_by_hand_is_scikit_learns(rate: float) -> None:
    rng = np.random.default_rng(1)
    x, y = np.sort(rng.normal(size=20)), rng.normal(size=20)
    predicted, _ = gradient_boosting_toy.boosted(x, y, 15, rate)
    model = GradientBoostingRegressor(
        n_estimators=15, learning_rate=rate, max_depth=1, random_state=0
    ).fit(x[:, None], y)
    assert predicted[-1] == pytest.approx(model.predict(x[:, None]))
    assert all(np.diff(np.sum((y - predicted) ** 2, axis=1)) < 0)


def test_the_first_residuals_are_the_distances_from_the_mean() -> None:
    results = gradient_boosting_toy.compute(**TOY, rounds=10, rate=0.5)
    assert all(result.holds for result in results)
    assert results[-1].computed == [-3.5, -1.5, -2.0, 1.5, 3.0, 2.5]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_middle_degree_is_best_on_fresh_points(seed: int) -> None:
    results = three_fits.compute([1, 4, 15], rows=30, noise=0.2, draws=100, seed=seed)
    assert [result.name for result in results if not result.holds] == []
    low, middle, high = (three_fits.errors(d, 30, 0.2, 100, seed) for d in (1, 4, 15))
    assert np.median(low[0]) > np.median(middle[0]) > np.median(high[0])
    assert np.median(middle[1]) < min(np.median(low[1]), np.median(high[1]))


def test_a_degree_as_high_as_the_points_allow_meets_them_all() -> None:
    on_points, _ = three_fits.errors(7, 8, 0.2, 3, seed=0)
    assert on_points == pytest.approx(0, abs=1e-12)


def test_flowers_without_labels_are_grouped_as_scikit_learn_does() -> None:
    results = unlabelled_flowers.compute(kinds=3, labelled=2, draws=4, gamma=2.0, seed=5)
    assert [result.name for result in results if not result.holds] == []
    assert sum(results[1].computed) == 150


@given(st.integers(0, 99), st.integers(2, 4))
def test_centres_that_rest_are_the_means_of_their_rows(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(20, 2))
    centres, group = unlabelled_flowers.groups(X, X[:count])
    for number in range(count):
        assert centres[number] == pytest.approx(X[group == number].mean(axis=0))
    apart = np.linalg.norm(X[:, None] - centres, axis=2)
    assert np.all(apart[np.arange(20), group] <= apart.min(axis=1) + 1e-12)


def test_no_direction_holds_more_variance_than_the_first_component() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(40, 3)) @ np.diag([3.0, 2.0, 1.0])
    values, vectors = unlabelled_flowers.components(X)
    assert [np.var(X @ w, ddof=1) for w in vectors] == pytest.approx(values)
    turns = rng.normal(size=(200, 3))
    spread = np.var(X @ (turns / np.linalg.norm(turns, axis=1)[:, None]).T, axis=0, ddof=1)
    assert spread.max() <= values[0]


def test_a_label_spreads_along_its_cluster() -> None:
    X = np.concatenate([np.arange(5.0), np.arange(5.0) + 40])[:, None]
    labels = np.full(10, -1)
    labels[0], labels[9] = 0, 1
    assert unlabelled_flowers.spread(X, labels, gamma=1.0).tolist() == [0] * 5 + [1] * 5
