"""Images moved and mirrored."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import shift as scipy_shift

from handbook.models.images.augment import flipped, shifted


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(n: int, channels: int = 1, height: int = 7, width: int = 6) -> torch.Tensor:
    size = (n, channels, height, width)
    return torch.randint(1, 256, size, generator=seeded(9), dtype=torch.uint8)


def moves(before: torch.Tensor, after: torch.Tensor, most: int) -> list[tuple[int, int]]:
    """Every move of an image that gives the other, by scipy."""
    matching = []
    for down in range(-most, most + 1):
        for across in range(-most, most + 1):
            moved = scipy_shift(before.numpy(), (0, down, across), order=0, cval=0)
            if np.array_equal(moved, after.numpy()):
                matching.append((down, across))
    return matching


@given(seed=st.integers(0, 2**31), most=st.integers(0, 3), channels=st.sampled_from([1, 3]))
def test_a_shift_is_a_translation_with_zeros(seed: int, most: int, channels: int) -> None:
    images = pictures(5, channels)
    moved = shifted(images, most, seeded(seed))
    assert moved.dtype == torch.uint8
    for before, after in zip(images, moved, strict=True):
        assert len(moves(before, after, most)) == 1


def test_every_move_is_drawn_and_each_image_has_its_own() -> None:
    images = pictures(1).expand(400, -1, -1, -1)
    drawn = [moves(images[0], moved, 1)[0] for moved in shifted(images, 1, seeded())]
    counts = [drawn.count((down, across)) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    # 44 expected of each; the chance of less than 20 for any is below 1e-4
    assert min(counts) >= 20


def test_no_shift_changes_nothing() -> None:
    images = pictures(4)
    assert torch.equal(shifted(images, 0, seeded()), images)


@given(seed=st.integers(0, 2**31))
def test_a_flip_mirrors_whole_images_and_undoes_itself(seed: int) -> None:
    images = pictures(8, channels=3)
    mirrored = flipped(images, seeded(seed))
    assert torch.equal(flipped(mirrored, seeded(seed)), images)
    for before, after in zip(images.numpy(), mirrored.numpy(), strict=True):
        assert np.array_equal(after, before) or np.array_equal(after, np.flip(before, axis=2))


def test_one_image_in_two_is_mirrored() -> None:
    images = pictures(1000)
    changed = (flipped(images, seeded()) != images).flatten(1).any(dim=1)
    assert 440 < int(changed.sum()) < 560  # chance of missing it: 1e-4


@pytest.mark.parametrize("alter", [lambda x, g: shifted(x, 2, g), flipped])
def test_equal_seeds_alter_alike(alter) -> None:
    images = pictures(50)
    assert torch.equal(alter(images, seeded(1)), alter(images, seeded(1)))
    assert not torch.equal(alter(images, seeded(1)), alter(images, seeded(2)))
