"""Weights of images, pixels under kernels, shifts and Waldo: counted again from nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from handbook.labs.examples import layer_parameters, pixel_use, translation, waldo

FIGURE = {"size": 3, "kernel": 2, "padding": 1}
CROWD = {"size": 48, "at": [22, 31], "others": 60, "moved": 9}


def test_a_megapixel_costs_what_its_layers_hold() -> None:
    thousand, million, shared, rounded, kernels = layer_parameters.compute(1000, 1000, [1, 2, 9])
    assert (thousand.computed, million.computed) == (10**9, 10**12)
    assert shared.computed == 1999**2
    assert kernels.computed == [9, 25, 361]
    assert all(result.holds for result in (thousand, million, shared, rounded, kernels))
    assert {result.verdict for result in (thousand, million, rounded)} == {"agrees"}
    assert kernels.book
    assert kernels.book.value == [4, 16, 324]
    assert kernels.verdict == "book differs"


@given(st.integers(1, 30))
def test_offsets_are_the_differences_between_places(side: int) -> None:
    differences = {a - b for a in range(side) for b in range(side)}
    assert layer_parameters.offsets(side) == len(differences)


@given(st.integers(0, 20))
def test_a_kernel_has_a_weight_for_each_offset_it_reaches(reach: int) -> None:
    cells = np.zeros((41, 41))
    cells[20 - reach : 21 + reach, 20 - reach : 21 + reach] = 1
    assert layer_parameters.kernel_weights(reach) == cells.sum()


@given(st.integers(3, 9), st.integers(1, 3), st.integers(0, 2))
def test_pixels_are_used_as_often_as_windows_are_laid_over_them(
    size: int, kernel: int, padding: int
) -> None:
    side = size + 2 * padding
    counts = np.zeros((side, side))
    for row in range(side - kernel + 1):
        for column in range(side - kernel + 1):
            counts[row : row + kernel, column : column + kernel] += 1
    inside = counts[padding : padding + size, padding : padding + size]
    assert pixel_use.uses(size, kernel, padding) == pytest.approx(inside)


def test_a_padded_image_of_three_gives_an_output_of_four() -> None:
    *counts, edge, ends, sizes, output = pixel_use.compute(6, [1, 2, 3], FIGURE)
    assert [np.max(count.computed) for count in counts] == [1, 4, 9]
    assert edge.computed == [[1] * 6, [1, 2, 2, 2, 2, 1], [1, 2, 3, 3, 2, 1]]
    assert ends.computed == [[1, 9], [4, 9], [9, 9]]
    assert (sizes.computed, sizes.verdict) == ([5, 4], "agrees")
    assert output.computed[1][1] == 19  # the book's first number, without padding
    assert output.holds


@given(st.integers(0, 999), st.integers(1, 3))
def test_a_kernels_output_moves_with_the_picture(seed: int, shift: int) -> None:
    results = translation.compute(size=12, kernel=3, shift=shift, seed=seed)
    moved, words, dense, _, largest = results
    assert moved.holds
    assert (words.computed, dense.computed) == ("moved alike", "changed")
    assert largest.holds


def test_what_an_output_did() -> None:
    column = np.array([[1.0], [2.0], [0.0]])
    assert translation.follows(column, column, 1) == "stayed"
    assert translation.follows(column, np.array([[7.0], [2.0], [1.0]]), 1) == "changed"


@pytest.mark.parametrize("seed", range(5))
def test_waldo_is_found_in_any_crowd_and_upside_down_is_not(seed: int) -> None:
    _, where, further, plain, own, turned = waldo.compute(**CROWD, seed=seed)
    assert where.computed == [22, 31]
    assert further.computed == [31, 40]
    assert plain.computed == "something lighter than he"
    assert own.holds
    assert turned.holds
    assert turned.computed < 1


def test_his_score_is_the_sum_of_the_colours_correlations() -> None:
    picture = waldo.scene(24, [5, 7], others=9, seed=3)
    colours = zip(picture, waldo.WALDO, strict=True)
    wanted = sum(correlate2d(layer, him, mode="valid") for layer, him in colours)
    assert waldo.scores(picture, waldo.WALDO, centred=False) == pytest.approx(wanted)
    # Taking off a mean is what taking off each window's even light does.
    light = np.ones_like(picture) * 0.3
    assert waldo.scores(light, waldo.WALDO, centred=True) == pytest.approx(0, abs=1e-9)
