"""The adversarial model of 6.7 as an estimator, and what it shares with that of 6.8."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_get_params_invariance, check_set_params
from tests.models.made_adversaries import creatures, dcgan, gan, marks

from handbook.core.errors import HandbookError
from handbook.models.gan import GAN
from handbook.training import saving

BOTH = [lambda **more: (gan(**more), marks()[0]), lambda **more: (dcgan(**more), creatures())]
VARIETIES = [
    {},
    {"loss": "wasserstein", "critic_steps": 2},
    {"conditional": True},
    {"discriminator": "convolutional", "ema": 0.9, "schedule": "cosine"},
    {"channels_last": False},
]


# --- what is learned ----------------------------------------------------------------------------


def test_it_makes_what_it_was_shown() -> None:
    images, _ = marks(200)
    made = (
        gan(n_steps=200, snapshot_every=200, width=16, learning_rate=2e-3).fit(images).sample(200)
    )
    # always bright in the upper left, always dark in the lower right
    assert made[:, :4, :4].mean() > 150
    assert made[:, 4:, 4:].mean() < 60


@pytest.mark.parametrize(
    ("loss", "discriminator"), [("standard", "dense"), ("wasserstein", "convolutional")]
)
def test_what_is_made_carries_the_label_that_was_asked_for(loss, discriminator) -> None:
    images, labels = marks(200)
    model = gan(
        n_steps=400, snapshot_every=400, width=16, conditional=True, loss=loss, critic_steps=2,
        learning_rate=2e-3, discriminator=discriminator, discriminator_width=8,
    ).fit(images, np.where(labels, "left", "top"))  # fmt: skip
    assert list(model.classes_) == ["left", "top"]
    for label, bright, dark in (("top", np.s_[:4, 4:], np.s_[4:, :4]),
                                ("left", np.s_[4:, :4], np.s_[:4, 4:])):  # fmt: skip
        made = model.sample(50, labels=label)
        assert (made[:, *bright].mean(axis=(1, 2)) > made[:, *dark].mean(axis=(1, 2)) + 50).all()


def test_labels_are_drawn_as_often_as_they_were_seen() -> None:
    images, _ = marks(90)
    model = gan(conditional=True, n_steps=2).fit(images, np.repeat([0, 1, 2], [10, 20, 60]))
    np.testing.assert_allclose(model.class_shares_, [1 / 9, 2 / 9, 6 / 9])
    drawn = model._wanted(None, 3000, np.random.RandomState(0))
    np.testing.assert_allclose(np.bincount(drawn) / 3000, model.class_shares_, atol=0.03)


# --- history and snapshots ----------------------------------------------------------------------


def test_the_history_has_both_losses_and_both_answers() -> None:
    seen = []
    model = gan().set_progress(seen.append).fit(marks()[0])
    assert seen == model.history_
    assert [row["epoch"] for row in model.history_] == [1, 2, 3]
    assert set(model.history_[0]) == {
        "epoch", "loss", "discriminator_loss", "real_answer", "made_answer", "learning_rate",
    }  # fmt: skip
    assert all(0 < row["real_answer"] < 1 and 0 < row["made_answer"] < 1 for row in seen)


@pytest.mark.parametrize(("images", "shape"), [
    (marks()[0], (4, 25, 8, 8)),
    (marks()[0][..., None], (4, 25, 8, 8, 1)),
    (marks()[0][..., None].repeat(3, axis=3), (4, 25, 8, 8, 3)),
])  # fmt: skip
def test_the_same_latent_points_are_pictured_before_and_after_each_epoch(images, shape) -> None:
    model = gan().fit(images)
    assert model.snapshot_steps_ == [0, 2, 4, 6]
    assert model.snapshots_.shape == shape
    assert model.snapshots_.dtype == np.uint8
    assert model.sample(2).shape == (2, *images.shape[1:])


# --- samples ------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", BOTH)
def test_an_image_depends_on_its_own_latent_point_alone(made) -> None:
    model, images = made()
    model.fit(images)
    many, few = model.sample(40), model.sample(3)
    # normalisation has no part in it; the last bit may differ with the size of a batch
    assert np.abs(many[:3].astype(int) - few).max() <= 1


def test_samples_come_from_the_seed_that_is_given() -> None:
    model = gan().fit(marks()[0])
    np.testing.assert_array_equal(model.sample(5), model.sample(5, random_state=0))
    assert (model.sample(5, random_state=0) != model.sample(5, random_state=1)).any()
    assert model.sample(0).shape == (0, 8, 8)


def test_a_way_begins_and_ends_at_samples_of_the_same_points() -> None:
    model = gan().fit(marks()[0])
    way = model.interpolate(3, 5, random_state=4)
    assert way.shape == (3, 5, 8, 8)
    ends = model.sample(6, random_state=4).reshape(2, 3, 8, 8).astype(int)
    assert np.abs(way[:, 0] - ends[0]).max() <= 1
    assert np.abs(way[:, -1] - ends[1]).max() <= 1


# --- determinism and resumption -----------------------------------------------------------------


@pytest.mark.parametrize("settings", VARIETIES)
def test_equal_seeds_give_equal_bytes(settings) -> None:
    images, labels = marks()
    first, second, other = (
        gan(**settings | {"random_state": seed}).fit(images, labels) for seed in (3, 3, 4)
    )
    assert first.state_ == second.state_ != other.state_
    np.testing.assert_array_equal(first.snapshots_, second.snapshots_)


class Killed(Exception):
    pass


def kill(row) -> None:
    if row["epoch"] == 2:
        raise Killed


@pytest.mark.parametrize("settings", VARIETIES)
def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(settings, tmp_path: Path) -> None:
    images, labels = marks()
    whole = gan(**settings).fit(images, labels)
    with pytest.raises(Killed):
        gan(**settings).set_checkpoint(tmp_path / "c", "k").set_progress(kill).fit(images, labels)
    seen = []
    model = gan(**settings).set_checkpoint(tmp_path / "c", "k").set_progress(seen.append)
    model.fit(images, labels)
    assert [row["epoch"] for row in seen] == [1, 2, 3]
    assert model.state_ == whole.state_
    assert model.history_ == whole.history_
    np.testing.assert_array_equal(model.snapshots_, whole.snapshots_)
    assert model.snapshot_steps_ == whole.snapshot_steps_


def test_the_global_generator_is_neither_used_nor_changed() -> None:
    torch.manual_seed(1)
    first = gan().fit(marks()[0])
    drawn = torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(1), drawn)
    torch.manual_seed(2)
    assert gan().fit(marks()[0]).state_ == first.state_


def test_mixed_precision_trains() -> None:
    pytest.importorskip("lightning_fabric")
    model = gan(precision="bf16-mixed", n_steps=2).fit(marks()[0])
    assert model.sample(2).shape == (2, 8, 8)


# --- as an estimator ----------------------------------------------------------------------------


@pytest.mark.parametrize("made", BOTH)
def test_it_keeps_scikit_learns_rules_for_parameters(made) -> None:
    model, images = made()
    check_get_params_invariance(type(model).__name__, model)
    check_set_params(type(model).__name__, model)
    assert clone(model).get_params() == model.get_params()
    assert get_tags(model).estimator_type == "generator"
    assert get_tags(model).input_tags.three_d_array
    assert not get_tags(model).input_tags.two_d_array
    with pytest.raises(NotFittedError):
        model.sample(1)
    assert model.fit(images) is model


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_makes_the_same_without_what_is_transient(copied) -> None:
    model = gan(conditional=True).set_progress(print).fit(*marks())
    other = copied(model)
    np.testing.assert_array_equal(model.sample(9), other.sample(9))
    assert not hasattr(other, "_progress")


@pytest.mark.parametrize("made", BOTH)
def test_it_is_saved_and_loaded_without_pickle(made, tmp_path: Path) -> None:
    model, images = made()
    model.fit(images)
    saving.save(model, tmp_path / "model.skops")
    other = saving.load(tmp_path / "model.skops")
    np.testing.assert_array_equal(model.sample(4), other.sample(4))
    np.testing.assert_array_equal(model.snapshots_, other.snapshots_)


def test_a_label_beside_the_images_changes_nothing_of_a_plain_model() -> None:
    images, labels = marks()
    assert gan().fit(images).state_ == gan().fit(images, labels).state_


# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_steps": 7}, "'n_steps' .* must be a multiple of snapshot_every, 2.* Got 7"),
        ({"n_steps": 0}, "'n_steps' .* Got 0"),
        ({"snapshot_every": 0}, "'snapshot_every' .* Got 0"),
        ({"loss": "wassertein"}, "'loss' .*'wasserstein'.* Got 'wassertein'"),
        ({"discriminator": "dens"}, "'discriminator' .*'dense'.* Got 'dens'"),
        ({"batch_size": 1}, "'batch_size' .* Got 1"),
        ({"beta1": 1.0}, "'beta1' .* Got 1.0"),
        ({"ema": 1.0}, "'ema' .* Got 1.0"),
        ({"width": 1}, "'width' .* Got 1"),
        ({"penalty": -1}, "'penalty' .* Got -1"),
        ({"critic_steps": 0}, "'critic_steps' .* Got 0"),
        ({"learning_rate": float("nan")}, "'learning_rate' .* Got nan"),
        ({"discriminator_learning_rate": -1}, "'discriminator_learning_rate' .* Got -1"),
        ({"schedule": "cosin"}, "'schedule' .*'cosine'.* Got 'cosin'"),
        (
            {"loss": "wasserstein", "devices": 2},
            "'devices' .* must be 1 with the Wasserstein .* Got 2",
        ),
    ],
)
def test_a_bad_setting_is_named(settings, message) -> None:
    with pytest.raises((ValueError, HandbookError), match=message):
        gan(**settings).fit(marks()[0])


def test_a_training_that_diverges_stops() -> None:
    with pytest.raises(HandbookError, match=r"became (nan|inf|-inf) in epoch"):
        gan(n_steps=400, snapshot_every=200, loss="wasserstein", learning_rate=1e18).fit(marks()[0])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((4, 8, 8)), "uint8"),
        (np.zeros((4, 64), np.uint8), "shape"),
        (np.zeros((1, 8, 8), np.uint8), "expected at least 2"),
        (np.zeros((4, 9, 8), np.uint8), "9x8; expected sides that 4 divides"),
    ],
)
def test_bad_images_are_named(X, message) -> None:
    with pytest.raises(HandbookError, match=message):
        gan().fit(X)


def test_a_conditional_model_needs_labels_and_a_plain_one_has_none() -> None:
    images, labels = marks()
    with pytest.raises(HandbookError, match="96 images but no labels"):
        gan(conditional=True).fit(images)
    with pytest.raises(HandbookError, match=r"96 images but labels of shape \(3,\)"):
        gan(conditional=True).fit(images, labels[:3])
    with pytest.raises(HandbookError, match="was not trained with any"):
        gan().fit(images).sample(2, labels=1)
    with pytest.raises(HandbookError, match=r"asked for label .*7.*; it was trained with 0, 1"):
        gan(conditional=True).fit(images, labels).sample(2, labels=[0, 7])


def test_weights_of_another_network_are_refused() -> None:
    model = copy.deepcopy(gan().fit(marks()[0]))
    model.width = 16
    with pytest.raises(HandbookError, match="another network"):
        model.sample(1)


def test_the_defaults_are_the_handbooks() -> None:
    model = GAN()
    assert (model.n_steps, model.batch_size, model.learning_rate, model.beta1) == (
        10_000, 128, 2e-4, 0.5,
    )  # fmt: skip
    assert (model.latent_size, model.snapshot_every, model.discriminator) == (100, 200, "dense")
