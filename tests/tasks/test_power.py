"""The difference that a comparison over folds could have seen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from handbook.tasks.pairwise import corrected_t_test
from handbook.tasks.power import detectable, power_of


@pytest.mark.parametrize(("folds", "difference"), [(3, 2.0), (5, 3.0), (20, 3.0)])
def test_it_is_the_noncentral_t_distribution(folds: int, difference: float) -> None:
    reach = stats.t.isf(0.025, folds - 1)
    both = stats.nct.sf(reach, folds - 1, difference) + stats.nct.cdf(-reach, folds - 1, difference)
    assert power_of(difference, folds, 0.05) == pytest.approx(both, abs=1e-6)


def test_of_many_folds_it_is_that_of_the_normal_distribution() -> None:
    # 1.96 + 0.84
    assert detectable(100_000, 0.05) == pytest.approx(
        stats.norm.isf(0.025) + stats.norm.isf(0.2), abs=1e-3
    )


def test_fewer_folds_and_more_pairs_see_less() -> None:
    assert detectable(3, 0.05) > detectable(5, 0.05) > detectable(10, 0.05)
    assert detectable(5, 0.05 / 378) > 4 * detectable(5, 0.05)
    assert power_of(detectable(5, 0.05 / 378), 5, 0.05 / 378) == pytest.approx(0.8)


def test_the_corrected_test_finds_it_in_four_of_five_cases() -> None:
    # Scores whose mean varies as the correction says: what all folds share has variance s^2 share.
    rng = np.random.default_rng(0)
    folds, share, rounds = 5, 0.25, 2_000
    error = np.sqrt(1 / folds + share)
    true = detectable(folds, 0.05) * error
    own, common = rng.normal(size=(rounds, folds)), rng.normal(size=(rounds, 1)) * np.sqrt(share)
    p = [corrected_t_test(row, share) for row in true + own + common]
    # The deviation of a share of 2,000 is 0.009.
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.8, abs=0.035)
