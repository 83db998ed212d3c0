"""The deep convolutional model of 6.8 as an estimator; what it shares with 6.7 is tested there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.models.made_adversaries import creatures, dcgan

from handbook.core.errors import HandbookError
from handbook.models.gan import DCGAN


def test_the_defaults_are_the_handbooks() -> None:
    model = DCGAN()
    assert (model.epochs, model.batch_size, model.learning_rate) == (20, 256, 0.005)
    assert (model.beta1, model.latent_size, model.width) == (0.5, 100, 64)


def test_21_samples_are_kept_before_and_after_each_epoch() -> None:
    model = dcgan().fit(creatures())
    assert model.snapshots_.shape == (3, 21, 64, 64, 3)
    assert model.snapshot_steps_ == [0, 3, 6]
    assert model.sample(2).shape == (2, 64, 64, 3)


def test_it_learns_the_colour_of_what_it_was_shown() -> None:
    images = np.random.default_rng(0).integers(200, 256, (24, 64, 64, 3)).astype(np.uint8)
    images[..., 1] //= 8
    # So short a training ends far from where the next one does: the mean of three.
    made = np.mean(
        [
            dcgan(epochs=20, width=4, random_state=seed).fit(images).sample(21).mean(axis=(0, 1, 2))
            for seed in range(3)
        ],
        axis=0,
    )
    assert made[1] < min(made[0], made[2]) - 25


def test_a_share_is_of_the_batches_of_an_epoch() -> None:
    whole, half = (dcgan(share=share, batch_size=4, epochs=2) for share in (1.0, 0.5))
    assert whole.fit(creatures()).snapshot_steps_ == [0, 6, 12]
    assert half.fit(creatures()).snapshot_steps_ == [0, 3, 6]


@pytest.mark.parametrize(
    "settings", [{}, {"flip": True, "ema": 0.9, "share": 0.5, "channels_last": False}]
)
def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(settings, tmp_path: Path) -> None:
    def kill(row) -> None:
        raise KeyboardInterrupt

    images = creatures()
    whole = dcgan(**settings).fit(images)
    with pytest.raises(KeyboardInterrupt):
        dcgan(**settings).set_checkpoint(tmp_path / "c").set_progress(kill).fit(images)
    model = dcgan(**settings).set_checkpoint(tmp_path / "c").fit(images)
    assert model.state_ == whole.state_
    np.testing.assert_array_equal(model.snapshots_, whole.snapshots_)


def test_grey_images_are_taken_too() -> None:
    assert dcgan(epochs=1).fit(creatures()[..., 0]).sample(1).shape == (1, 64, 64)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "'epochs' .* Got 0"),
        ({"width": 0}, "'width' .* Got 0"),
        ({"share": 0}, "'share' .* Got 0"),
        ({"first_norm": 1}, "'first_norm' .* must be an instance of 'bool'.* Got 1"),
    ],
)
def test_a_bad_setting_is_named(settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        dcgan(**settings).fit(creatures())


def test_images_of_another_size_are_refused() -> None:
    with pytest.raises(HandbookError, match="32x32; expected 64x64"):
        dcgan().fit(creatures()[:, :32, :32])
