from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from handbook.report.figures.thin import envelope, simplify


def test_points_on_a_straight_line_go() -> None:
    x = np.linspace(0, 1, 1001)
    assert [axis.tolist() for axis in simplify(x, 0.5 * x)] == [[0, 1], [0, 0.5]]


def test_every_corner_of_a_staircase_stays() -> None:
    x, y = np.array([0, 0, 0.5, 0.5, 1.0]), np.array([0, 0.5, 0.5, 1, 1.0])
    assert simplify(x, y)[0].tolist() == x.tolist()


def test_a_line_back_to_its_start_keeps_its_tip() -> None:
    _, y = simplify(np.array([0, 1.0, 0]), np.array([0, 1.0, 0]))
    assert y.tolist() == [0, 1, 0]


@given(st.lists(st.integers(0, 50), min_size=2, max_size=60))
def test_what_is_left_passes_through_every_dropped_point(heights: list[int]) -> None:
    x = np.linspace(0, 1, len(heights))
    y = np.array(heights) / 50
    fewer_x, fewer_y = simplify(x, y)
    assert np.allclose(np.interp(x, fewer_x, fewer_y), y, atol=1e-9)
    assert (fewer_x[0], fewer_x[-1]) == (0, 1)


def test_a_long_noisy_line_stays_near_and_below_the_limit() -> None:
    rng = np.random.default_rng(0)
    x = np.sort(rng.random(20_000))
    y = np.clip(np.sqrt(x) + rng.normal(0, 0.001, len(x)), 0, 1)
    fewer_x, fewer_y = simplify(x, y, most=300)
    assert len(fewer_x) <= 300
    assert np.max(np.abs(np.interp(x, fewer_x, fewer_y) - y)) < 0.02


def test_an_envelope_keeps_ends_and_extremes() -> None:
    y = np.random.default_rng(0).normal(size=10_000)
    x = np.arange(len(y), dtype=float)
    y[100:120] = np.nan
    fewer_x, fewer_y = envelope(x, y, bins=100)
    assert len(fewer_x) <= 202
    assert (fewer_x[0], fewer_x[-1]) == (0, 9999)
    assert (fewer_y.min(), fewer_y.max()) == (np.nanmin(y), np.nanmax(y))


def test_a_stretch_without_values_adds_nothing_to_an_envelope() -> None:
    y = np.full(1000, np.nan)
    y[[0, -1]] = 1.0
    assert len(envelope(np.arange(1000.0), y, bins=10)[0]) == 2


def test_a_short_line_is_its_own_envelope() -> None:
    x = np.arange(20.0)
    assert envelope(x, x)[0] is x
