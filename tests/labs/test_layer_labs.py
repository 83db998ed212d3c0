"""Units and layers of chapter 3 beside what the handbook says of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook.labs.examples import conv_layer, dense_layer, lstm_layer, units

LINE = {"low": -5, "high": 5, "points": 100, "weight": 2, "bias": 1, "slope": 0.01}


def test_the_units_on_the_books_hundred_points() -> None:
    linear, sigmoid, relu, leaky, softmax, *_ = units.compute(**LINE, large=[1000, 1001])
    assert linear.computed[0] == -9
    assert linear.computed[-1] == 11
    assert sigmoid.computed[0] == pytest.approx(1 / (1 + np.e**5))
    assert relu.computed[0] == 0
    assert leaky.computed[0] == pytest.approx(-0.05)
    assert sum(softmax.computed) == pytest.approx(1)
    assert len(softmax.computed) == 100


def test_softmax_overflows_only_without_the_maximum() -> None:
    *_, listing, shares = units.compute(**LINE, large=[1000, 1001])
    assert (listing.computed, listing.book) == ("raises FloatingPointError", None)
    assert shares.computed == pytest.approx([1 / (1 + np.e), np.e / (1 + np.e)])


def test_small_numbers_do_not_overflow_and_fail_the_lab() -> None:
    *_, listing, _ = units.compute(**LINE, large=[1.0, 2.0])
    assert listing.computed == "runs"
    assert not listing.holds


def test_the_plotted_slopes_are_those_of_the_plotted_values() -> None:
    plot = units.plot(**LINE | {"points": 1001}, large=[0.0])
    for unit in plot["units"]:
        if unit["name"].startswith("softmax"):
            continue  # its numbers depend on each other
        found = np.gradient(unit["values"], plot["x"])
        away = np.abs(plot["x"]) > 0.02  # from the kink
        assert np.array(unit["slopes"])[away] == pytest.approx(found[away], abs=1e-3)


def test_the_books_layers_have_the_books_shapes() -> None:
    shape, outputs, *_ = dense_layer.compute(samples=100, inputs=10, outputs=5, seed=0)
    assert shape.computed == [100, 5]
    assert 0 < np.min(outputs.computed) < np.max(outputs.computed) < 1
    shape, *_ = conv_layer.compute(batch=10, size=10, filters=8, kernel=3, seed=0)
    assert shape.computed == [10, 8, 8, 8]
    assert shape.verdict == "agrees"


@settings(max_examples=10)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_layers_of_any_size_and_seed_hold(a: int, b: int, c: int, seed: int) -> None:
    for results in (
        dense_layer.compute(a, b, c, seed),
        conv_layer.compute(a, b + 3, c, 3, seed),
        lstm_layer.compute(a, b, c + 1, seed),
    ):
        assert [one.name for one in results if not one.holds] == []


def test_gates_without_recurrent_weights_do_not_know_what_came_before() -> None:
    *_, moved = lstm_layer.compute(inputs=10, hidden=5, steps=10, seed=0)
    assert moved.holds
    assert np.abs(moved.computed).max() > 0.01
    assert not np.any(moved.book.value)
    assert moved.verdict == "book differs"


def test_the_read_states_are_those_of_torch() -> None:
    rng = np.random.default_rng(4)
    cell, X = lstm_layer.LSTMCell.random(3, 2, rng), rng.normal(size=(6, 3))
    found = lstm_layer.read(cell, X)
    module = torch.nn.LSTM(3, 2).double()
    with torch.no_grad():
        for parameter, weight in zip(
            module.parameters(), (cell.W, cell.U, cell.b, cell.c), strict=True
        ):
            parameter.copy_(torch.tensor(weight))
        said, (_, memory) = module(torch.tensor(X))
    assert found["hidden state"] == pytest.approx(said.numpy())
    assert found["cell state"][-1] == pytest.approx(memory[0].numpy())
    assert found["forget gate"].shape == (6, 2)
