"""Experiments on neighbours and ensembles: their mechanisms, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from handbook.claims.experiments import k_nn_dimension, k_nn_neighbours
from handbook.claims.experiments.bagging_reduces_variance import running_means
from handbook.claims.experiments.k_nn_dimension import spread_out
from handbook.data import registry
from handbook.training.decompose import bias_and_variance


def test_the_variance_of_a_mean_is_the_mean_of_the_covariances() -> None:
    # So (1 - r) / m + r of one model's variance, with equal variances and correlation r.
    rng, fits, models = np.random.default_rng(0), 30, 8
    shared = rng.standard_normal((fits, 1, 5))
    answers = shared + rng.standard_normal((fits, models, 5))
    means = np.stack([running_means(own, [1, 3, models]) for own in answers], axis=1)
    for place, size in enumerate((1, 3, models)):
        _, _, variance = bias_and_variance(np.zeros(5), means[place])
        entries = [np.cov(answers[:, :size, row].T, ddof=0).mean() for row in range(5)]
        assert variance == pytest.approx(np.mean(entries))


def test_turning_rows_into_more_dimensions_keeps_all_distances() -> None:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((20, 4))
    turned = spread_out(X, 11, rng)
    assert turned.shape == (20, 11)
    assert pdist(turned) == pytest.approx(pdist(X))
    assert (np.abs(turned).max(axis=0) > 1e-3).all()  # each column has a part of all


def test_turned_rows_are_classified_as_before_however_many_columns() -> None:
    data = registry.module("bank-marketing").sample(0)
    finding = k_nn_dimension.compute(
        data, seeds=[1, 2], fitted=40, check=40, neighbours=5, added=[0, 7, 50]
    )
    turned = [finding.measured[f"k-NN, turned, {k} more"] for k in (0, 7, 50)]
    assert turned[0] == turned[1] == turned[2]
    assert finding.measured["k-NN, useless, 0 more"] == turned[0]


def test_one_neighbour_is_right_on_all_rows_fitted_and_all_neighbours_are_one_class() -> None:
    data = registry.module("bank-marketing").sample(0)
    finding = k_nn_neighbours.compute(
        data, seeds=[1, 2], fitted=40, check=40, neighbours=[1, 5, 40], middle=5
    )
    assert finding.measured["accuracy on fitted rows, k = 1"] == [1, 1]
    # both classes have as many rows: with all as neighbours one class is the answer everywhere
    assert finding.measured["accuracy, k = 40"] == [0.5, 0.5]
