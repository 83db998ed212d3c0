"""DeLong's interval of the area under a ROC curve."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import roc_auc_score

from handbook.tasks.delong import delong

# Ratings of 58 normal and 51 abnormal images, from "definitely normal" to "definitely abnormal":
# Hanley and McNeil (1982), Radiology 143, table I.
NORMAL, ABNORMAL = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]


def made(n: int, seed: int, *, ties: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.4
    scores = rng.normal(truth * 1.2)
    return truth, scores.round() if ties else scores


def test_a_published_example() -> None:
    # The manual of Stata's roctab on these ratings: area 0.8932, standard error by DeLong 0.0307,
    # interval 0.83295 to 0.95339.
    truth = np.repeat([False, True], [58, 51])
    ratings = np.concatenate([np.repeat(range(5), NORMAL), np.repeat(range(5), ABNORMAL)])
    area, error, interval = delong(truth, ratings.astype(float))
    assert (round(area, 4), round(error, 4)) == (0.8932, 0.0307)
    assert interval == pytest.approx((0.83295, 0.95339), abs=5e-6)


@pytest.mark.parametrize("ties", [False, True])
def test_by_every_pair(ties: bool) -> None:
    truth, scores = made(60, 1, ties=ties)
    a, b = scores[truth], scores[~truth]
    won = np.array([[(x > y) + (x == y) / 2 for y in b] for x in a])
    expected = np.sqrt(won.mean(1).var(ddof=1) / len(a) + won.mean(0).var(ddof=1) / len(b))
    area, error, _ = delong(truth, scores)
    assert area == pytest.approx(np.mean([(x > y) + (x == y) / 2 for x, y in product(a, b)]))
    assert area == pytest.approx(roc_auc_score(truth, scores))
    assert error == pytest.approx(expected)


def test_close_to_the_bootstrap() -> None:
    truth, scores = made(400, 2, ties=True)
    a, b = scores[truth], scores[~truth]

    def area(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean((x[:, None] > y) + (x[:, None] == y) / 2))

    drawn = bootstrap((a, b), area, n_resamples=500, rng=np.random.default_rng(0))
    _, error, _ = delong(truth, scores)
    # The bootstrap's own error is one part in the square root of 1,000.
    assert error == pytest.approx(float(drawn.standard_error), rel=0.1)


def test_it_ends_at_one_and_a_score_that_says_nothing_has_no_spread() -> None:
    truth = np.array([False] * 5 + [True] * 5)
    assert delong(truth, np.array([1, 2, 3, 4, 6, 5, 7, 8, 9, 10.0]))[2][1] == 1.0
    assert delong(truth, np.zeros(10)) == (0.5, 0.0, (0.5, 0.5))
