"""Units beside torch's, in value and slope; where large numbers would overflow; what softmax is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from handbook import nn

NUMBERS = st.lists(st.floats(-30, 30), min_size=1, max_size=8).map(np.array)
PAIRS: dict[str, tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = {
    "sigmoid": (nn.sigmoid, nn.sigmoid_derivative, torch.sigmoid),
    "tanh": (nn.tanh, nn.tanh_derivative, torch.tanh),
    "relu": (nn.relu, nn.relu_derivative, torch.relu),
    "leaky relu": (nn.leaky_relu, nn.leaky_relu_derivative, torch.nn.functional.leaky_relu),
}


@pytest.mark.parametrize("name", PAIRS)
@given(x=NUMBERS)
def test_a_unit_and_its_slope_are_torchs(name: str, x: np.ndarray) -> None:
    ours, slope, theirs = PAIRS[name]
    given_ = torch.tensor(x, requires_grad=True)
    said = theirs(given_)
    said.sum().backward()
    assert ours(x) == pytest.approx(said.detach().numpy(), abs=1e-12)
    assert slope(x) == pytest.approx(given_.grad.numpy(), abs=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_the_slope_at_the_kink_is_torchs(name: str) -> None:
    _, slope, theirs = PAIRS[name]
    zero = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    theirs(zero).sum().backward()
    assert slope([0.0]).tolist() == zero.grad.tolist()


def test_a_linear_unit_is_a_line() -> None:
    assert nn.linear([-1, 0, 1], weight=2, bias=1).tolist() == [-1, 1, 3]
    assert nn.linear([4.0]).tolist() == [4]


@given(NUMBERS)
def test_the_sigmoid_is_point_symmetric(x: np.ndarray) -> None:
    assert nn.sigmoid(x) + nn.sigmoid(-x) == pytest.approx(np.ones(len(x)))


def test_nothing_overflows() -> None:
    huge = np.array([-1e300, -1e4, 1e4, 1e300])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert nn.sigmoid(huge).tolist() == [0, 0, 1, 1]
        assert nn.softmax(huge).tolist() == [0, 0, 0, 1]
        assert nn.tanh_derivative(huge / 2).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("x", [10.0, 20.0, -20.0, 300.0])
def test_small_slopes_keep_their_digits(x: float) -> None:
    # cosh(x)^-2, where 1 - tanh(x)^2 is 0 from x = 19 on
    assert float(nn.tanh_derivative(x)) == pytest.approx(np.cosh(x) ** -2, rel=1e-12, abs=0)
    assert float(nn.sigmoid_derivative(x)) == pytest.approx(
        np.exp(-abs(x)) / (1 + np.exp(-abs(x))) ** 2, rel=1e-12, abs=0
    )


@given(NUMBERS, st.floats(-1e3, 1e3))
def test_softmax_gives_shares_and_does_not_see_a_shift(x: np.ndarray, shift: float) -> None:
    shares = nn.softmax(x)
    assert shares.min() > 0
    assert shares.sum() == pytest.approx(1)
    assert nn.softmax(x + shift) == pytest.approx(shares, rel=1e-9)
    assert shares == pytest.approx(special.softmax(x))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_and_its_gradient_are_torchs_along_any_axis(axis: int) -> None:
    rng = np.random.default_rng(3)
    x, grad = rng.normal(size=(2, 3, 4, 5))[:, 0] * 4
    given_ = torch.tensor(x, requires_grad=True)
    said = torch.softmax(given_, dim=axis)
    said.backward(torch.tensor(grad))
    assert nn.softmax(x, axis) == pytest.approx(said.detach().numpy())
    assert nn.softmax_backward(grad, x, axis) == pytest.approx(given_.grad.numpy())
