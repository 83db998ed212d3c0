"""What the book lists for its models, run: each against a count or a library of its own."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from handbook.labs.examples import (
    cnn_sizes,
    dcgan_blocks,
    gan_listing,
    lenet_passes,
    rbf_listing,
    som_columns,
)
from handbook.models.cnn import CNN
from handbook.models.gan.deep import DeepDiscriminator, DeepGenerator


@given(st.integers(1, 40), st.integers(1, 15))
def test_loops_are_counted_as_a_loader_gives_batches(images: int, batch_size: int) -> None:
    loader = DataLoader(list(range(images)), batch_size=batch_size)
    once = sum(1 for _ in loader)
    nested = sum(1 for _ in loader for _ in loader)
    found = lenet_passes.compute(images, batch_size, epochs=3)
    assert [one.computed for one in found] == [once, nested, 3 * once]


def test_the_network_fits_the_images_that_its_dense_layer_is_made_for() -> None:
    known = {"channels": 3, "widths": [16, 32], "dense": 128, "classes": 10}
    listing, numbers, shape = cnn_sizes.compute(side=32, sized_for=28, **known)
    assert (listing.computed, listing.verdict) == ("raises RuntimeError", "book differs")
    assert (numbers.computed, numbers.printed) == (2048, 1568)
    assert shape.computed == [2, 10]
    for side in (28, 32, 50):
        ours = cnn_sizes.layers(side=side, **known)(torch.zeros(2, 3, side, side))
        assert ours.shape == CNN((3, side, side))(torch.zeros(2, 3, side, side)).shape


def test_a_flat_discriminator_refuses_images_and_takes_vectors() -> None:
    joined, flat, step = gan_listing.compute(side=28, sizes=[512, 256, 1], every=200, asked=1000)
    assert joined.computed == "raises RuntimeError"
    assert flat.computed == [3, 1]
    assert (step.computed, step.printed) == (1000, 0)


def test_the_blocks_that_fit_are_those_of_the_networks_of_this_project() -> None:
    found = dcgan_blocks.compute(side=64, fitting=3, listed=4)
    assert all(one.holds for one in found)
    assert found[0].printed == dcgan_blocks.generator(4)(torch.zeros(1, 2, 1, 1)).shape[-1]
    point, image = torch.zeros(2, 100), torch.zeros(2, 3, 64, 64)
    assert DeepGenerator(width=2)(point).shape[-1] == found[0].computed
    assert DeepDiscriminator(width=2)(image).numel() == 2 * math.prod(found[1].computed)


def test_a_step_that_needs_a_later_one_fails() -> None:
    first, _ = rbf_listing.compute(["a", "b"])
    assert (first.computed, first.verdict) == ("raises UnboundLocalError", "book differs")


@given(st.sets(st.text("abcdef", min_size=1), min_size=2, max_size=9))
def test_numbered_labels_put_categories_apart_and_one_hot_ones_do_not(names: set[str]) -> None:
    _, apart = rbf_listing.compute(list(names))
    assert apart.computed == pytest.approx([math.sqrt(2)] * 2)
    assert apart.printed == [1.0, len(names) - 1]


def test_the_columns_are_those_of_a_frame_sliced_as_the_program_does() -> None:
    pandas: Any = pytest.importorskip("pandas")
    columns = ["CustomerID", *(f"A{n}" for n in range(1, 15)), "Class"]
    frame = pandas.DataFrame([range(16)], columns=columns)
    features, missed, read = som_columns.compute(14, 1, 13, 13, 14)
    taken = list(frame.iloc[:, 1:13])
    assert features.computed == len(taken)
    assert missed.computed.split(", ") == [n for n in columns[1:-1] if n not in taken]
    assert read.computed.split(", ") == list(frame.iloc[:, [13, 14]])
