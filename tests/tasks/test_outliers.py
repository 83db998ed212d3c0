"""Detectors are judged by labels that they never saw."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from handbook.tasks import outliers


def strange(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows around 0, and one in ten of them far away, on a ring."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 2))
    y = (np.arange(n) % 10 == 0).astype(np.int64)
    X[y == 1] *= (6 / np.linalg.norm(X[y == 1], axis=1))[:, None]
    return X, y


def test_labels_are_not_fitted() -> None:
    X, y = strange()
    detector = IsolationForest(random_state=0).fit(X, y)
    turned = IsolationForest(random_state=0).fit(X, 1 - y)
    assert outliers.predict(detector, X, 2).table.equals(outliers.predict(turned, X, 2).table)


def test_the_score_grows_with_strangeness_and_the_scorer_agrees() -> None:
    X, y = strange()
    detector = make_pipeline(StandardScaler(), LocalOutlierFactor(novelty=True)).fit(X)
    predictions = outliers.predict(detector, X, 2)
    metrics, undefined = outliers.score(y, predictions)
    ranking = -detector.score_samples(X)
    assert metrics["average_precision"] == pytest.approx(average_precision_score(y, ranking))
    assert metrics["roc_auc"] == pytest.approx(roc_auc_score(y, ranking))
    assert metrics["roc_auc"] > 0.9
    assert outliers.scorer(2)(detector, X, y) == metrics["average_precision"]
    assert (predictions.table["predicted"] == (detector.predict(X) == -1)).all()
    assert "log_loss" not in metrics
    assert not undefined


def test_the_baseline_has_the_share_of_outliers_and_no_ranking() -> None:
    X, y = strange()
    metrics, undefined = outliers.score(y, outliers.predict(outliers.baseline().fit(X, y), X, 2))
    assert metrics["average_precision"] == pytest.approx(0.1)
    assert metrics["roc_auc"] == 0.5
    assert metrics["recall"] == 0
    assert undefined["precision"] == "no row was predicted as the positive class"
