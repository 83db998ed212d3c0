"""Pooling beside torch's, ties and padding included; what it obeys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from handbook import nn
from handbook.core.errors import HandbookError

SIZES = st.tuples(st.integers(1, 8), st.integers(1, 8))
KERNELS = st.tuples(st.integers(1, 4), st.integers(1, 4))
STRIDES = st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4))
SEEDS = st.integers(0, 2**20)
WAYS: dict[str, Any] = {
    "max": (nn.max_pool2d, nn.max_pool2d_backward, functional.max_pool2d),
    "average": (nn.average_pool2d, nn.average_pool2d_backward, functional.avg_pool2d),
}


@st.composite
def windows(draw: Any) -> tuple[Any, Any, Any, Any]:
    size, kernel, stride = draw(SIZES), draw(KERNELS), draw(STRIDES)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    assume(all(n + 2 * p >= k for n, k, p in zip(size, kernel, padding, strict=True)))
    return size, kernel, stride, padding


def test_the_books_examples() -> None:
    X = np.arange(9).reshape(3, 3)
    assert nn.max_pool2d(X, 2, stride=1).tolist() == [[4, 5], [7, 8]]
    assert nn.average_pool2d(X, 2, stride=1).tolist() == [[2, 3], [5, 6]]
    assert nn.max_pool2d(np.arange(16).reshape(4, 4), 2)[0, 0] == 5


@settings(max_examples=60)
@pytest.mark.parametrize("way", WAYS)
@given(windows(), st.booleans(), SEEDS)
def test_values_and_gradients_are_torchs(way: str, window: Any, ties: bool, seed: int) -> None:
    forward, backward, theirs = WAYS[way]
    size, kernel, stride, padding = window
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, (2, 3, *size)).astype(float) if ties else rng.normal(size=(2, 3, *size))
    given_ = torch.tensor(X, requires_grad=True)
    said = theirs(given_, kernel, stride=stride, padding=padding)
    made = forward(X, kernel, stride=stride, padding=padding)
    assert made == pytest.approx(said.detach().numpy())
    grad = rng.normal(size=made.shape)
    said.backward(torch.tensor(grad))
    back = backward(grad, X, kernel, stride=stride, padding=padding)
    assert back == pytest.approx(given_.grad.numpy())


@given(windows(), SEEDS)
def test_the_mean_is_never_above_the_largest(window: Any, seed: int) -> None:
    size, kernel, stride, _ = window
    assume(all(n >= k for n, k in zip(size, kernel, strict=True)))
    X = np.random.default_rng(seed).normal(size=size)
    largest = nn.max_pool2d(X, kernel, stride=stride)
    assert (nn.average_pool2d(X, kernel, stride=stride) <= largest + 1e-12).all()
    assert nn.max_pool2d(2 * X + 1, kernel, stride=stride) == pytest.approx(2 * largest + 1)


def test_a_window_of_one_changes_nothing() -> None:
    X = np.arange(6.0).reshape(2, 3)
    assert (nn.max_pool2d(X, 1) == X).all()
    assert (nn.average_pool2d(X, 1) == X).all()


def test_padding_is_never_the_largest() -> None:
    assert nn.max_pool2d(-np.ones((2, 2)), 2, padding=1).tolist() == [[-1, -1], [-1, -1]]


def test_a_window_that_could_see_padding_alone_is_an_error() -> None:
    with pytest.raises(HandbookError, match="padding is 2, expected half the window of 2 at most"):
        nn.max_pool2d(np.ones((4, 4)), 2, padding=2)
