"""Distances between sets of features, against closed forms and other implementations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg
from scipy.spatial.distance import cdist

from handbook.tasks import frechet
from handbook.tasks.frechet import frechet_distance, precision_and_recall, total_variation


def features(n: int = 300, d: int = 6, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)) @ random.normal(size=(d, d)) + 3


# --- Fréchet distance ---------------------------------------------------------------------------


def test_equal_sets_are_at_distance_0() -> None:
    real = features()
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(real, real[::-1]) == pytest.approx(0, abs=1e-9)


def test_a_shift_costs_its_square() -> None:
    real, shift = features(), np.array([1.0, -2.0, 0, 0, 0, 3.0])
    assert frechet_distance(real, real + shift) == pytest.approx(14)


def test_spreads_along_the_axes_cost_the_squares_of_their_differences() -> None:
    first, second = np.array([1.0, 2.0, 0.0, 5.0]), np.array([3.0, 2.0, 1.5, 0.0])
    raw = features(50, 4)
    plain, _ = np.linalg.qr(raw - raw.mean(axis=0))
    plain *= np.sqrt(49)  # mean 0, covariance 1
    measured = frechet_distance(plain * first, plain[::-1] * second)
    assert measured == pytest.approx(np.sum((first - second) ** 2))


def test_one_feature_is_enough() -> None:
    real, made = np.array([[0.0], [2.0]]), np.array([[1.0], [7.0]])
    # means 1 and 4; deviations sqrt(2) and sqrt(18), whose difference is sqrt(8)
    assert frechet_distance(real, made) == pytest.approx(9 + 8)


def test_it_is_the_usual_formula_with_a_square_root_of_a_product() -> None:
    real, made = features(seed=1), features(seed=2)
    first, second = np.cov(real, rowvar=False), np.cov(made, rowvar=False)
    root = linalg.sqrtm(first @ second).real
    expected = np.sum((real.mean(0) - made.mean(0)) ** 2) + np.trace(first + second - 2 * root)
    assert frechet_distance(real, made) == pytest.approx(expected)


def test_features_that_never_change_or_repeat_others_are_no_trouble() -> None:
    real = features()
    wide = np.hstack([real, real, np.zeros((300, 4))])  # rank 6 of 16
    moved = wide + np.eye(16)[15]
    assert frechet_distance(wide, wide) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(wide, moved) == pytest.approx(1)
    # fewer rows than features
    assert np.isfinite(frechet_distance(wide[:5], moved[:7]))


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 5), st.floats(0.1, 10))
def test_it_is_a_distance(seed: int, d: int, scale: float) -> None:
    real, made = features(20, d, seed), scale * features(30, d, seed + 1)
    distance, back = frechet_distance(real, made), frechet_distance(made, real)
    assert distance >= 0
    assert distance == pytest.approx(back, rel=1e-6, abs=1e-9)
    # turned together they stay as far apart, and stretched together by its square
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    assert frechet_distance(real @ turn, made @ turn) == pytest.approx(distance, rel=1e-6, abs=1e-8)
    assert frechet_distance(3 * real, 3 * made) == pytest.approx(9 * distance, rel=1e-6, abs=1e-8)


# --- precision and recall -----------------------------------------------------------------------


def plain(real: np.ndarray, made: np.ndarray, k: int) -> tuple[float, float]:
    """By definition 2 of Kynkäänniemi et al. (2019), point by point."""

    def share(points: np.ndarray, support: np.ndarray) -> float:
        radii = np.sort(cdist(support, support), axis=1)[:, k]  # 0 is the point itself
        inside = [
            any(np.linalg.norm(point - centre) <= radius
                for centre, radius in zip(support, radii, strict=True))
            for point in points
        ]  # fmt: skip
        return float(np.mean(inside))

    return share(made, real), share(real, made)


@pytest.mark.parametrize("k", [1, 3])
def test_it_is_the_papers_definition(k: int) -> None:
    real, made = features(80, 3, 1), features(60, 3, 2) + 1
    measured = precision_and_recall(real, made, k)
    assert measured == pytest.approx(plain(real, made, k))
    assert 0 < measured[0] < 1
    assert 0 < measured[1] < 1


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = features(83, 3, 1), features(67, 3, 2) + 1
    whole = precision_and_recall(real, made)
    monkeypatch.setattr(frechet, "_BLOCK", 9)
    assert precision_and_recall(real, made) == whole


def test_equal_sets_have_both_and_far_ones_neither() -> None:
    real = features()
    assert precision_and_recall(real, real) == (1.0, 1.0)
    assert precision_and_recall(real, real + 1000) == (0.0, 0.0)


def test_one_good_image_again_and_again_is_precise_and_recalls_little() -> None:
    real = features(200)
    made = real[:1] + 1e-3 * np.random.default_rng(0).normal(size=(200, 6))
    precision, recall = precision_and_recall(real, made)
    assert precision == 1
    assert recall < 0.02


# --- histograms ---------------------------------------------------------------------------------


def test_total_variation_goes_from_0_to_1() -> None:
    assert total_variation(np.array([1, 2, 3]), np.array([10, 20, 30])) == 0
    assert total_variation(np.array([4, 0]), np.array([0, 9])) == 1
    assert total_variation(np.array([1, 1]), np.array([3, 1])) == 0.25
