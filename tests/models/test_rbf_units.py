"""The hidden layer: activations, design matrix, centres and widths, against loops and libraries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.cluster import KMeans
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import NearestNeighbors

from handbook.models.rbf import activation, design_matrix, dmax_width
from handbook.models.rbf.centers import place_centers
from handbook.models.rbf.units import squared_distances
from handbook.models.rbf.widths import nearest_width, spread_widths

SQUARE = np.array([[0.0, 0.0], [0.0, 3.0], [4.0, 0.0], [4.0, 3.0]])


def cloud(n: int = 50, columns: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, columns))


def test_the_two_gaussians_are_the_ones_of_text_and_code() -> None:
    # d = 3, sigma = 1.5: (3 / 1.5)^2 = 4 and (3 / 3)^2 = 1
    assert activation(9.0, 1.5, "text") == pytest.approx(math.exp(-4))
    assert activation(9.0, 1.5, "code") == pytest.approx(math.exp(-1))


def test_the_codes_gaussian_is_the_texts_at_twice_the_width() -> None:
    squared = np.linspace(0, 20, 50)
    np.testing.assert_array_equal(activation(squared, 1.5, "code"), activation(squared, 3, "text"))


def test_activations_leave_the_distances_alone() -> None:
    squared = np.ones((2, 2))
    activation(squared, 1.0)
    np.testing.assert_array_equal(squared, 1)


@given(
    arrays(np.float64, (6, 3), elements=st.floats(-1e3, 1e3)),
    arrays(np.float64, (4, 3), elements=st.floats(-1e3, 1e3)),
    arrays(np.float64, 4, elements=st.floats(0.1, 1e3)),
    st.sampled_from(["text", "code"]),
)
def test_the_design_matrix_is_the_double_loop(X, centers, width, form) -> None:
    design = design_matrix(X, centers, width, form)
    factor = 1 if form == "text" else 2
    for i, row in enumerate(X):
        for j, center in enumerate(centers):
            squared = sum((a - b) ** 2 for a, b in zip(row, center, strict=True))
            assert abs(design[i, j] - math.exp(-squared / (factor * width[j]) ** 2)) < 1e-10


def test_the_design_matrix_is_scikit_learns_kernel() -> None:
    X, centers = cloud(), cloud(7)
    theirs = rbf_kernel(X, centers, gamma=1 / 1.5**2)
    np.testing.assert_allclose(design_matrix(X, centers, 1.5, "text"), theirs, atol=1e-12)


def test_far_from_the_origin_small_distances_keep_their_digits() -> None:
    # |x|^2 + |c|^2 - 2 x c would be off by more than the distance itself
    X = 1e8 + np.array([[0.0, 0.0], [0.5, 0.0]])
    np.testing.assert_array_equal(squared_distances(X, X), [[0, 0.25], [0.25, 0]])


def test_kmeans_centres_are_scikit_learns_in_order() -> None:
    X = cloud(200)
    found = []
    for n_init, max_iter in ((1, 100), (8, 100), (8, 2)):
        settings = {"max_iter": max_iter, "n_init": n_init, "random_state": 3}
        centers, n_iter = place_centers(X, "kmeans", 12, **settings)
        theirs = KMeans(12, **settings).fit(X)
        np.testing.assert_array_equal(centers, np.unique(theirs.cluster_centers_, axis=0))
        assert n_iter == theirs.n_iter_
        found.append(theirs.inertia_)
    assert found[1] < min(found[0], found[2])  # each of the two settings makes a difference


def test_minibatch_centres_find_separate_clusters() -> None:
    means = np.array([[0.0, 0.0], [0.0, 50.0], [50.0, 0.0]])
    X = np.concatenate([mean + cloud(400, 2) for mean in means])
    centers, _ = place_centers(X, "minibatch", 3, random_state=0)
    np.testing.assert_allclose(centers, means, atol=0.5)


def test_random_centres_are_different_rows() -> None:
    X = cloud(40)
    centers, n_iter = place_centers(X, "random", 12, random_state=0)
    known = {tuple(row) for row in X}
    assert {tuple(center) for center in centers} <= known
    assert (len(centers), n_iter) == (12, 1)
    others, _ = place_centers(X, "random", 12, random_state=1)
    assert not np.array_equal(centers, others)


@pytest.mark.parametrize("placement", ["kmeans", "random"])
@pytest.mark.parametrize("seed", range(5))
def test_with_fewer_distinct_rows_than_centres_each_row_is_one(placement, seed) -> None:
    # k-means asked for 27 clusters of these would put some far outside
    X = np.random.default_rng(seed).uniform(size=(9, 30))
    centers, _ = place_centers(np.repeat(X, 3, axis=0), placement, 27, random_state=seed)
    np.testing.assert_allclose(centers, np.unique(X, axis=0), atol=1e-12)


def test_minibatches_make_no_more_clusters_than_distinct_rows() -> None:
    centers, _ = place_centers(np.repeat(SQUARE, 10, axis=0), "minibatch", 30, random_state=0)
    assert len(centers) <= 4


def test_a_random_draw_does_not_tell_weights_from_repetitions() -> None:
    X, weight = cloud(30), np.arange(30) % 3 + 1
    weighted, _ = place_centers(X, "random", 8, weight=weight.astype(float), random_state=0)
    repeated, _ = place_centers(np.repeat(X, weight, axis=0), "random", 8, random_state=0)
    np.testing.assert_array_equal(weighted, repeated)


def test_dmax_is_the_largest_distance_over_the_root_of_twice_the_centres() -> None:
    assert dmax_width(SQUARE) == pytest.approx(5 / math.sqrt(8))


def test_nearest_is_the_mean_distance_to_the_next_centres() -> None:
    assert nearest_width(SQUARE, 1) == 3
    assert nearest_width(SQUARE, 2) == 3.5
    assert nearest_width(SQUARE, 9) == 4  # there are three others: 3, 4 and 5 away
    theirs = NearestNeighbors(n_neighbors=4).fit(cloud()).kneighbors()[0].mean()
    assert nearest_width(cloud(), 4) == pytest.approx(theirs)


def test_spread_is_the_root_mean_square_distance_of_a_units_own_rows() -> None:
    X = np.array([[1.0, 0.0], [0.0, -2.0], [10.0, 0.0], [10.0, 6.0]])
    centers = np.array([[0.0, 0.0], [10.0, 2.0]])
    squared = squared_distances(X, centers)
    np.testing.assert_allclose(spread_widths(squared, centers), np.sqrt([2.5, 10.0]))
    weighted = spread_widths(squared, centers, np.array([3.0, 1.0, 1.0, 1.0]))
    np.testing.assert_allclose(weighted, np.sqrt([7 / 4, 10.0]))


def test_a_unit_without_rows_of_its_own_or_with_all_upon_it_reaches_the_next() -> None:
    centers = np.array([[0.0], [3.0], [103.0]])
    X = np.array([[1e-12], [-1e-12], [2.0], [4.0]])  # the first are at 0 but for rounding
    np.testing.assert_allclose(spread_widths(squared_distances(X, centers), centers), [3, 1, 100])


@pytest.mark.parametrize("centers", [[[1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]]])
def test_centres_without_a_distance_have_width_one(centers) -> None:
    assert dmax_width(centers) == 1.0
    assert nearest_width(centers) == 1.0
    widths = spread_widths(squared_distances(centers, centers), centers)
    np.testing.assert_array_equal(widths, np.ones(len(centers)))


@given(st.floats(0.01, 100))
def test_widths_have_the_unit_of_the_columns(factor) -> None:
    X, centers = cloud(), cloud(5) + 0.1

    def widths(factor: float) -> np.ndarray:
        squared = squared_distances(factor * X, factor * centers)
        rules = dmax_width(factor * centers), nearest_width(factor * centers, 2)
        return np.append(spread_widths(squared, factor * centers), rules)

    np.testing.assert_allclose(widths(factor), factor * widths(1.0))
