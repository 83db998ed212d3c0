"""Preconditioners against Newton and the condition number; composed constraints against SLSQP."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from handbook.labs.examples import composed_constraints, preconditioning

SETS: dict[str, Any] = {
    "radius": 2.0, "normal": [1, 2], "level": 3.0, "upper": [1.5, 2.0],
}  # fmt: skip
angles, conditions = st.floats(0, 90), st.floats(1.5, 200)


@given(conditions, angles)
def test_a_turned_bowl_keeps_its_curvatures(condition: float, turn: float) -> None:
    H = preconditioning.valley(condition, turn)
    assert np.linalg.eigvalsh(H) == pytest.approx([1, condition])
    assert pytest.approx(H.T) == H


@pytest.mark.parametrize(("condition", "turn"), [(50, 20), (10, 45), (300, 5)])
def test_the_rates_of_descent_are_those_of_the_closed_forms(condition: float, turn: float) -> None:
    results = preconditioning.compute(condition, turn, [2.0, 1.0], 40)
    assert [result.name for result in results if not result.holds] == []
    H = preconditioning.valley(condition, turn)
    paths = preconditioning.descents(condition, turn, [2.0, 1.0], 40)
    for name, inverse in (("plain", np.eye(2)), ("diagonal", np.diag(1 / np.diag(H)))):
        # In the coordinates of the preconditioner the bowl is a plain one of another shape.
        root = np.real(sqrtm(inverse))
        left = np.linalg.cond(root @ H @ root)
        lengths = [np.linalg.norm(np.linalg.solve(root, x)) for x in paths[name]]
        bound = lengths[0] * ((left - 1) / (left + 1)) ** np.arange(41)
        assert np.all(lengths <= bound * (1 + 1e-9))


def test_at_45_degrees_the_diagonal_is_no_help() -> None:
    paths = preconditioning.descents(10, 45, [2.0, 1.0], 5)
    assert paths["diagonal"] == pytest.approx(paths["plain"])


def test_three_constraints_and_one_less() -> None:
    results = composed_constraints.compute([3.0, 0.2], **SETS, rounds=300)
    assert [result.name for result in results if not result.holds] == []
    three, two, *_ = results
    assert three.computed == pytest.approx([1.5, 0.75])
    assert two.computed == pytest.approx([1.5, 0.2])


@settings(max_examples=25)
@given(st.tuples(st.floats(-2, 4), st.floats(-2, 4)))
def test_nothing_shared_is_nearer(point: tuple[float, float]) -> None:
    sets = composed_constraints.projections(**SETS)
    end = composed_constraints.nearest(point, sets, 400)[-1]
    grid = np.linspace(0, 2, 41)
    shared = np.array([
        (x, y) for x in grid for y in grid
        if x * x + y * y <= 4 and x + 2 * y >= 3 and x <= 1.5 and y <= 2
    ])  # fmt: skip
    assert np.linalg.norm(end - point) <= np.linalg.norm(shared - point, axis=1).min() + 1e-3
    for project in sets.values():
        assert project(end) == pytest.approx(end, abs=1e-3)


def test_a_point_that_all_hold_stays() -> None:
    sets = composed_constraints.projections(**SETS)
    assert composed_constraints.nearest([1.0, 1.2], sets, 3)[-1].tolist() == [1.0, 1.2]
