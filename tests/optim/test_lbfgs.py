"""L-BFGS against SciPy's, and the laws of its two parts."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize, rosen, rosen_der

from handbook.core.errors import HandbookError
from handbook.optim import lbfgs, line_search, two_loop

Array = npt.NDArray[np.float64]


def rosenbrock(x: Array) -> tuple[float, Array]:
    return float(rosen(x)), np.asarray(rosen_der(x))


@pytest.mark.parametrize("start", [[1.0, 2.0, 3.0], [-1.2, 1.0], [0.0] * 10, [3.0, -4.0, 2.0, 1.0]])
def test_the_minimum_is_scipys(start: list[float]) -> None:
    ours = lbfgs(rosenbrock, start, steps=200)
    peer = minimize(rosen, start, jac=rosen_der, method="L-BFGS-B", tol=1e-14)
    assert ours.converged
    assert ours.x == pytest.approx(peer.x, abs=1e-5)
    assert ours.value <= peer.fun + 1e-12
    # Of the same order of work: SciPy's line search is another one.
    assert ours.evaluations[-1] <= 2 * peer.nfev


@given(st.integers(0, 999), st.integers(1, 6), st.integers(1, 6))
def test_random_bowls_are_solved(seed: int, d: int, memory: int) -> None:
    random = np.random.default_rng(seed)
    roots = random.normal(size=(d, d))
    A, b = roots @ roots.T + np.eye(d), random.normal(size=d)
    found = lbfgs(
        lambda x: (float((x - b) @ A @ (x - b)) / 2, A @ (x - b)), np.zeros(d), 300, memory
    )
    assert found.x == pytest.approx(b, abs=1e-6)


@given(st.integers(0, 999))
def test_the_value_falls_at_every_step(seed: int) -> None:
    start = np.random.default_rng(seed).uniform(-2, 2, 3)
    path = lbfgs(rosenbrock, start, steps=30).trajectory
    values = [rosen(x) for x in path]
    assert all(after < before for before, after in itertools.pairwise(values))


@given(st.integers(0, 999), st.integers(2, 5))
def test_the_two_loops_are_the_dense_formula(seed: int, count: int) -> None:
    # Nocedal and Wright, equation 7.16: H = V' H V + s s' / (s' y), from a scaled identity.
    random = np.random.default_rng(seed)
    A = np.diag(random.uniform(0.5, 4, 5))
    pairs = [(s, A @ s) for s in random.normal(size=(count, 5))]
    s, y = pairs[-1]
    H = (s @ y) / (y @ y) * np.eye(5)
    for s, y in pairs:
        V = np.eye(5) - np.outer(y, s) / (s @ y)
        H = V.T @ H @ V + np.outer(s, s) / (s @ y)
    g = random.normal(size=5)
    assert two_loop(g, pairs) == pytest.approx(H @ g)
    # The secant condition: the newest change of gradient gives the newest step.
    assert two_loop(y, pairs) == pytest.approx(s)


@given(
    st.floats(0.01, 100), st.floats(0.01, 100), st.sampled_from([0.1, 0.4, 0.9]), st.floats(-3, 3)
)
def test_a_length_satisfies_both_conditions(
    curvature: float, first: float, flat: float, bend: float
) -> None:
    def along(a: float) -> tuple[float, float]:
        value = curvature * (a - 1) ** 2 + bend * np.sin(a)
        return float(value), float(2 * curvature * (a - 1) + bend * np.cos(a))

    value, slope = along(0.0)
    if slope >= 0:
        return
    length = line_search(along, value, slope, first, decrease=1e-4, curvature=flat)
    assert length is not None
    reached, there = along(length)
    assert reached <= value + 1e-4 * length * slope
    assert abs(there) <= flat * abs(slope)


def test_a_wall_of_infinities_is_backed_away_from() -> None:
    # -log(1 - a) - 2a falls from 0 to a = 1/2 and is infinite from 1 on.
    def along(a: float) -> tuple[float, float]:
        return (np.inf, np.nan) if a >= 1 else (-np.log(1 - a) - 2 * a, 1 / (1 - a) - 2)

    length = line_search(along, 0.0, -1.0, first=8.0, curvature=0.1)
    assert length == pytest.approx(0.5, abs=0.05)


def test_a_function_that_falls_for_ever_has_no_length() -> None:
    assert line_search(lambda a: (-a, -1.0), 0.0, -1.0, curvature=0.5) is None


def test_at_the_minimum_nothing_is_done() -> None:
    found = lbfgs(rosenbrock, [1.0, 1.0])
    assert (found.converged, found.evaluations, len(found.trajectory)) == (True, [1], 1)


def test_too_few_steps_are_said() -> None:
    assert not lbfgs(rosenbrock, [-1.2, 1.0], steps=3).converged


def test_evaluations_are_counted() -> None:
    asked = []

    def counted(x: Array) -> tuple[float, Array]:
        asked.append(x)
        return rosenbrock(x)

    found = lbfgs(counted, [-1.2, 1.0], steps=20)
    assert found.evaluations[-1] == len(asked)
    assert len(found.evaluations) == len(found.trajectory)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: lbfgs(rosenbrock, [0.0, 0.0], memory=0), "a memory of 0 pairs"),
        (lambda: lbfgs(lambda x: (np.nan, x), [1.0]), "no finite value"),
        (lambda: line_search(lambda a: (a, 1.0), 0.0, 1.0), "slope 1.0 at the start"),
    ],
)
def test_what_cannot_be_is_an_error(call: object, said: str) -> None:
    assert callable(call)
    with pytest.raises(HandbookError, match=said):
        call()
