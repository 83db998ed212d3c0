"""The map's estimator: scikit-learn's checks, both trainings, what a fitted map tells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.utils.estimator_checks import parametrize_with_checks

from handbook.models.som import SelfOrganizingMap
from handbook.training.saving import load, save

METRICS = {"euclidean": "euclidean", "cosine": "cosine", "manhattan": "cityblock"}

LEAVES_GAPS = {
    "check_clustering": "a map of 100 nodes for 50 rows: nodes that win no row leave gaps between "
    "the labels"
}


def rows(n: int = 60, features: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, features))


def fitted(weights: list, **params) -> SelfOrganizingMap:
    """Return a map with these weights, (rows, columns, features)."""
    shape = np.shape(weights)
    model = SelfOrganizingMap(rows=shape[0], columns=shape[1], init=weights, n_steps=1, **params)
    model.fit(np.zeros((2, shape[2])))
    model.weights_ = np.array(weights, dtype=np.float64)
    return model


@parametrize_with_checks(
    [
        SelfOrganizingMap(rows=1, columns=3, sigma_end=0.3),
        SelfOrganizingMap(rows=3, columns=1, sigma_end=0.3, metric="manhattan", init="sample"),
        SelfOrganizingMap(
            rows=1, columns=3, training="online", topology="hexagonal", neighborhood="bubble"
        ),
        SelfOrganizingMap(),
    ],
    expected_failed_checks=lambda model: LEAVES_GAPS if model.rows == 10 else {},
)
def test_scikit_learns_checks_pass(estimator, check) -> None:
    check(estimator)


def test_an_online_step_is_the_one_of_the_handbook() -> None:
    # Section 8.4: nine nodes and x = (0.7, 0.6, 0.9); the ninth is nearest and goes half way.
    nodes = [
        [[0.31, 0.22, 0.10], [0.21, 0.34, 0.19], [0.39, 0.42, 0.45]],
        [[0.25, 0.32, 0.62], [0.24, 0.31, 0.16], [0.52, 0.33, 0.42]],
        [[0.31, 0.22, 0.10], [0.12, 0.41, 0.19], [0.34, 0.40, 0.51]],
    ]
    x = [[0.7, 0.6, 0.9]]
    model = SelfOrganizingMap(
        3, 3, training="online", n_steps=1, init=nodes, learning_rate=0.5, sigma=0.1
    ).fit(x)
    np.testing.assert_allclose(model.weights_[2, 2], [0.52, 0.5, 0.705])
    np.testing.assert_allclose(model.weights_.reshape(9, 3)[:8], np.reshape(nodes, (9, 3))[:8])


def test_online_training_is_the_formula_of_the_handbook() -> None:
    X, start = rows(30), rows(12, seed=1)
    sigma0, rate0, steps = 2.5, 0.6, 70
    lam = steps / np.log(sigma0 / 0.5)
    expected = start.copy()
    places = np.array([(i, j) for i in range(3) for j in range(4)])
    for t in range(steps):
        x = X[t % 30]
        winner = np.linalg.norm(expected - x, axis=1).argmin()
        sigma, rate = sigma0 * np.exp(-t / lam), rate0 * np.exp(-t / lam)
        for node in range(12):
            squared = ((places[node] - places[winner]) ** 2).sum()
            expected[node] += rate * np.exp(-squared / (2 * sigma**2)) * (x - expected[node])
    model = SelfOrganizingMap(
        3,
        4,
        training="online",
        n_steps=steps,
        sigma=sigma0,
        sigma_end=0.5,
        learning_rate=rate0,
        init=start.reshape(3, 4, 3),
        order="sequential",
    ).fit(X)
    np.testing.assert_allclose(model.weights_.reshape(12, 3), expected, rtol=1e-10)


@pytest.mark.parametrize("sigma", [5.0, 2.0])
def test_left_open_the_radius_ends_at_one_or_at_its_eth_part(sigma) -> None:
    seen: list[dict[str, float]] = []
    model = SelfOrganizingMap(4, 4, sigma=sigma, n_steps=1000).set_progress(seen.append)
    model.fit(rows(5))
    assert len(seen) == 1000
    assert seen[0]["sigma"] == sigma
    # lambda is T / ln sigma, or T: ln sigma below 1 would let the radius hardly fall
    lam = 1000 / max(np.log(sigma), 1)
    assert seen[999]["sigma"] == pytest.approx(sigma * np.exp(-999 / lam))
    assert {row["learning_rate"] for row in seen} == {1.0}


def test_rate_and_radius_share_one_lambda_online() -> None:
    seen: list[dict[str, float]] = []
    model = SelfOrganizingMap(4, 4, training="online", sigma=3.0, n_steps=100, random_state=0)
    model.set_progress(seen.append).fit(rows(10))
    assert [row["epoch"] for row in seen] == list(range(1, 11))
    for row in seen:
        assert row["learning_rate"] / 0.5 == pytest.approx(row["sigma"] / 3.0)


@pytest.mark.parametrize("topology", ["rectangular", "hexagonal"])
def test_a_batch_step_is_the_mean_weighted_by_the_winners_influence(topology) -> None:
    X, start = rows(40), rows(12, seed=1)
    model = SelfOrganizingMap(
        3,
        4,
        topology=topology,
        n_steps=1,
        sigma=1.5,
        learning_rate=0.7,
        init=start.reshape(3, 4, 3),
    ).fit(X)
    places = model.positions_.reshape(12, 2)
    for node in range(12):
        total, mass = np.zeros(3), 0.0
        for x in X:
            winner = np.linalg.norm(start - x, axis=1).argmin()
            weight = np.exp(-((places[node] - places[winner]) ** 2).sum() / (2 * 1.5**2))
            total, mass = total + weight * x, mass + weight
        expected = 0.3 * start[node] + 0.7 * total / mass
        np.testing.assert_allclose(model.weights_.reshape(12, 3)[node], expected)


def test_a_batch_map_whose_winners_are_alone_is_k_means() -> None:
    X = np.vstack([rows(50, seed=k) + 4 * k for k in range(4)])
    start = X[::50] + 0.5
    model = SelfOrganizingMap(
        2, 2, neighborhood="bubble", sigma=1, sigma_end=1, n_steps=4, init=start.reshape(2, 2, 3)
    ).fit(X)
    lloyd = KMeans(4, init=start, n_init=1, max_iter=4, tol=0, algorithm="lloyd").fit(X)
    np.testing.assert_allclose(model.weights_.reshape(4, 3), lloyd.cluster_centers_)
    np.testing.assert_array_equal(model.labels_, lloyd.labels_)


def test_a_node_that_no_winner_reaches_stays() -> None:
    X = np.array([[0.0], [0.2]])
    start = np.array([[[0.0], [50.0], [90.0]]])
    model = SelfOrganizingMap(1, 3, neighborhood="bubble", sigma=1, n_steps=3, init=start).fit(X)
    np.testing.assert_allclose(model.weights_, [[[0.1], [50.0], [90.0]]])


@pytest.mark.parametrize("training", ["online", "batch"])
def test_a_chain_on_a_line_puts_itself_in_order(training) -> None:
    X = np.random.default_rng(0).random((300, 1))
    model = SelfOrganizingMap(1, 12, training=training, init="random", random_state=3).fit(X)
    gaps = np.diff(model.weights_[0, :, 0])
    assert (gaps > 0).all() or (gaps < 0).all()


@given(
    arrays(np.float64, (15, 2), elements=st.floats(-100, 100, width=16)),
    st.sampled_from(["online", "batch"]),
    st.sampled_from(["euclidean", "cosine", "manhattan"]),
    st.sampled_from(["random", "sample"]),
)
@settings(max_examples=60)
def test_nodes_never_leave_the_range_of_the_rows(X, training, metric, init) -> None:
    model = SelfOrganizingMap(
        2, 3, training=training, metric=metric, init=init, n_steps=20, random_state=0
    ).fit(X)
    slack = 1e-9 * (1 + np.abs(X).max())
    assert (model.weights_ >= X.min(axis=0) - slack).all()
    assert (model.weights_ <= X.max(axis=0) + slack).all()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_best_units_are_those_of_all_distances(metric, shift) -> None:
    X = rows(400) + shift * (metric != "cosine")
    model = SelfOrganizingMap(6, 7, metric=metric, n_steps=3).fit(X)
    far = cdist(X, model.weights_.reshape(42, 3), METRICS[metric])
    numbers, distances = model.best_units(X, 3)
    np.testing.assert_allclose(distances, np.sort(far, axis=1)[:, :3], rtol=1e-7, atol=1e-12)
    np.testing.assert_array_equal(numbers[:, 0], far.argmin(axis=1))
    np.testing.assert_array_equal(model.predict(X), numbers[:, 0])
    assert model.quantization_error(X) == pytest.approx(far.min(axis=1).mean())
    assert model.hit_map(X).tolist() == (
        np.bincount(far.argmin(axis=1), minlength=42).reshape(6, 7).tolist()
    )


def test_of_equally_near_nodes_the_first_comes_first() -> None:
    model = fitted([[[1.0], [-1.0], [1.0], [-1.0]]])
    numbers, distances = model.best_units([[0.0]], 4)
    assert numbers.tolist() == [[0, 1, 2, 3]]
    assert distances.tolist() == [[1.0] * 4]


def test_a_row_of_zeros_is_at_cosine_distance_one_of_everything() -> None:
    model = fitted([[[1.0, 0.0], [0.0, 2.0]]], metric="cosine")
    assert model.best_units([[0.0, 0.0]], 2)[1].tolist() == [[1.0, 1.0]]


def test_transform_gives_places_on_the_plane() -> None:
    weights = [[[0.0], [1.0]], [[2.0], [3.0]]]
    X = [[0.1], [0.9], [2.1], [3.1]]
    square = fitted(weights).transform(X)
    assert square.tolist() == [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    hexagons = fitted(weights, topology="hexagonal").transform(X)
    gap = np.sqrt(3) / 2
    np.testing.assert_allclose(hexagons, [[-0.5, 0.0], [0.0, gap], [0.5, 0.0], [1.0, gap]])


def test_the_distance_map_of_a_chain_is_worked_by_hand() -> None:
    model = fitted([[[0.0], [1.0], [5.0]]])
    assert model.distance_map().tolist() == [[1.0, 2.5, 4.0]]
    assert model.distance_map(scaling="sum").tolist() == [[1.0, 5.0, 4.0]]
    assert model.distance_map(normalize=True).tolist() == [[0.25, 0.625, 1.0]]
    with pytest.raises(ValueError, match="scaling must be 'mean' or 'sum', not 'max'"):
        model.distance_map(scaling="max")


def test_the_distance_map_speaks_the_metric_of_the_map() -> None:
    weights = [[[3.0, 0.0], [0.0, 4.0]]]
    far = {m: fitted(weights, metric=m).distance_map()[0, 0] for m in METRICS}
    assert far == {"euclidean": 5.0, "cosine": 1.0, "manhattan": 7.0}


def test_a_map_of_one_node_has_no_neighbours_and_no_topographic_error() -> None:
    model = SelfOrganizingMap(1, 1).fit(rows())
    assert model.distance_map(normalize=True).tolist() == [[0.0]]
    with pytest.raises(ValueError, match="count must be from 1 to the 1 nodes, not 2"):
        model.topographic_error(rows())


def test_the_topographic_error_counts_rows_whose_best_two_are_apart() -> None:
    # along the chain 0, 10, 1 the two nodes nearest to 0.5 are its ends; those of 9 are neighbours
    model = fitted([[[0.0], [10.0], [1.0]]])
    assert model.topographic_error([[0.5], [9.0], [0.4], [0.6]]) == 0.75


def test_a_map_of_a_square_keeps_its_topology() -> None:
    X = np.random.default_rng(0).random((1000, 2))
    model = SelfOrganizingMap(8, 8, init="random", random_state=0)
    before = SelfOrganizingMap(8, 8, init="random", random_state=0, n_steps=1).fit(X)
    model.fit(X)
    assert model.topographic_error(X) < 0.05
    assert model.quantization_error(X) < before.quantization_error(X) / 2


@pytest.mark.parametrize("training", ["online", "batch"])
def test_equal_seeds_give_equal_maps(training) -> None:
    X = rows()
    first, second, other = (
        SelfOrganizingMap(4, 5, training=training, init="sample", random_state=seed).fit(X)
        for seed in (7, 7, 8)
    )
    assert first.weights_.tobytes() == second.weights_.tobytes()
    assert first.weights_.tobytes() != other.weights_.tobytes()


def shown(order: str, steps: int) -> list[float]:
    """Return the rows 0 to 7 in the order in which the map is shown them."""
    X = np.arange(8.0)[:, np.newaxis]
    # one node that forgets all but the last row
    forgetful = {"learning_rate": 1.0, "learning_rate_end": 1.0, "training": "online"}
    maps = (
        SelfOrganizingMap(1, 1, n_steps=n, order=order, random_state=0, **forgetful)
        for n in range(1, steps + 1)
    )
    return [float(model.fit(X).weights_[0, 0, 0]) for model in maps]


def test_rows_are_shown_in_sequence_or_in_a_new_random_order_in_each_pass() -> None:
    sequence = [float(row) for row in range(8)]
    assert shown("sequential", 12) == sequence + sequence[:4]
    random = shown("random", 16)
    first, second = random[:8], random[8:]
    assert sorted(first) == sorted(second) == sequence
    assert first != second
    assert sequence not in (first, second)


def test_partial_fits_on_all_rows_are_the_steps_of_a_fit() -> None:
    X = rows()
    whole = SelfOrganizingMap(4, 4, n_steps=6).fit(X)
    parts = SelfOrganizingMap(4, 4, n_steps=6)
    for _ in range(6):
        parts.partial_fit(X)
    assert parts.weights_.tobytes() == whole.weights_.tobytes()
    assert parts.n_steps_ == whole.n_steps_ == 6


def test_partial_fits_online_go_on_where_the_last_one_ended() -> None:
    X = rows(60)
    settings = {
        "training": "online",
        "n_steps": 60,
        "order": "sequential",
        "init": np.ones((3, 4, 3)),
    }
    whole = SelfOrganizingMap(3, 4, **settings).fit(X)
    parts = SelfOrganizingMap(3, 4, **settings)
    for part in np.split(X, 4):
        parts.partial_fit(part)
    assert parts.weights_.tobytes() == whole.weights_.tobytes()


def test_after_its_last_step_a_partial_fit_keeps_the_last_radius() -> None:
    X = rows()
    model = SelfOrganizingMap(3, 3, n_steps=1, sigma=4.0, sigma_end=0.5)
    later = model.partial_fit(X).partial_fit(X).weights_
    start = SelfOrganizingMap(3, 3, n_steps=1, sigma=4.0).fit(X).weights_
    narrow = SelfOrganizingMap(3, 3, n_steps=1, sigma=0.5, sigma_end=0.5, init=start).fit(X)
    np.testing.assert_array_equal(later, narrow.weights_)


@pytest.mark.parametrize("training", ["online", "batch"])
def test_a_saved_map_answers_as_before(tmp_path, training) -> None:
    X = rows()
    model = SelfOrganizingMap(
        4, 5, training=training, topology="hexagonal", metric="cosine", random_state=0
    )
    model.set_progress(lambda row: None).fit(X)
    save(model, tmp_path / "map.skops")
    again = load(tmp_path / "map.skops")
    np.testing.assert_array_equal(again.transform(X), model.transform(X))
    np.testing.assert_array_equal(again.distance_map(), model.distance_map())
    assert again.partial_fit(X).weights_.tobytes() == model.partial_fit(X).weights_.tobytes()


def test_how_many_best_units_is_checked() -> None:
    with pytest.raises(ValueError, match="count must be from 1 to the 4 nodes, not 5"):
        SelfOrganizingMap(2, 2).fit(rows()).best_units(rows(), 5)
