"""Labs on minima, saddles, vanishing gradients and convex programs, against known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from handbook.labs.examples import (
    convex_program,
    convexity,
    feasible_region,
    jensen,
    lagrange,
    linear_program,
    local_minima,
    risk,
    saddle_point,
    stationary_points,
    vanishing_gradient,
)

numbers = st.floats(-5, 5)


@given(st.lists(numbers, min_size=1, max_size=6), numbers)
def test_nothing_has_less_empirical_risk_than_the_mean(observed: list[float], x: float) -> None:
    assert risk.empirical_risk(x, observed) >= np.var(observed) - 1e-9


def test_the_two_risks_differ_in_where_they_are_least_not_in_smoothness() -> None:
    *_, apart, bends, verdict = risk.compute([1, 2, 3, 4, 5], [-2, 7])
    assert apart.computed == 3
    assert bends.computed == [2, 2]
    assert (verdict.computed, verdict.verdict) == ("in location", "book differs")


def test_the_wave_has_two_minima_and_no_symbols_for_them() -> None:
    inside, values, deepest, symbols = local_minima.compute(-1.0, 2.0, 60)
    assert inside.computed == pytest.approx([-0.27385, 1.09041], abs=1e-5)
    assert values.computed == pytest.approx([-0.17860, -1.04672], abs=1e-5)
    assert deepest.computed == inside.computed[1]
    assert symbols.computed == "raises NotImplementedError"


@given(st.floats(-3, -1), st.floats(1, 3))
def test_stationary_points_have_no_slope(low: float, high: float) -> None:
    found = local_minima.stationary(low, high, 100)
    assert np.abs(local_minima.slope(np.array(found))).max() < 1e-9


def test_an_end_of_the_interval_can_be_deepest() -> None:
    *_, deepest, _ = local_minima.compute(-0.2, 0.9, 60)
    assert deepest.computed == 0.9


def test_the_origin_is_a_saddle_that_only_a_nudge_leaves() -> None:
    slope, curvatures, kind, upward, on, beside = saddle_point.compute([1.0, 0.0], 1e-6, 0.1, 80)
    assert slope.computed == pytest.approx([0, 0])
    assert curvatures.computed == pytest.approx([-2, 2])
    assert kind.computed == "saddle"
    # one step along x is higher than the middle, one along y is lower
    assert saddle_point.saddle(np.array([1.0, 0.0])) > 0 > saddle_point.saddle(np.array([0.0, 1.0]))
    assert (upward.computed, upward.fault) == ("x", "contradicts itself")
    assert on.computed == pytest.approx([0, 0], abs=1e-6)
    assert beside.computed[1] > 1


def test_the_derivative_of_tanh_at_ten_is_below_1e_8_and_not_0() -> None:
    assert 0 < vanishing_gradient.slope(10.0) < 1e-8


def test_the_three_curves_have_seven_flat_points_and_one_is_convex() -> None:
    results = stationary_points.compute(-5, 5, 100)
    assert [result.name for result in results if not result.holds] == []
    squares, waves, cubes = (results[i : i + 3] for i in (0, 3, 6))
    assert squares[0].computed == pytest.approx([0], abs=1e-12)
    assert waves[0].computed == pytest.approx([-1.5 * np.pi, -np.pi / 2, np.pi / 2, 1.5 * np.pi])
    assert cubes[0].computed == pytest.approx([-(3**-0.5), 3**-0.5])
    assert cubes[1].computed == "maximum, minimum"
    shapes = [part[2].computed for part in (squares, waves, cubes)]
    assert shapes == ["convex", "not convex", "not convex"]
    minimum, end = results[-1].computed
    assert end == -120 < minimum


@pytest.mark.parametrize("name", stationary_points.FUNCTIONS)
@given(st.floats(-4, 4))
def test_slope_and_bend_are_difference_quotients(name: str, x: float) -> None:
    value, slope, bend = stationary_points.FUNCTIONS[name]
    h = 1e-4
    assert slope(x) == pytest.approx((value(x + h) - value(x - h)) / (2 * h), abs=1e-5)
    assert bend(x) == pytest.approx((slope(x + h) - slope(x - h)) / (2 * h), abs=1e-5)


@given(st.floats(0.1, 3), st.floats(0.1, 2), st.integers(1, 8))
def test_the_chain_rule_is_a_difference_quotient(x: float, weight: float, depth: int) -> None:
    def stack(at: float) -> float:
        for _ in range(depth):
            at = float(np.tanh(weight * at))
        return at

    h = 1e-5
    slope = (stack(x + h) - stack(x - h)) / (2 * h)
    assert vanishing_gradient.through(x, weight, depth)[-1] == pytest.approx(slope, abs=1e-6)


@given(numbers, numbers)
def test_convex_functions_lie_below_their_chords(x1: float, x2: float) -> None:
    assume(abs(x1 - x2) > 1e-3)
    for function in (np.square, np.exp, np.abs):
        assert convexity.above_chord(function, x1, x2) <= 1e-9
    assert convexity.above_chord(lambda x: -np.square(x), x1, x2) > 0


def test_a_second_derivative_needs_the_step() -> None:
    results = {one.name: one for one in convexity.compute(-1.0, 1.0, 10, 0, 5, 100)}
    (bend,) = (result for name, result in results.items() if name.startswith("second derivative"))
    assert bend.computed == pytest.approx([2, 2])
    step = 10 / 99  # of the book's grid, 100 points from -5 to 5
    assert bend.book.value == pytest.approx([2 * step**2, step**2])
    assert bend.verdict == "book differs"
    assert results["is 0 the global minimum of x²"].computed == "yes"


@given(st.lists(numbers, min_size=2, max_size=6), st.data())
def test_jensens_inequality(points: list[float], data: st.DataObject) -> None:
    raw = data.draw(st.lists(st.floats(0.01, 1), min_size=len(points), max_size=len(points)))
    weights = np.array(raw) / sum(raw)
    assert np.exp(weights @ points) <= weights @ np.exp(points) + 1e-9


def test_jensens_inequality_on_the_books_draws() -> None:
    sides, gap, verdict = jensen.compute(count=100, seed=0)
    assert all(result.holds for result in (sides, gap, verdict))
    # The familiar beginning of NumPy's seed 0, and the mean of its first hundred.
    assert jensen.draws(2, 0) == pytest.approx([1.76405235, 0.40015721])
    assert sides.computed[0] == pytest.approx(0.0598080**2, abs=1e-6)
    assert sides.computed[1] - sides.computed[0] == pytest.approx(gap.computed)
    assert verdict.verdict == "agrees"


@given(st.integers(0, 9999), st.integers(2, 50))
def test_the_inequality_holds_for_any_draws(seed: int, count: int) -> None:
    assert all(result.holds for result in jensen.compute(count=count, seed=seed))


def test_the_feasible_region_is_a_triangle() -> None:
    A, b = [[1, 1], [-1, 1], [-1, 0], [0, -1]], [5, -1, 0, 0]
    corners, area, held = feasible_region.compute(A, b)
    assert corners.computed == [[1, 0], [5, 0], [3, 2]]
    assert area.computed == pytest.approx(4)
    assert held.computed == [2, 2, 2]


@given(st.integers(0, 999))
def test_a_linear_program_is_best_in_a_corner(seed: int) -> None:
    random = np.random.default_rng(seed)
    A = np.vstack([random.uniform(0.2, 2, (3, 2)), -np.eye(2)])
    b = np.array([*random.uniform(1, 5, 3), 0, 0])
    profit = random.normal(size=2)
    corners = feasible_region.corners(A, b)
    assert np.max(corners @ profit) == pytest.approx(-linprog(-profit, A, b).fun, abs=1e-7)


def test_with_the_texts_hours_the_program_has_another_answer() -> None:
    listed, _, told, _ = linear_program.compute([2, 3], [50, 30], 5000, 100)
    assert (listed.computed, listed.verdict) == ([50, 4950], "agrees")
    assert (told.computed, told.verdict) == ([50, 50], "book differs")


@given(st.lists(numbers, min_size=2, max_size=5))
def test_the_projection_is_the_nearest_point_of_the_simplex(point: list[float]) -> None:
    x = np.array(point)
    found = convex_program.onto_simplex(x)
    assert found.sum() == pytest.approx(1)
    assert found.min() >= 0
    # Nearest: no corner lies ahead of it, seen from the point.
    assert np.all((np.eye(len(x)) - found) @ (x - found) <= 1e-9)


def test_the_printed_answer_of_the_convex_program_is_not_allowed() -> None:
    where, value, on, half = convex_program.compute([0.9, 0.1], 0.1, 200)
    assert where.computed == pytest.approx([0, 0], abs=1e-12)
    assert (round(value.book.value, 8), value.verdict) == (6.0, "book differs")
    assert on.computed == pytest.approx([0.5, 0.5])
    assert half.verdict == "no figure printed"


@given(st.tuples(st.floats(0.2, 3), st.floats(0.2, 3)), numbers)
def test_the_multiplier_is_the_price_of_the_constraint(
    normal: tuple[float, float], level: float
) -> None:
    a, h = np.array(normal), 1e-4
    point, multiplier = lagrange.solve(list(normal), level)
    assert a @ point == pytest.approx(level, abs=1e-9)
    least = [p @ p for p in (lagrange.solve(list(normal), level + s)[0] for s in (h, -h))]
    assert multiplier == pytest.approx(-(least[0] - least[1]) / (2 * h), abs=1e-6)


def test_the_printed_multiplier_is_the_objective() -> None:
    point, value, multiplier, _ = lagrange.compute([1, 1], 1)
    assert point.computed == pytest.approx([0.5, 0.5])
    assert multiplier.computed == pytest.approx(-1)
    assert multiplier.book.value == pytest.approx(value.computed) == pytest.approx(0.5)
    peer = minimize(lambda p: p @ p + multiplier.computed * (p.sum() - 1), [0, 0])
    assert peer.x == pytest.approx(point.computed, abs=1e-5)
