"""Cross-correlation beside torch's and SciPy's, the laws that it obeys, and its way back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import signal
from torch.nn import functional

from handbook import nn
from handbook.core.errors import HandbookError

SIZES = st.tuples(st.integers(1, 7), st.integers(1, 7))
KERNELS = st.tuples(st.integers(1, 4), st.integers(1, 4))
PADDINGS = st.tuples(st.integers(0, 3), st.integers(0, 3))
STRIDES = st.tuples(st.integers(1, 4), st.integers(1, 4))
CHANNELS = st.integers(1, 3)
SEEDS = st.integers(0, 2**20)


def fits(size: Any, kernel: Any, padding: Any) -> bool:
    return all(n + 2 * p >= k for n, k, p in zip(size, kernel, padding, strict=True))


def normal(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def tensors(*arrays: np.ndarray) -> list[torch.Tensor]:
    return [torch.tensor(one, requires_grad=True) for one in arrays]


def test_the_books_example() -> None:
    X, K = np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2)
    assert nn.corr2d(X, K).tolist() == [[19, 25], [37, 43]]


def test_two_input_channels_add_up_worked_on_paper() -> None:
    X = np.stack([np.arange(9), np.arange(9) + 1]).reshape(1, 2, 3, 3)
    K = np.stack([np.arange(4), np.arange(4) + 1]).reshape(1, 2, 2, 2)
    # first cell: 0*0 + 1*1 + 3*2 + 4*3 = 19, and 1*1 + 2*2 + 4*3 + 5*4 = 37
    assert nn.corr2d(X, K)[0, 0].tolist() == [[56, 72], [104, 120]]


@given(SIZES, KERNELS, SEEDS)
def test_a_matrix_is_correlated_and_convolved_as_by_scipy(
    size: Any, kernel: Any, seed: int
) -> None:
    assume(fits(size, kernel, (0, 0)))
    X, K = normal(seed, size, kernel)
    assert nn.corr2d(X, K) == pytest.approx(signal.correlate2d(X, K, mode="valid"))
    # SciPy swaps the two where the kernel is the larger; here it never is
    assert nn.conv2d(X, K) == pytest.approx(signal.convolve2d(X, K, mode="valid"))


@settings(max_examples=60)
@given(SIZES, KERNELS, PADDINGS, STRIDES, CHANNELS, CHANNELS, CHANNELS, SEEDS)
def test_values_and_gradients_are_torchs(
    size: Any, kernel: Any, padding: Any, stride: Any, B: int, C: int, D: int, seed: int
) -> None:
    assume(fits(size, kernel, padding))
    X, K, bias = normal(seed, (B, C, *size), (D, C, *kernel), (D,))
    ours = nn.corr2d(X, K, bias, padding=padding, stride=stride)
    theirs = tensors(X, K, bias)
    said = functional.conv2d(*theirs, padding=padding, stride=stride)
    assert ours == pytest.approx(said.detach().numpy())
    (grad,) = normal(seed + 1, ours.shape)
    said.backward(torch.tensor(grad))
    back = nn.corr2d_backward(grad, X, K, padding=padding, stride=stride)
    for one, given_ in zip(back, theirs, strict=True):
        assert one == pytest.approx(given_.grad.numpy())


@settings(max_examples=60)
@given(SIZES, KERNELS, PADDINGS, STRIDES, PADDINGS, CHANNELS, CHANNELS, SEEDS)
def test_a_transposed_convolution_is_torchs(
    size: Any, kernel: Any, padding: Any, stride: Any, more: Any, C: int, D: int, seed: int
) -> None:
    more = tuple(min(extra, step - 1) for extra, step in zip(more, stride, strict=True))
    shape = [
        nn.transposed_output_size(n, k, padding=p, stride=s, output_padding=e)
        for n, k, p, s, e in zip(size, kernel, padding, stride, more, strict=True)
    ]
    assume(min(shape) > 0)
    X, K, bias = normal(seed, (2, C, *size), (C, D, *kernel), (D,))
    ours = nn.transposed_corr2d(X, K, bias, padding=padding, stride=stride, output_padding=more)
    said = functional.conv_transpose2d(
        *tensors(X, K, bias), padding=padding, stride=stride, output_padding=more
    )
    assert ours.shape == (2, D, *shape)
    assert ours == pytest.approx(said.detach().numpy())


@settings(max_examples=40)
@given(SIZES, KERNELS, PADDINGS, STRIDES, CHANNELS, CHANNELS, SEEDS)
def test_the_transpose_moves_to_the_other_side_of_a_product(
    size: Any, kernel: Any, padding: Any, stride: Any, C: int, D: int, seed: int
) -> None:
    assume(fits(size, kernel, padding))
    X, K = normal(seed, (1, C, *size), (D, C, *kernel))
    down = nn.corr2d(X, K, padding=padding, stride=stride)
    (Y,) = normal(seed + 1, down.shape)
    up = nn.transposed_corr2d(
        Y,
        K,
        padding=padding,
        stride=stride,
        output_padding=tuple(
            (n + 2 * p - k) % s for n, k, p, s in zip(size, kernel, padding, stride, strict=True)
        ),
    )
    assert (down * Y).sum() == pytest.approx((X * up).sum())


@given(SIZES, KERNELS, PADDINGS, STRIDES, st.floats(-9, 9), SEEDS)
def test_it_is_linear_in_images_and_in_kernels(
    size: Any, kernel: Any, padding: Any, stride: Any, factor: float, seed: int
) -> None:
    assume(fits(size, kernel, padding))
    X, Y, K, L = normal(seed, (1, 2, *size), (1, 2, *size), (1, 2, *kernel), (1, 2, *kernel))

    def of(images: np.ndarray, kernels: np.ndarray) -> np.ndarray:
        return nn.corr2d(images, kernels, padding=padding, stride=stride)

    assert of(factor * X + Y, K) == pytest.approx(factor * of(X, K) + of(Y, K), abs=1e-9)
    assert of(X, factor * K + L) == pytest.approx(factor * of(X, K) + of(X, L), abs=1e-9)


@given(KERNELS, STRIDES, st.integers(0, 2), st.integers(0, 2), SEEDS)
def test_what_moves_in_moves_out_by_the_stride(
    kernel: Any, stride: Any, down: int, across: int, seed: int
) -> None:
    (patch, K) = normal(seed, (3, 4), kernel)
    X = np.zeros((24, 24))
    X[4:7, 4:8] = patch
    moved = np.roll(X, (down * stride[0], across * stride[1]), axis=(0, 1))
    out = nn.corr2d(X, K, padding=(3, 3), stride=stride)
    assert nn.corr2d(moved, K, padding=(3, 3), stride=stride) == pytest.approx(
        np.roll(out, (down, across), axis=(0, 1))
    )


def test_the_size_formula_holds_for_every_kernel_padding_and_stride() -> None:
    for n in range(1, 9):
        for k in range(1, 5):
            for p in range(4):
                for s in range(1, 5):
                    places = list(range(0, n + 2 * p - k + 1, s))  # counted, one by one
                    if not places:
                        with pytest.raises(HandbookError, match="does not fit"):
                            nn.output_size(n, k, padding=p, stride=s)
                        continue
                    size = nn.output_size(n, k, padding=p, stride=s)
                    assert size == len(places) == (n - k + 2 * p + s) // s
                    made = nn.corr2d(
                        np.ones((n, 5)), np.ones((k, 1)), padding=(p, 0), stride=(s, 1)
                    )
                    assert made.shape == (size, 5)
                    left = (n + 2 * p - k) % s
                    assert n == nn.transposed_output_size(
                        size, k, padding=p, stride=s, output_padding=left
                    )


def test_a_convolution_turns_its_kernel_and_swaps_with_another() -> None:
    A, B, C = normal(5, (9, 9), (2, 3), (3, 2))
    assert nn.conv2d(A, B) == pytest.approx(nn.corr2d(A, np.rot90(B, 2)))
    assert nn.conv2d(nn.conv2d(A, B), C) == pytest.approx(nn.conv2d(nn.conv2d(A, C), B))


def test_inputs_are_left_as_they_are() -> None:
    X, K = normal(6, (1, 1, 4, 4), (1, 1, 2, 2))
    for one in (X, K):
        one.flags.writeable = False
    made = nn.corr2d(X, K, padding=1)
    nn.corr2d_backward(made, X, K, padding=1)
    nn.transposed_corr2d(X, K)


@pytest.mark.parametrize(
    ("X", "K"), [((3, 8, 8), (3, 3, 3)), ((1, 2, 8, 8), (1, 3, 3, 3)), ((8, 8), (1, 1, 3, 3))]
)
def test_kernels_that_do_not_fit_the_images_are_an_error(X: Any, K: Any) -> None:
    with pytest.raises(HandbookError, match=r"corr2d: X is \(.*same C, or two matrices"):
        nn.corr2d(np.ones(X), np.ones(K))
    with pytest.raises(HandbookError, match=r"transposed_corr2d: X is \(.*swap the first two axes"):
        nn.transposed_corr2d(np.ones(X), np.ones(K))


def test_a_step_of_nothing_is_an_error() -> None:
    with pytest.raises(HandbookError, match="stride is 0, expected 1 or more"):
        nn.corr2d(np.ones((3, 3)), np.ones((2, 2)), stride=0)
    with pytest.raises(HandbookError, match=r"padding is \(-1, 0\), expected 0 or more"):
        nn.corr2d(np.ones((3, 3)), np.ones((2, 2)), padding=(-1, 0))
