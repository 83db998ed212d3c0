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
from handbook.labs.result import Result
from handbook.models.gan.deep import DeepDiscriminator, DeepGenerator


def value(result: Result) -> Any:
    """Return what the book has."""
    assert result.book is not None
    return result.book.value


@given(st.integers(1, 40), st.integers(1, 15))
def test_steps_are_counted_as_a_loader_gives_batches(images: int, batch_size: int) -> None:
    loader = DataLoader(list(range(images)), batch_size=batch_size)
    once = sum(1 for _ in loader)
    *found, printed = lenet_passes.compute(images, batch_size, epochs=3, interval=4)
    assert [one.computed for one in found] == [once, 3 * once]
    assert printed.computed == len([1 for batch, _ in enumerate(loader, 1) if not batch % 4])


def test_the_network_fits_the_images_that_its_dense_layer_is_made_for() -> None:
    sizes: dict[str, Any] = {"widths": [16, 32], "dense": 128, "classes": 10}
    listing, numbers, shape = cnn_sizes.compute(channels=3, side=32, sized_for=28, **sizes)
    assert (listing.computed, listing.verdict) == ("raises RuntimeError", "book differs")
    assert (numbers.computed, value(numbers)) == (32_768, 25_088)
    assert shape.computed == [1, 10]
    # A layer that counts what reaches it: nothing is pooled in the book's network.
    lazy = torch.nn.Sequential(
        torch.nn.LazyConv2d(16, 3, padding=1), torch.nn.LazyConv2d(32, 3, padding=1),
        torch.nn.Flatten(), torch.nn.LazyLinear(128),
    )  # fmt: skip
    lazy(torch.zeros(1, 3, 32, 32))
    assert lazy[-1].in_features == numbers.computed
    for side in (28, 32, 50):
        assert cnn_sizes.answer(torch.zeros(2, 3, side, side), side=side, **sizes).shape == (2, 10)
    with pytest.raises(RuntimeError, match=r"'\[-1, 25088\]' is invalid for input of size 32768"):
        cnn_sizes.answer(torch.zeros(1, 3, 32, 32), side=28, **sizes)


def test_a_flat_discriminator_refuses_images_and_takes_vectors() -> None:
    joined, flat, step, passes, names = gan_listing.compute(
        side=28, sizes=[512, 256, 1], every=200, asked=1000, steps=10_000, images=60_000,
        batch_size=128,
    )  # fmt: skip
    assert joined.computed == "raises RuntimeError"
    assert flat.computed == [3, 1]
    assert (step.computed, value(step)) == (1000, 0)
    assert passes.computed == pytest.approx(21.3333, abs=1e-4)
    assert names.computed == "tf, os"


def test_the_blocks_that_fit_are_those_of_the_networks_of_this_project() -> None:
    made, fitting, answer, _, _ = results = dcgan_blocks.compute(side=64, fitting=3, listed=4)
    assert all(result.holds for result in results)
    point, image = torch.zeros(2, 100), torch.zeros(2, 3, 64, 64)
    assert DeepGenerator(width=2)(point).shape[-1] == fitting.computed
    assert DeepDiscriminator(width=2)(image).numel() == 2 * math.prod(answer.computed)
    # The book states 64 pixels, and its generator has a block too many for them.
    assert (value(made), made.computed, made.verdict) == (64, 128, "book differs")


def test_the_discriminator_of_the_book_is_right_and_its_generators_block_is_not() -> None:
    _, _, answer, halved, called = dcgan_blocks.compute(side=64, fitting=3, listed=4)
    assert (answer.computed, answer.verdict) == ([1, 1, 1], "agrees")
    assert (halved.computed, halved.verdict) == ([2, 20, 8, 8], "agrees")
    assert (called.computed, called.fault) == ("raises TypeError", "crashes when run")


def test_a_step_that_needs_a_later_one_fails() -> None:
    names, statement, *_ = rbf_listing.compute(["a", "b"])
    assert names.computed == "K_clust, column, numpy, Cent"
    assert {names.verdict, statement.verdict} == {"book differs"}
    assert statement.computed == "raises SyntaxError"


@given(st.sets(st.text("abcdef", min_size=1), min_size=2, max_size=9))
def test_numbered_labels_put_categories_apart_and_one_hot_ones_do_not(names: set[str]) -> None:
    *_, numbered, one_hot = rbf_listing.compute(list(names))
    assert one_hot.computed == pytest.approx(1)
    assert value(numbered) == pytest.approx(len(names) - 1)  # scaled or not
    assert numbered.verdict == "agrees"


def test_the_columns_are_those_of_a_frame_sliced_as_the_program_does() -> None:
    pandas: Any = pytest.importorskip("pandas")
    columns = ["CustomerID", *(f"A{n}" for n in range(1, 15)), "Class"]
    frame = pandas.DataFrame([range(16)], columns=columns)
    features, missed, read, names = som_columns.compute(14, 1, 13, 13, 14)
    taken = list(frame.iloc[:, 1:13])
    assert features.computed == len(taken)
    assert (value(features), names.computed) == (15, "data, Y, sc")
    assert missed.computed.split(", ") == [n for n in columns[1:-1] if n not in taken]
    assert frame.iloc[:, 1:13].to_numpy().shape[1] < 13
    assert (read.computed, read.fault) == ("raises IndexError", "crashes when run")
