"""The map's plane, its schedule, its first weights and one step, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import cdist

from handbook.models.som import SelfOrganizingMap
from handbook.models.som.grid import Grid
from handbook.models.som.initial import initial_weights
from handbook.models.som.schedule import Schedule, decayed

# how far neighbours lie apart at most: a diagonal, or a side of the triangles between hexagons
REACH = {"rectangular": np.sqrt(2), "hexagonal": 1.0}

sides = st.integers(1, 7)


@given(sides, sides, st.sampled_from(sorted(REACH)))
def test_neighbours_are_the_nodes_that_lie_next_to_each_other(rows, columns, topology) -> None:
    grid = Grid(rows, columns, topology)
    apart = cdist(grid.positions, grid.positions)
    near = np.argwhere(np.triu(apart <= REACH[topology] + 1e-9, k=1))
    np.testing.assert_array_equal(grid.neighbors(), near.reshape(-1, 2))


@given(sides, sides, st.sampled_from(sorted(REACH)))
def test_steps_are_the_shortest_way_through_neighbours(rows, columns, topology) -> None:
    grid = Grid(rows, columns, topology)
    nodes = rows * columns
    one, other = grid.neighbors().T
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(nodes, nodes))
    ways = shortest_path(graph.tocsr(), directed=False, unweighted=True)
    first, second = np.indices((nodes, nodes)).reshape(2, -1)
    np.testing.assert_array_equal(grid.steps(first, second), ways.ravel())


@pytest.mark.parametrize(("topology", "count"), [("rectangular", 8), ("hexagonal", 6)])
def test_an_inner_node_has_eight_neighbours_or_six(topology, count) -> None:
    assert (Grid(5, 5, topology).neighbors() == 12).any(axis=1).sum() == count


@given(sides, sides, st.sampled_from(sorted(REACH)), st.floats(0.3, 5))
def test_the_gaussian_is_the_closed_form(rows, columns, topology, sigma) -> None:
    grid = Grid(rows, columns, topology)
    nodes = np.arange(rows * columns)
    squared = cdist(grid.positions, grid.positions) ** 2
    np.testing.assert_allclose(
        grid.influence(nodes, sigma, "gaussian"), np.exp(-squared / (2 * sigma**2)), atol=1e-15
    )


@given(sides, sides, st.sampled_from(sorted(REACH)), st.floats(0.3, 5))
def test_the_bubble_holds_the_nodes_fewer_than_sigma_steps_away(
    rows, columns, topology, sigma
) -> None:
    grid = Grid(rows, columns, topology)
    nodes = rows * columns
    first, second = np.indices((nodes, nodes)).reshape(2, -1)
    inside = grid.steps(first, second).reshape(nodes, nodes) < sigma
    np.testing.assert_array_equal(grid.influence(np.arange(nodes), sigma, "bubble"), inside)


@given(st.floats(0.1, 10), st.floats(0.1, 1), st.integers(1, 500), st.integers(0, 500))
def test_exponential_decay_is_the_handbooks(start, share, steps, step) -> None:
    lam = steps / np.log(1 / share) if share < 1 else np.inf
    schedule = Schedule(start, share * start, 0.5, 0.5 * share, "exponential", steps)
    sigma, rate = schedule.at(min(step, steps))
    assert sigma == pytest.approx(start * np.exp(-min(step, steps) / lam))
    assert rate == pytest.approx(0.5 * np.exp(-min(step, steps) / lam))


@pytest.mark.parametrize("decay", ["exponential", "linear", "inverse-time"])
def test_every_decay_begins_at_the_start_and_stays_at_the_end(decay) -> None:
    schedule = Schedule(6.0, 1.5, 0.8, 0.2, decay, 40)
    assert schedule.at(0) == (6.0, 0.8)
    assert schedule.at(40) == pytest.approx((1.5, 0.2))
    assert schedule.at(1000) == schedule.at(40)
    falling = [schedule.at(step)[0] for step in range(41)]
    assert (np.diff(falling) < 0).all()


def test_inverse_time_decay_to_a_third_is_the_asymptotic_one() -> None:
    for t in range(50):
        assert decayed(0.9, 0.3, t / 50, "inverse-time") == pytest.approx(0.9 / (1 + t / (50 / 2)))


@pytest.mark.parametrize(("rows", "columns"), [(5, 3), (3, 5), (1, 4)])
def test_the_first_net_spans_the_two_largest_axes_of_the_rows(rows, columns) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 4)) * [1.0, 7.0, 0.5, 3.0] + 10
    net = initial_weights("pca", rows, columns, X, random).reshape(rows, columns, 4) - X.mean(
        axis=0
    )
    _, singular, axes = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    spread = singular / np.sqrt(199)  # standard deviations along the axes
    along = net @ axes.T  # coordinates in the axes, (rows, columns, 4)
    longer, shorter = (0, 1) if rows >= columns else (1, 0)
    # from one standard deviation on this side to one on that, or the middle where it is one node
    for axis, side in ((0, longer), (1, shorter)):
        n = (rows, columns)[side]
        expected = spread[axis] * (np.linspace(-1, 1, n) if n > 1 else np.zeros(1))
        profile = np.moveaxis(along[..., axis], side, 0)  # (n, other)
        signed = profile * np.sign(profile[-1, 0] or 1)
        np.testing.assert_allclose(
            signed, np.repeat(expected[:, None], profile.shape[1], 1), atol=1e-9
        )
    np.testing.assert_allclose(along[..., 2:], 0, atol=1e-9)


def test_equal_rows_or_one_alone_put_all_nodes_in_their_place() -> None:
    random = np.random.default_rng(0)
    for X in (np.full((5, 2), 3.0), np.full((1, 2), 3.0)):
        np.testing.assert_array_equal(initial_weights("pca", 2, 2, X, random), np.full((4, 2), 3.0))


def test_samples_are_rows_and_none_twice_while_there_are_enough() -> None:
    X = np.arange(24.0).reshape(12, 2)
    drawn = initial_weights("sample", 3, 4, X, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn[drawn[:, 0].argsort()], X)
    many = initial_weights("sample", 4, 4, X, np.random.default_rng(0))
    assert {tuple(row) for row in many} <= {tuple(row) for row in X}


def test_random_weights_fill_the_range_of_each_column() -> None:
    X = np.array([[0.0, -5.0], [1.0, 5.0]])
    drawn = initial_weights("random", 40, 40, X, np.random.default_rng(0))
    assert drawn.min(axis=0) == pytest.approx([0, -5], abs=0.02)
    assert drawn.max(axis=0) == pytest.approx([1, 5], abs=0.02)


def test_an_online_step_moves_the_winner_by_the_learning_rate() -> None:
    model = SelfOrganizingMap(
        1, 2, training="online", neighborhood="bubble", init=[[[0.0], [1.0]]], n_steps=1,
        sigma=1.0, sigma_end=1.0, learning_rate=0.5, learning_rate_end=0.5,
    )  # fmt: skip
    passes: list[dict[str, float]] = []
    model.set_progress(passes.append).fit([[2.0]])
    assert [row["quantization_error"] for row in passes] == [1.0]  # before the step
    assert model.weights_.tolist() == [[[0.0], [1.5]]]


def test_a_batch_step_moves_each_node_to_the_mean_of_its_rows() -> None:
    model = SelfOrganizingMap(
        1, 2, neighborhood="bubble", init=[[[0.0], [5.0]]], n_steps=1, sigma=1.0, sigma_end=1.0
    )
    assert model.fit([[1.0], [2.0], [6.0]]).weights_.tolist() == [[[1.5], [6.0]]]
