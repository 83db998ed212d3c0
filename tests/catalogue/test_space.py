"""Settings of a space: how many, which, and the same ones again."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import ParameterGrid

from handbook.catalogue.space import Parameter, Space

VALUES = st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True)


@given(st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1))
def test_a_grid_is_the_product_of_its_lists(said: dict[str, list[int]]) -> None:
    space = Space.of(said)
    assert space.size() == math.prod(map(len, said.values()))
    found = [tuple(one.items()) for one in space.grid()]
    assert len(found) == len(set(found)) == space.size()
    assert {tuple(sorted(one)) for one in found} == {
        tuple(sorted(one.items())) for one in ParameterGrid(said)
    }


@given(VALUES, VALUES, VALUES)
def test_a_condition_adds_its_values_where_it_holds(
    a: list[int], b: list[int], c: list[int]
) -> None:
    space = Space.of({"a": a, "b": b, "c": {"values": c, "when": {"a": a[0]}}})
    assert space.size() == len(b) * (len(c) + len(a) - 1)
    found = list(space.grid())
    assert len(found) == space.size()
    assert all(("c" in one) == (one["a"] == a[0]) for one in found)


def test_a_condition_on_a_condition_looks_back_through_both() -> None:
    space = Space.of(
        {
            "kernel": ["linear", "rbf", "poly"],
            "gamma": {"values": [1, 2], "when": {"kernel": ["rbf", "poly"]}},
            "degree": {"values": [2, 3, 4], "when": {"kernel": "poly", "gamma": 2}},
        }
    )
    # linear; rbf with either gamma; poly with gamma 1, and with gamma 2 three degrees
    assert space.size() == 1 + 2 + 1 + 3
    assert len(list(space.grid())) == 7


def test_counting_does_not_list() -> None:
    space = Space.of({name: list(range(100)) for name in "abcdefgh"})
    assert space.size() == 100**8


def test_true_is_not_one() -> None:
    space = Space.of({"bias": [True, False], "more": {"values": [1], "when": {"bias": 1}}})
    assert all("more" not in one for one in space.grid())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"low": 1, "high": 4}, (1, 2, 3, 4)),
        ({"low": 0.0, "high": 1.0, "points": 3}, (0.0, 0.5, 1.0)),
        ({"low": 0.01, "high": 1.0, "log": True, "points": 3}, (0.01, 0.1, 1.0)),
        ({"low": 1, "high": 4, "points": 9}, (1, 2, 3, 4)),
    ],
)
def test_what_a_grid_takes_of_a_range(said: dict[str, object], expected: tuple[float, ...]) -> None:
    assert Parameter.of("x", said).grid() == pytest.approx(expected)


@given(st.integers(0, 2**32 - 1))
def test_draws_stay_in_their_range_and_repeat_with_their_seed(seed: int) -> None:
    space = Space.of(
        {
            "rate": {"low": 0.001, "high": 0.1, "log": True},
            "k": {"low": 1, "high": 9},
            "kind": ["a", "b"],
        }
    )
    first = list(itertools.islice(space.draws(seed), 20))
    assert first == list(itertools.islice(space.draws(seed), 20))
    for one in first:
        assert 0.001 <= one["rate"] <= 0.1
        assert one["k"] in range(1, 10)
        assert one["kind"] in "ab"


def test_a_log_range_gives_each_factor_its_share() -> None:
    one = Parameter("x", low=0.001, high=10.0, log=True)
    chance = random.Random(0)
    logs = [math.log10(one.draw(chance)) for _ in range(4_000)]
    # uniform from -3 to 1: mean -1, standard deviation 4 / sqrt(12)
    error = 4 / math.sqrt(12) / math.sqrt(len(logs))
    assert abs(sum(logs) / len(logs) + 1) < 4 * error


def test_draws_without_end_give_every_setting_once() -> None:
    space = Space.of({"k": {"low": 1, "high": 6}, "kind": ["a", "b"]})
    found = list(space.draws(seed=3))
    assert len(found) == 12
    assert len({tuple(one.items()) for one in found}) == 12


def test_one_value_may_set_several_arguments() -> None:
    space = Space.of({"size": {"values": [5, 9], "sets": ["rows", "columns"]}, "sigma": [1.0]})
    assert [space.arguments(setting) for setting in space.grid()] == [
        ({"rows": 5, "columns": 5, "sigma": 1.0}, {}),
        ({"rows": 9, "columns": 9, "sigma": 1.0}, {}),
    ]
