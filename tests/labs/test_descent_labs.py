"""Labs on optimizers: the book's printed figures, its listings' defects, and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from handbook.labs.examples import (
    adadelta,
    adagrad,
    adam,
    gradient_descent,
    l_bfgs,
    momentum,
    nesterov,
    rmsprop,
    schedules,
)
from handbook.labs.result import Result

BOWL = {"start": 1.0, "rate": 0.1, "epsilon": 1e-8, "steps": 100}


def by_name(results: list[Result]) -> dict[str, Result]:
    return {one.name: one for one in results}


def test_the_printed_weights_of_gradient_descent_come_out() -> None:
    found = by_name(gradient_descent.compute(100, [3.0, 2.0], 0, 0.01, 100, 10))
    whole = found["all rows at a time, 100 steps"]
    assert whole.computed == pytest.approx([0.06893943, 2.00432774, 1.2328745], abs=1e-8)
    few = found["10 rows at a time, 100 epochs"]
    assert few.computed == pytest.approx([-0.05168228, 3.11146125, 1.94541002], abs=1e-8)
    assert {whole.verdict, few.verdict} == {"agrees"}
    for name in ("stochastic", "mini-batch"):
        assert found[f"what the listing of {name} descent gives"].verdict == "book differs"
    origin = found["one row at a time in the table's order, gradient of the whole squared error"]
    assert origin.verdict == "agrees"
    slope = found["gradient at the start of the mean squared error"]
    assert slope.book is not None
    assert slope.computed == pytest.approx([2 * part for part in slope.book.value])
    assert slope.verdict == "book differs"


def test_momentum_comes_back_and_forth() -> None:
    path, last, crossings, nearer = momentum.compute(5.0, 0.1, 0.9, 20)
    assert path.computed[:4] == pytest.approx([5, 4, 2.3, 0.31])
    assert path.computed[-1] == pytest.approx(last.expected)
    assert crossings.computed == 3
    assert abs(path.computed[-1]) > 5 * 0.8**20  # where plain descent is by then
    assert (nearer.computed, nearer.book) == ("plain descent", None)


def test_both_forms_of_nesterov_take_gradients_in_the_same_places() -> None:
    for start, rate, share in ((5.0, 0.1, 0.9), (-2.0, 0.3, 0.5), (1.0, 0.05, 0.2)):
        first, ahead, last, listed = nesterov.compute(start, rate, share, 10)
        assert first.computed == pytest.approx(ahead.computed)
        assert last.holds
        assert last.book is not None
        assert last.book.value == listed.computed != pytest.approx(last.computed)


def test_nesterovs_listing_keeps_a_velocity_that_its_position_does_not_use() -> None:
    x, v, far = 5.0, 0.0, []
    for _ in range(100):  # with the book's names for what is kept
        velocity_ahead = 0.9 * v - 0.1 * 2 * x
        x, v = x + 0.9 * v - 0.1 * 2 * (x + 0.9 * v), velocity_ahead
        far.append(x)
    assert nesterov.mixed(5.0, 0.1, 0.9, 100)[1:] == pytest.approx(far)
    assert far[9] == pytest.approx(-0.97661, abs=1e-5)
    ahead, _ = nesterov.look_ahead(5.0, 0.1, 0.9, 100)
    assert abs(ahead[-1]) < 1e-6 < 1e-3 < abs(far[-1])


def test_adagrads_listing_takes_all_steps() -> None:
    path, first, last = adagrad.compute(**BOWL)
    assert len(path.computed) == 101
    assert first.computed == pytest.approx(0.9)
    assert (round(last.computed, 7), last.verdict) == (0.0273869, "agrees")


def test_rmsprops_listing_is_right() -> None:
    path, first, last = rmsprop.compute(decay=0.9, **BOWL)
    assert len(path.computed) == 101
    assert first.computed == pytest.approx(1 - 0.1 / np.sqrt(0.1))
    assert (round(last.computed, 7), last.verdict) == (0.023653, "agrees")
    assert {result.verdict for result in (path, first)} == {"no figure printed"}


def test_adam_falls_with_the_gradient_and_rises_with_one_drawn_once() -> None:
    settings = {"rate": 0.1, "decays": [0.9, 0.999], "epsilon": 1e-8}
    line = {"x": [1, 2, 3, 4, 5], "y": [2, 4, 6, 8, 10]}
    _, losses, last, astray, spread = adam.compute(
        **line, **settings, steps=100, longer=1000, seed=0, others=[0, 1, 2]
    )
    assert losses.book is not None
    assert (losses.book.how, losses.book.seed) == ("listing", 0)
    assert losses.book.value == pytest.approx([0.21, 1834], rel=0.02)
    assert losses.computed[0] == losses.book.value[0]
    assert losses.computed[1] < 1e-4
    assert last.computed == pytest.approx([2, 0], abs=1e-3)
    assert astray.holds
    # Without a seed, the figure is another one each time.
    assert spread.computed[0] == pytest.approx(losses.book.value)
    assert len({round(after) for _, after in spread.computed}) == 3


def test_adadelta_starts_with_its_epsilon() -> None:
    _, first, ends = adadelta.compute(1.0, 0.9, 1e-6, [1e-4, 1e-2], 100)
    # With a large gradient: sqrt(epsilon / (1 - decay)).
    assert first.computed == pytest.approx(np.sqrt(1e-6 / 0.1), rel=1e-5)
    assert ends.computed[0] > ends.computed[1]


def test_l_bfgs_reaches_the_minimum_of_a_stated_objective() -> None:
    stated, start, end, value = l_bfgs.compute([1.0, 2.0, 3.0], 10, 1e-8, 100, 2e-4)
    assert stated.holds
    assert start.computed[0] == pytest.approx(201)
    assert end.computed == pytest.approx([1, 1, 1], abs=1e-6)
    assert value.computed == pytest.approx(0, abs=1e-12)


def test_schedules_are_torchs() -> None:
    results = schedules.compute(0.1, 30, 10, 0.1, 0.9, 5, 0.1, 12, 3)
    assert [one.name.partition(":")[0] for one in results] == [
        "step", "exponential", "plateau", "warm-up",
        "the first rate of a warm-up, beside the later ones",
    ]  # fmt: skip
    assert all(one.holds for one in results)
    assert (results[-1].computed, results[-1].fault) == ("lower", "wrong claim")
