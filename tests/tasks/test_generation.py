"""Generators are judged against held-out images, through features that are not theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags

from handbook.core.errors import HandbookError
from handbook.tasks import generation


class Stripes:
    """A judge that sees four random projections, and whether the left half is the brighter one."""

    def __init__(self, seed: int = 0) -> None:
        self.axes = np.random.default_rng(seed).normal(size=(64, 4)) / 255

    def features(self, X):
        return X.reshape(len(X), -1) @ self.axes

    def predict(self, X):
        left, right = X[:, :, :4].mean(axis=(1, 2)), X[:, :, 4:].mean(axis=(1, 2))
        return (left > right).astype(np.int64)


class Copies:
    """A generator that gives images back, some of them flipped."""

    def __init__(self, images, flipped: int = 0) -> None:
        self.images, self.flipped = images.copy(), flipped
        self.images[:flipped] = self.images[:flipped, :, ::-1]

    def sample(self, n, random_state=0):
        return self.images[:n]


def halves(n: int = 60, seed: int = 0) -> np.ndarray:
    """Draw 8x8 images that are brighter on the left in every other one."""
    random = np.random.default_rng(seed)
    images = random.integers(0, 60, (n, 8, 8))
    images[::2, :, :4] += 150
    images[1::2, :, 4:] += 150
    return images.astype(np.uint8)


def test_the_table_holds_the_classes_that_the_judge_sees_and_the_features_lie_beside_it() -> None:
    real, judge = halves(), Stripes()
    made = halves(seed=1)
    predictions = generation.predict(Copies(made), real, 2, judge)
    assert list(predictions.table.columns) == ["real_class", "made_class"]
    for part, images in (("real", real), ("made", made)):
        features = predictions.features[part]
        assert features.dtype == np.float32
        np.testing.assert_array_equal(features, judge.features(images).astype(np.float32))
        np.testing.assert_array_equal(predictions.table[f"{part}_class"], judge.predict(images))


def test_without_a_judge_nothing_is_seen() -> None:
    with pytest.raises(HandbookError, match="name one for the data set under `judges`"):
        generation.predict(Copies(halves()), halves(), 2)


def test_the_layout_of_a_judges_features_has_no_influence() -> None:
    class Turned(Stripes):
        def features(self, X):
            return np.asfortranarray(super().features(X))

    model, real = Copies(halves(seed=1)), halves()
    plain, turned = (generation.predict(model, real, 2, judge) for judge in (Stripes(), Turned()))
    assert generation.score(None, plain) == generation.score(None, turned)


def test_a_perfect_copy_has_the_best_scores() -> None:
    real = halves()
    metrics, undefined = generation.score(
        None, generation.predict(Copies(real), real, 2, Stripes())
    )
    assert metrics["frechet_distance"] == pytest.approx(0, abs=1e-5)
    assert metrics["sample_precision"] == metrics["sample_recall"] == 1
    assert metrics["class_distance"] == 0
    assert undefined == {}


def test_a_class_that_is_made_too_often_is_seen() -> None:
    real = halves()
    # 15 of 30 left ones become right ones: shares 1/4 and 3/4
    table = generation.predict(
        Copies(np.concatenate([real[::2], real[1::2]]), 15), real, 2, Stripes()
    )
    assert generation.score(None, table)[0]["class_distance"] == pytest.approx(0.25)


def test_the_score_is_of_the_predictions_alone() -> None:
    predictions = generation.predict(Copies(halves(seed=1)), halves(), 2, Stripes())
    assert generation.score(None, predictions) == generation.score(np.arange(60), predictions)


def test_a_large_test_set_is_thinned_and_drawn_with_a_fixed_seed(monkeypatch) -> None:
    monkeypatch.setattr(generation, "MOST", 20)
    real = halves()
    first, second = (generation.predict(Copies(halves(seed=1)), real, 2, Stripes()) for _ in "ab")
    assert len(first.table) == 20
    pd.testing.assert_frame_equal(first.table, second.table)
    for part in ("real", "made"):
        np.testing.assert_array_equal(first.features[part], second.features[part])
    judged = {tuple(row) for row in Stripes().features(real).astype(np.float32).tolist()}
    rows = {tuple(row) for row in first.features["real"].tolist()}
    assert len(rows) == 20
    assert rows <= judged


def test_too_few_images_leave_metrics_undefined() -> None:
    single = halves(1)
    metrics, undefined = generation.score(
        None, generation.predict(Copies(single), single, 2, Stripes())
    )
    assert metrics["frechet_distance"] is metrics["sample_precision"] is None
    assert undefined["frechet_distance"] == "1 image has no covariance"
    three = halves(3)
    metrics, undefined = generation.score(
        None, generation.predict(Copies(three), three, 2, Stripes())
    )
    assert metrics["frechet_distance"] is not None
    assert undefined["sample_recall"] == "3 images have no 3 nearest neighbours"


# --- the ends of the scale ----------------------------------------------------------------------


def test_noise_has_each_pixels_own_distribution_and_no_shape() -> None:
    images = np.zeros((1000, 2, 2), np.uint8)
    images[:250, 0] = 200  # the upper pixels are bright together, in a quarter of the images
    made = generation.PixelNoise().fit(images).sample(4000, random_state=1)
    assert made.dtype == np.uint8
    assert made.shape == (4000, 2, 2)
    assert not made[:, 1].any()
    bright = made[:, 0] == 200
    np.testing.assert_allclose(bright.mean(axis=0), 0.25, atol=0.03)
    assert bright.all(axis=1).mean() == pytest.approx(1 / 16, abs=0.02)
    # as many as are asked for, whatever the blocks
    np.testing.assert_array_equal(
        generation.PixelNoise().fit(images).sample(7, random_state=3),
        generation.PixelNoise().fit(images).sample(7, random_state=3),
    )


def test_resampled_gives_each_training_image_once_before_any_again() -> None:
    images = halves(30)
    model = generation.Resampled().fit(images)

    def positions(n: int) -> list[int]:
        made = model.sample(n, random_state=2)
        return [int((images == image).all(axis=(1, 2)).argmax()) for image in made]

    assert len(set(positions(20))) == 20
    assert sorted(np.bincount(positions(45), minlength=30)) == [1] * 15 + [2] * 15


def test_the_ends_are_near_and_far() -> None:
    ends = generation.ends(halves(200, seed=1), halves(100), 2, Stripes())
    assert ends["real"]["frechet_distance"] < 0.05
    assert ends["noise"]["frechet_distance"] > 20 * ends["real"]["frechet_distance"]
    assert ends["real"]["sample_recall"] > 0.8


def test_the_baseline_is_noise_and_takes_images() -> None:
    model = generation.baseline()
    assert isinstance(model, generation.PixelNoise)
    assert get_tags(model).estimator_type == "generator"
    assert get_tags(model).input_tags.three_d_array
    assert clone(model).fit(halves()).sample(2).shape == (2, 8, 8)


# --- folds and searches -------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [None, np.arange(10) // 2])
def test_every_row_is_held_out_once_and_groups_stay_together(groups) -> None:
    splits = list(generation.folds(np.zeros(10), 5, 0, groups))
    assert len(splits) == 5
    assert sorted(np.concatenate([held for _, held in splits])) == list(range(10))
    for fitted, held in splits:
        assert not set(fitted) & set(held)
        if groups is not None:
            assert not set(groups[fitted]) & set(groups[held])


def test_a_search_needs_a_judge() -> None:
    assert generation.primary(2) == "frechet_distance"
    with pytest.raises(HandbookError, match="needs a judge"):
        generation.scorer(2)
