"""The threshold is the best of many by scikit-learn's own metrics."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.svm import LinearSVC

from handbook.training.thresholds import best_threshold, ranks, with_threshold

METRICS = {"f1": f1_score, "balanced_accuracy": balanced_accuracy_score}


def split(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw classes, one in five positive, and scores that know something of them."""
    rng = np.random.default_rng(seed)
    y = (rng.random(300) < 0.2).astype(np.int64)
    return y, np.round(rng.normal(size=300) + y, 2)  # rounded, so that some are equal


@pytest.mark.parametrize("metric", ["f1", "balanced_accuracy"])
def test_no_other_threshold_is_better_on_average(
    metric: Literal["f1", "balanced_accuracy"],
) -> None:
    splits = [split(seed) for seed in range(3)]
    score = METRICS[metric]

    def mean(threshold: float) -> float:
        return float(np.mean([score(y, scores >= threshold) for y, scores in splits]))

    chosen = mean(best_threshold(metric, splits))
    every = np.unique(np.concatenate([scores for _, scores in splits]))
    # The steps are finer than the scores, so none lies between two steps.
    assert chosen == pytest.approx(max(mean(threshold) for threshold in every))


@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()])
def test_the_answer_follows_the_threshold_and_the_model_stays(model: object) -> None:
    y, scores = split(0)
    fitted = model.fit(scores[:, None], y)  # type: ignore[attr-defined]
    coefficient = fitted.coef_.copy()
    threshold = float(np.quantile(ranks(fitted, scores[:, None]), 0.9))
    cut = with_threshold(fitted, threshold).fit(scores[:, None], y)
    assert (cut.predict(scores[:, None]) == (ranks(fitted, scores[:, None]) >= threshold)).all()
    assert (fitted.coef_ == coefficient).all()
