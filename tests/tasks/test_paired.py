"""Two models on the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from handbook.core.errors import HandbookError
from handbook.tasks.delong import delong
from handbook.tasks.paired import PAIRED, calibration_loss, lead
from handbook.tasks.resampling import Resampling

HOW = Resampling(0.95, 400, 0)


def rows(n: int = 400, seed: int = 0) -> tuple[np.ndarray, pd.DataFrame, pd.DataFrame]:
    """True classes, and the answers of a good and of a poor classifier."""
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    truth = (random.random(n) < 1 / (1 + np.exp(-2 * x))).astype(int)
    good = 1 / (1 + np.exp(-2 * x))
    poor = 1 / (1 + np.exp(-2 * (x + random.normal(0, 1.5, size=n))))
    return truth, *(
        pd.DataFrame({"predicted": (p >= 0.5).astype(int), "p:0": 1 - p, "p:1": p})
        for p in (good, poor)
    )


def test_areas_are_compared_as_delong_does_for_correlated_curves() -> None:
    truth, good, poor = rows()
    own = lead("roc_auc", truth, good, poor, HOW)
    assert own.first == pytest.approx(roc_auc_score(truth, good["p:1"]))
    assert own.second == pytest.approx(roc_auc_score(truth, poor["p:1"]))
    # the covariance of the two areas by the definition, pair by pair
    x = [table["p:1"].to_numpy() for table in (good, poor)]
    kernel = [
        (own[truth == 1][:, None] > own[truth == 0])
        + 0.5 * (own[truth == 1][:, None] == own[truth == 0])
        for own in x
    ]
    v10 = np.array([part.mean(axis=1) for part in kernel])
    v01 = np.array([part.mean(axis=0) for part in kernel])
    covariance = np.cov(v10) / v10.shape[1] + np.cov(v01) / v01.shape[1]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    reach = 1.959963984540054 * np.sqrt(variance)
    assert own.interval == pytest.approx((own.value - reach, own.value + reach))
    # each area by itself is that of the project's own function
    assert delong(truth == 1, x[0])[1] == pytest.approx(np.sqrt(covariance[0, 0]))


def test_a_model_does_not_lead_itself() -> None:
    truth, good, _ = rows()
    for metric in PAIRED["classification"]:
        own = lead(metric, truth, good, good, HOW)
        assert own.value == 0
        assert own.interval == (0, 0)


@pytest.mark.parametrize(
    ("metric", "score"),
    [
        ("accuracy", lambda truth, table: (table["predicted"] == truth).mean()),
        ("log_loss", lambda truth, table: -log_loss(truth, table["p:1"])),
        ("brier", lambda truth, table: -brier_score_loss(truth, table["p:1"])),
        ("average_precision", lambda truth, table: average_precision_score(truth, table["p:1"])),
    ],
)
def test_the_better_model_leads_whichever_way_the_metric_is_better(metric, score) -> None:
    truth, good, poor = rows()
    own = lead(metric, truth, good, poor, HOW)
    assert own.value == pytest.approx(score(truth, good) - score(truth, poor))
    assert 0 < own.interval[0] < own.value < own.interval[1]
    back = lead(metric, truth, poor, good, HOW)
    assert back.value == pytest.approx(-own.value)
    assert back.interval[1] < 0


def test_means_over_rows_have_the_interval_of_a_paired_test() -> None:
    truth, good, poor = rows(5_000)
    own = lead("brier", truth, good, poor, HOW)
    squares = [(table["p:1"] - truth) ** 2 for table in (poor, good)]
    ends = ttest_rel(*squares).confidence_interval(0.95)
    assert own.interval == pytest.approx((ends.low, ends.high), rel=2e-3)


def test_numbers_are_compared_by_their_errors() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=2_000)
    good, poor = (
        pd.DataFrame({"predicted": truth + random.normal(0, spread, 2_000)}) for spread in (1, 1.2)
    )
    for metric, expected in (("rmse", 0.2), ("mae", 0.2 * np.sqrt(2 / np.pi))):
        own = lead(metric, truth, good, poor, HOW)
        assert own.interval[0] < expected < own.interval[1]
        assert own.interval[0] > 0


def test_what_cannot_be_compared_is_named() -> None:
    truth, good, _ = rows()
    bare = good[["predicted"]]
    with pytest.raises(HandbookError, match="roc_auc needs a score of each row"):
        lead("roc_auc", truth, bare, good, HOW)
    with pytest.raises(HandbookError, match="need probabilities"):
        lead("brier", truth, bare, good, HOW)
    with pytest.raises(HandbookError, match="rows of both of two classes"):
        lead("roc_auc", np.ones(400, int), good, good, HOW)
    with pytest.raises(HandbookError, match="f1: not a metric"):
        lead("f1", truth, good, good, HOW)


def test_a_model_that_exaggerates_is_calibrated_worse() -> None:
    truth, good, _ = rows(2_000)
    p = 1 / (1 + (1 / good["p:1"] - 1) ** 3)  # the same order, further from a half
    bold = good.assign(**{"p:1": p, "p:0": 1 - p})
    own = calibration_loss(truth, bold, good, HOW)
    assert own is not None
    assert own.first > own.second
    assert own.interval[1] < 0
    assert lead("roc_auc", truth, bold, good, HOW).value == 0
    assert calibration_loss(truth, bold[["predicted"]], good, HOW) is None


def test_the_interval_holds_what_it_promises() -> None:
    """Of two models that are equally good, the interval misses 0 as often as it says."""
    missed = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        x = random.normal(size=300)
        truth = (random.random(300) < 1 / (1 + np.exp(-x))).astype(int)
        models = [
            pd.DataFrame({"predicted": 0, "p:1": x + random.normal(size=300)}) for _ in range(2)
        ]
        low, high = lead("roc_auc", truth, *models, HOW).interval
        missed += not low < 0 < high
    assert 5 <= missed <= 27  # 15 expected; P(outside) < 1 in 500
