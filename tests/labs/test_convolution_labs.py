"""The examples of chapter 4: what the handbook prints, and where it is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook.labs.examples import (
    conv2d_layer,
    conv_1x1,
    cross_correlation_vs_convolution,
    edge_detection,
    input_channels,
    learn_kernel,
    output_channels,
    padding,
    pooling,
    receptive_field,
    stride,
)

BAR: dict[str, Any] = {"rows": 6, "columns": 8, "dark": [2, 6], "kernel": [1, -1]}
IMAGE = np.stack([np.arange(9.0), np.arange(9.0) + 1]).reshape(2, 3, 3).tolist()
KERNEL = np.stack([np.arange(4.0), np.arange(4.0) + 1]).reshape(2, 2, 2).tolist()
OURS = {"rate": 0.03, "steps": 20}
LISTED = {"listed_rate": 0.1, "listed_steps": 10}
FIGURE = {"size": 3, "kernel": 2, "padding": 1, "stride": [3, 2]}


def test_upright_edges_are_found_and_lying_ones_are_not() -> None:
    edges, columns, lying, among, alike = edge_detection.compute(**BAR)
    assert edges.computed == [[0, 1, 0, 0, 0, -1, 0]] * 6
    assert columns.computed == [8, 7]
    assert np.shape(lying.computed) == (8, 5)
    assert not np.any(lying.computed)
    assert (among.computed, among.book.value) == ([0], [-1, 0, 1])
    assert (alike.computed, alike.book.value) == (0, 20)


def test_the_kernel_of_the_edges_is_learnt() -> None:
    kernel, exact, losses, listing, _ = learn_kernel.compute(**BAR, **OURS, seed=0, **LISTED)
    assert kernel.computed == pytest.approx([1, -1], abs=0.05)
    assert exact.computed == pytest.approx([1, -1])
    assert all(np.diff(losses.computed) < 0)
    assert (listing.computed, listing.verdict) == ("raises RuntimeError", "book differs")


def test_the_image_wants_gradients_in_the_book_and_not_the_kernel() -> None:
    image = torch.ones(6, 8, requires_grad=True)
    with pytest.raises(RuntimeError, match="in-place"):
        image[:, 2:6] = 0
    layer = torch.nn.Conv2d(1, 1, 2, bias=False)
    assert layer(image[None, None]).shape[2:] == (5, 7)  # which no target with rows of 4 fits


def test_with_the_books_rate_and_steps_the_kernel_is_not_learnt() -> None:
    *_, listed = learn_kernel.compute(**BAR, **OURS, seed=0, **LISTED)
    layer = torch.nn.Conv2d(1, 1, (1, 2), bias=False)
    torch.nn.init.zeros_(layer.weight)
    optimizer, loss = torch.optim.SGD(layer.parameters(), lr=0.1), torch.nn.MSELoss()
    image = torch.ones(1, 1, 6, 8)
    image[..., 2:6] = 0
    edges = torch.nn.functional.conv2d(image, torch.tensor([[[[1.0, -1.0]]]]))
    for _ in range(10):
        optimizer.zero_grad()
        loss(layer(image), edges).backward()
        optimizer.step()
    assert listed.computed == pytest.approx(layer.weight.detach().flatten().tolist(), abs=1e-6)
    assert listed.book is None
    assert listed.computed == pytest.approx([0.2516, -0.2516], abs=1e-4)


@pytest.mark.parametrize("seed", range(1, 6))
def test_it_is_learnt_from_any_beginning(seed: int) -> None:
    results = learn_kernel.compute(**BAR, **OURS, seed=seed, **LISTED)
    assert [one.name for one in results if not one.holds] == []


def test_too_few_steps_fail_the_lab() -> None:
    kernel, *_ = learn_kernel.compute(**BAR, rate=0.03, steps=2, seed=0, **LISTED)
    assert not kernel.holds


def test_learnt_kernels_are_each_others_turn() -> None:
    *_, straight, turned = cross_correlation_vs_convolution.compute(
        size=8, kernel=[[1, 2], [0, -1]], rate=0.1, steps=200, seed=0
    )
    assert straight.computed == [[1, 2], [0, -1]]
    assert turned.computed == [[-1, 0], [2, 1]]


@pytest.mark.parametrize(
    ("kernels", "side"), [([2, 2], 3), ([3, 3], 5), ([2, 3, 4], 7), ([1], 1), ([5], 5)]
)
def test_fields_grow_by_a_kernel_less_one_a_layer(kernels: list[int], side: int) -> None:
    field, ways = receptive_field.compute(size=9, kernels=kernels)
    assert field.computed == [side, side]
    assert field.holds
    assert ways.holds
    assert np.sum(ways.computed) == np.prod(kernels) ** 2  # every choice of a cell a layer


def test_padding_keeps_the_size() -> None:
    shape, output, rule, up, advised, added = padding.compute(size=8, kernel=3, padding=1, seed=0)
    assert (shape.computed, shape.verdict) == ([8, 8], "agrees")
    assert np.shape(output.computed) == (8, 8)
    assert rule.verdict == "agrees"
    assert (advised.computed, advised.book.value) == (10, 8)
    assert (added.computed, added.book.value) == (2, 3)
    assert up.verdict == "book differs"
    pairs = list(zip(up.book.value, up.computed, strict=True))
    assert (len(pairs), sum(a != b for a, b in pairs)) == (108, 39)
    assert {a - b for a, b in pairs} == {0, 1}
    plot = padding.plot(size=8, kernel=3, padding=1, seed=0)
    assert plot["sizes"] == [6, 8, 10]
    assert np.shape(plot["padded"]) == (10, 10)


def test_the_stride_without_padding_is_three_by_three() -> None:
    bare, padded, shape, output = stride.compute(8, 3, 2, 1, FIGURE)
    assert (bare.computed, bare.book.value, bare.verdict) == (
        [1, 1, 3, 3], [1, 1, 4, 4], "book differs",
    )  # fmt: skip
    assert padded.computed == [4, 4]
    assert (shape.computed, shape.book) == ([2, 2], None)  # in the picture, if anywhere
    assert output.computed == [[0, 8], [6, 8]]
    assert stride.plot(8, 3, 2, 1, FIGURE)["windows"] == [[0, 0], [0, 2], [3, 0], [3, 2]]


def test_two_channels_give_fifty_six() -> None:
    first, output, listing, by_hand, names = input_channels.compute(IMAGE, KERNEL)
    assert (first.computed, first.verdict) == (56, "agrees")
    assert output.computed == [[56, 72], [104, 120]]
    assert (listing.computed, listing.verdict) == ("raises RuntimeError", "book differs")
    assert (by_hand.computed, by_hand.fault) == ("raises RuntimeError", "crashes when run")
    assert names.computed == "cross_correlation_multi_channel"


def test_three_kernels_give_three_channels() -> None:
    shape, channels, output = output_channels.compute(IMAGE, KERNEL, channels=3)
    assert (shape.computed, shape.book.value) == ([3, 2, 2, 2], [6, 2, 2])
    assert shape.verdict == "book differs"
    assert channels.computed == 3
    assert output.computed == [
        [[56, 72], [104, 120]],
        [[76, 100], [148, 172]],
        [[96, 128], [192, 224]],
    ]


def test_a_kernel_of_one_cell_is_a_dense_layer_a_pixel() -> None:
    output, pixels, listing, images, weights = conv_1x1.compute(3, inputs=3, outputs=2, seed=0)
    assert np.shape(output.computed) == (2, 3, 3)
    assert pixels.holds
    assert (listing.computed, listing.verdict) == ("raises IndexError", "book differs")
    assert (images.computed, images.verdict) == ("raises RuntimeError", "book differs")
    assert torch.nn.Conv2d(3, 2, 1, bias=False).weight.numel() == weights.computed == 6
    assert weights.book.value == torch.nn.Linear(3 * 3, 2).weight.numel() == 18


def test_pooling_prints_what_the_book_prints() -> None:
    largest, mean, first, *_ = pooling.compute(small=3, large=4, window=2)
    assert largest.computed == [[4, 5], [7, 8]]
    assert mean.computed == [[2, 3], [5, 6]]
    assert first.computed == 5
    assert {one.verdict for one in (largest, mean, first)} == {"agrees"}


@given(st.integers(2, 6), st.integers(2, 3))
def test_a_move_changes_what_torch_pools_where_it_leads_into_another_window(
    side: int, window: int
) -> None:
    if side < window:
        return
    pooled = [
        torch.nn.functional.max_pool2d(torch.eye(side**2)[cell].reshape(1, side, side), window)
        for cell in range(side**2)
    ]
    near = [
        (a, b)
        for a in range(side**2)
        for b in range(side**2)
        if abs(a // side - b // side) + abs(a % side - b % side) == 1
    ]
    changed = [pair for pair in near if not torch.equal(pooled[pair[0]], pooled[pair[1]])]
    assert pooling.moves(side, window) == (len(near), len(changed))
    assert pooling.moves(4, 2) == (48, 16)


@settings(max_examples=10)
@given(st.integers(3, 6), st.integers(1, 3), st.integers(0, 99))
def test_other_sizes_and_seeds_hold(size: int, kernel: int, seed: int) -> None:
    for results in (
        conv2d_layer.compute(size, kernel, 0.25, seed),
        padding.compute(size, kernel, kernel // 2, seed),
        conv_1x1.compute(size, kernel, 2, seed),
        pooling.compute(size, size + 1, 2)[3:],
    ):
        assert [one.name for one in results if not one.holds] == []
