"""The examples of chapters 5 to 8: recurrence, generators, Gaussian units and maps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from handbook.labs.examples import (
    gaussian_rbf,
    leaky_relu_slopes,
    rnn_unrolling,
    som_decay,
    som_step,
    stock_window,
    transposed_conv_shapes,
)

PRICES = [100.0, 110.0, 108.0, 120.0, 115.0]
UP = [
    {"size": 16, "kernel": 4, "stride": 2, "padding": 1},
    {"size": 1, "kernel": 4, "stride": 1, "padding": 0},
]
GROUPS: dict[str, Any] = {
    "distances": [0.0, 1.0, 2.0],
    "widths": [1.0, 2.0],
    "groups": [[0, 0], [4, 0], [2, 4]],
    "spread": 0.4,
    "size": 20,
}


def test_all_three_cells_are_torchs_and_forget_at_different_speeds() -> None:
    results = rnn_unrolling.compute(inputs=3, hidden=4, steps=20, seed=0)
    assert [one.name.split(":")[0] for one in results] == ["RNN"] * 2 + ["LSTM"] * 2 + ["GRU"] * 2
    assert all(one.holds for one in results)
    for reached in (one.computed for one in results[1::2]):
        assert reached[0] < 1e-2 * reached[-1]


def test_the_windows_of_five_prices() -> None:
    windows, line, *cells, p = stock_window.compute(PRICES, 2, 4, [0, 1])
    assert windows.computed == [[100, 110, 108], [110, 108, 120], [108, 120, 115]]
    assert all(result.holds for result in (windows, line, *cells, p))
    slope, level, *_ = np.linalg.lstsq(
        np.column_stack([PRICES[:-1], np.ones(4)]), PRICES[1:], rcond=None
    )[0]
    assert line.computed == pytest.approx(slope * 115 + level)
    assert [result.name.split()[3] for result in cells[::2]] == ["RNNs", "LSTMs"]
    assert all(len(forecasts.computed) == 2 for forecasts in cells[::2])
    assert 1 / 120 <= p.computed <= 1


def test_prices_in_a_row_are_an_order_that_few_others_have() -> None:
    *_, p = stock_window.compute([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 2, [0])
    assert p.holds
    assert p.computed == pytest.approx(2 / 720)  # rising and falling


@pytest.mark.parametrize("cell", stock_window.CELLS)
def test_the_gradient_of_the_forecaster_is_that_of_its_loss(cell: str) -> None:
    network = stock_window.Forecaster(hidden=3, seed=1, kind=stock_window.CELLS[cell])
    rng = np.random.default_rng(2)
    windows, nexts = rng.normal(size=(4, 2)), rng.normal(size=4)
    loss, slope = network.loss(network.weights, windows, nexts)
    found = approx_fprime(network.weights, lambda w: network.loss(w, windows, nexts)[0], 1e-7)
    assert slope == pytest.approx(found, abs=1e-5)
    assert loss == pytest.approx(
        0.5 * np.sum((network.predict(windows) - nexts) ** 2) + 0.5e-4 * np.sum(network.weights**2)
    )


@given(st.lists(st.integers(-99, 99), min_size=3, max_size=6, unique=True))
def test_how_neighbours_go_together_is_the_same_backwards(values: list[int]) -> None:
    series = np.array(values, dtype=float)
    assert stock_window.neighbours_alike(series[::-1]) == pytest.approx(
        stock_window.neighbours_alike(series), abs=1e-6
    )


def test_the_stated_sizes_of_generator_and_discriminator() -> None:
    results = transposed_conv_shapes.compute(up=UP, down=UP[:1], seed=0)
    assert [one.computed for one in results[::2]] == [32, 4, 8]
    assert {one.verdict for one in results[::2]} == {"agrees"}
    assert all(one.holds for one in results)
    lines = transposed_conv_shapes.plot(up=UP, down=UP[:1], seed=0)["lines"]
    assert [line["transposed"] for line in lines] == [True, True, False]


def test_slopes_run_from_relu_to_the_line() -> None:
    results = leaky_relu_slopes.compute(low=-2, high=1, step=0.1, slopes=[0, 0.2, 1])
    x = np.arange(-20, 10) / 10
    flat, leaky, line = (np.array(one.computed) for one in results)
    assert flat == pytest.approx(np.maximum(x, 0))
    assert leaky == pytest.approx(torch.nn.functional.leaky_relu(torch.tensor(x), 0.2).numpy())
    assert line == pytest.approx(x)


@pytest.mark.parametrize("seed", range(3))
def test_the_program_has_a_wider_bell_than_the_text(seed: int) -> None:
    text, code, one, third, centers, width = gaussian_rbf.compute(**GROUPS, seed=seed)
    assert text.computed[0] == pytest.approx([1, math.exp(-1), math.exp(-4)])
    assert code.computed[0] == pytest.approx([1, math.exp(-1 / 4), math.exp(-1)])
    assert code.computed[0] == pytest.approx(text.computed[1])  # at twice the width
    assert (one.verdict, third.verdict) == ("book differs", "book differs")
    # Three forms: written, programmed, and told of the program.
    forms = [one.book.value, one.computed, third.book.value]
    assert forms == pytest.approx([math.exp(-1), math.exp(-1 / 4), math.exp(-1 / 2)])
    assert centers.holds
    assert width.holds


def test_radius_and_rate_fall_by_the_same_factor() -> None:
    radius, rate, end, influence = som_decay.compute(
        sigma=5, rate=0.5, steps=1000, at=[0, 500, 1000], nodes=11
    )
    assert radius.computed == pytest.approx([5, math.sqrt(5), 1])
    assert rate.computed == pytest.approx([0.5, 0.5 / math.sqrt(5), 0.1])
    assert end.computed == pytest.approx(1)
    assert influence.holds
    assert np.argmax(influence.computed[2]) == 5
    assert influence.computed[2][4] == pytest.approx(math.exp(-0.5))


def test_the_plotted_step_is_the_computed_one() -> None:
    nodes, x = [[0.0, 0.0], [0.4, 0.0]], [1.0, 0.0]
    plot = som_step.plot(nodes, x, rate=0.5)
    assert (plot["unit"], plot["before"]) == (2, [0.4, 0.0])
    assert plot["after"] == pytest.approx([0.7, 0])
    assert plot["distances"] == pytest.approx([1, 0.6])
