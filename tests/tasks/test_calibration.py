"""Observed shares in bins of predicted probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from handbook.tasks.calibration import reliability


def test_the_error_by_hand() -> None:
    # Four rows at 0.25 of which two happen, four at 0.75 of which all happen:
    # (4 * |1/4 - 2/4| + 4 * |3/4 - 4/4|) / 8 = 1/4
    p = np.repeat([0.25, 0.75], 4)
    bins = reliability(p, np.array([1, 1, 0, 0, 1, 1, 1, 1]) == 1)
    assert bins.promised.tolist() == [0.25, 0.75]
    assert bins.observed.tolist() == [0.5, 1.0]
    assert bins.error == 0.25


def test_the_error_of_a_squeezed_probability_in_closed_form() -> None:
    # Predicted p uniform on [0, 1], true with probability p squared: the mean distance is
    # the integral of p - p^2, 1/6; in bins too, since the distance never changes its sign.
    rng = np.random.default_rng(0)
    p = rng.random(400_000)
    bins = reliability(p, rng.random(len(p)) < p**2)
    assert bins.error == pytest.approx(1 / 6, abs=0.003)


def test_a_model_that_is_right_has_the_error_of_chance() -> None:
    rng = np.random.default_rng(1)
    p = np.repeat([0.2, 0.5], 1_000)
    errors = [reliability(p, rng.random(2_000) < p).error for _ in range(200)]
    # The mean distance of a normal variable from its mean is sqrt(2 / pi) deviations.
    expected = np.sqrt(2 / np.pi) * np.mean(np.sqrt(np.array([0.16, 0.25]) / 1_000))
    assert np.mean(errors) == pytest.approx(expected, rel=0.15)


def test_bins_of_equally_many_rows_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(1_000)
    y = rng.random(1_000) < p
    observed, promised = calibration_curve(y, p, n_bins=10, strategy="quantile")
    bins = reliability(p, y)
    assert bins.rows.tolist() == [100] * 10
    # A row that lies on an edge may fall to either side of it.
    assert bins.promised == pytest.approx(promised, abs=0.002)
    assert bins.observed == pytest.approx(observed, abs=0.02)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.booleans()), min_size=1))
def test_rows_of_one_probability_stay_together(rows: list[tuple[float, bool]]) -> None:
    p, y = np.array([p for p, _ in rows]), np.array([y for _, y in rows])
    bins = reliability(p, y)
    assert bins.rows.sum() == len(rows)
    assert bins.happened.sum() == y.sum()
    assert len(bins.rows) <= len(set(p))
    assert 0 <= bins.error <= 1
    assert (np.diff(bins.promised) > 0).all()
