"""What the book says wrongly, run: each against a source of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.preprocessing import OneHotEncoder

from handbook.core.errors import HandbookError
from handbook.data.sets import credit_approval
from handbook.labs.examples import (
    convex_minima,
    generation_loop,
    generator_losses,
    r_squared,
    som_unscaled,
)
from handbook.labs.names import unbound


@given(st.floats(-8, 8))
def test_slopes_of_the_generators_objectives_are_those_of_their_formulas(logit: float) -> None:
    def real(o: float) -> float:
        return 1 / (1 + math.exp(-o))

    formulas = {
        "−log(1 − D)": lambda o: -math.log(1 - real(o)),
        "log(1 − D)": lambda o: math.log(1 - real(o)),
        "−log D": lambda o: -math.log(real(o)),
    }
    ours = generator_losses.slopes(np.array([logit]))
    for name, formula in formulas.items():
        theirs = (formula(logit + 1e-5) - formula(logit - 1e-5)) / 2e-5
        assert ours[name][0] == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("apart", [0.0, 1.0, 3.0])
def test_no_discriminator_is_right_more_often_than_the_best(apart: float) -> None:
    random = np.random.default_rng(0)
    real, made = random.normal(0, 1, 100_000), random.normal(apart, 1, 100_000)
    # The middle between both means is the best place to cut.
    right = (np.mean(real < apart / 2) + np.mean(made >= apart / 2)) / 2
    assert generator_losses.best_accuracy(apart) == pytest.approx(right, abs=0.005)


def test_the_printed_objective_goes_the_other_way() -> None:
    found = generator_losses.compute(-3.0, [-6.0, 0.0, 6.0], [0.0, 2.0])
    game, other, _, answer, flattest, _, end = found
    assert game.computed == pytest.approx(-0.047426, abs=1e-6)
    assert game.book is not None
    assert game.book.value == -game.computed
    assert other.computed == pytest.approx(-0.952574, abs=1e-6)
    assert (answer.computed, flattest.computed, end.computed) == ("real", -6, pytest.approx(0.5))
    assert [one.fault for one in found if one.verdict == "book differs"] == [
        "contradicts itself", "wrong claim", "wrong claim", "contradicts itself",
    ]  # fmt: skip


@given(st.integers(1, 12), st.integers(0, 10_000))
def test_adjusted_r2_compares_variances_each_by_its_own_degrees_of_freedom(
    columns: int, seed: int
) -> None:
    rows = 20
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(rows, columns)), random.normal(size=rows)
    left = y - LinearRegression().fit(X, y).predict(X)
    variances = (left @ left) / (rows - columns - 1), y.var(ddof=1)
    r2 = r_squared.explained(y, y - left)
    assert r2 == pytest.approx(r2_score(y, y - left))
    ours = r_squared.adjusted(r2, rows, columns)
    assert ours == pytest.approx(1 - variances[0] / variances[1])
    assert (ours < 0) == (r2 < columns / (rows - 1))


def test_r2_is_below_0_where_a_dummy_meets_other_rows() -> None:
    below, same, adjusted = r_squared.compute([0, 2], [3, 5], [0.1], rows=12, columns=10)
    assert below.computed == same.expected == -9
    assert (below.verdict, below.fault) == ("book differs", "wrong claim")
    assert adjusted.computed == pytest.approx([-8.9])


@pytest.mark.parametrize("name", convex_minima.FUNCTIONS)
@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0, 1))
def test_all_three_functions_are_convex(name: str, a: float, b: float, share: float) -> None:
    f = convex_minima.FUNCTIONS[name]
    assert f((1 - share) * a + share * b) <= (1 - share) * f(a) + share * f(b) + 1e-9


def test_one_has_its_minimum_at_a_point_one_nowhere_one_at_many_points() -> None:
    square, exp, flat = convex_minima.compute(3.0, 13, [2.0, 50.0])
    assert square.computed == [0]
    assert exp.computed == [-2, -50]
    assert flat.computed == 5  # −1, −1/2, 0, 1/2, 1
    assert [one.verdict for one in (square, exp, flat)] == [
        "no figure printed", "book differs", "book differs",
    ]  # fmt: skip


@given(st.text("abcdefgh", min_size=1, max_size=4), st.integers(1, 20))
def test_the_loop_goes_on_in_the_alphabet_from_the_last_character(word: str, steps: int) -> None:
    alphabet = "abcdefgh"
    codes = [alphabet.index(letter) for letter in word]
    written = generation_loop.write(codes, steps, alphabet, keep=lambda code: code)
    forever = alphabet[codes[-1] + 1 :] + alphabet * steps
    assert written == forever[:steps]


def test_a_character_in_the_window_ends_the_loop_at_its_second_step() -> None:
    one = generation_loop.write([0], 1, "ab", keep=lambda code: "ab"[code])
    assert one == "b"
    with pytest.raises(TypeError):
        generation_loop.write([0], 2, "ab", keep=lambda code: "ab"[code])
    listed, advised = generation_loop.compute("abc", [0], 4)
    assert (listed.computed, advised.fault) == ("bcab", "crashes when run")


@given(st.integers(2, 5), st.integers(0, 1000))
def test_what_groups_keep_of_a_column_is_the_r2_of_their_means(groups: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    X, labels = random.normal(size=(30, 2)), random.integers(groups, size=30)
    known = OneHotEncoder(sparse_output=False).fit_transform(labels[:, None])
    means = LinearRegression().fit(known, X).predict(known)
    theirs = r2_score(X, means, multioutput="raw_values")
    assert som_unscaled.kept(X, labels) == pytest.approx(theirs, abs=1e-9)


def test_a_wide_column_rules_until_columns_are_scaled() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(50, 2)) * [100, 1]
    by_hand = sum((a - b) ** 2 for a in X for b in X)
    assert som_unscaled.shares(X) == pytest.approx(by_hand / by_hand.sum())
    data = credit_approval.sample(seed=3)
    (shares, largest, held) = som_unscaled.compute(data, columns=12, rows=200, side=5)
    assert len(shares.computed) == len(held.computed) == 12
    assert largest.book is not None
    assert largest.computed == max(shares.computed) > largest.book.value


def test_names_are_looked_up_as_python_does() -> None:
    program = "import math as m\nX = 1\n"
    bound = ["m", "X"]
    for name in ("X", "m", "math", "x", "len"):
        space: dict[str, Any] = {}
        exec(program, space)
        try:
            exec(name, space)
            runs = True
        except NameError:
            runs = False
        assert (unbound([name], bound) == []) == runs
    with pytest.raises(HandbookError, match=r"'a\.b' is no name"):
        unbound(["a.b"], [])
