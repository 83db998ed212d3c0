"""Metrics against hand-worked cases and against scikit-learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from handbook.tasks import classification
from handbook.tasks.metric import METRICS
from handbook.tasks.task import Predictions


def table(predicted: list[int], positive: list[float]) -> Predictions:
    """Predictions of a two-class model."""
    p = np.array(positive)
    return Predictions(pd.DataFrame({"predicted": predicted, "p:0": 1 - p, "p:1": p}))


def test_a_case_worked_by_hand() -> None:
    # Truth 1 1 1 1 0 0 0 0 0 0; called 1 1 1 0 1 0 0 0 0 0: TP 3, FN 1, FP 1, TN 5.
    truth = np.array([1] * 4 + [0] * 6)
    p = [0.9, 0.8, 0.7, 0.4, 0.6, 0.3, 0.3, 0.2, 0.2, 0.1]
    scores, undefined = classification.score(truth, table([1, 1, 1, 0, 1, 0, 0, 0, 0, 0], p))
    assert undefined == {}
    assert scores["accuracy"] == pytest.approx(8 / 10)
    assert scores["precision"] == pytest.approx(3 / 4)
    assert scores["recall"] == pytest.approx(3 / 4)
    assert scores["specificity"] == pytest.approx(5 / 6)
    assert scores["f1"] == pytest.approx(3 / 4)
    assert scores["balanced_accuracy"] == pytest.approx((3 / 4 + 5 / 6) / 2)
    # Of the 24 pairs (positive, negative) only (0.4, 0.6) is in the wrong order.
    assert scores["roc_auc"] == pytest.approx(23 / 24)
    # Positives come at ranks 1, 2, 3 and 5.
    assert scores["average_precision"] == pytest.approx((1 + 1 + 1 + 4 / 5) / 4)
    squares = [(1 - v) ** 2 for v in p[:4]] + [v**2 for v in p[4:]]
    assert scores["brier"] == pytest.approx(sum(squares) / 10)
    logs = [math.log(v) for v in p[:4]] + [math.log(1 - v) for v in p[4:]]
    assert scores["log_loss"] == pytest.approx(-sum(logs) / 10)


def test_three_classes_are_averaged_over_classes() -> None:
    truth = np.array([0, 0, 1, 1, 2, 2])
    p = np.array(
        [
            [0.8, 0.1, 0.1],
            [0.2, 0.7, 0.1],
            [0.1, 0.8, 0.1],
            [0.3, 0.6, 0.1],
            [0.1, 0.2, 0.7],
            [0.4, 0.3, 0.3],
        ]
    )
    predictions = pd.DataFrame(p, columns=["p:0", "p:1", "p:2"])
    predictions.insert(0, "predicted", p.argmax(axis=1))
    scores, undefined = classification.score(truth, Predictions(predictions))
    predicted = predictions["predicted"]
    assert undefined == {}
    for ours, theirs in [("precision", "precision"), ("recall", "recall"), ("f1", "f1")]:
        expected = getattr(reference, f"{theirs}_score")(truth, predicted, average="macro")
        assert scores[ours] == pytest.approx(expected)
    assert scores["roc_auc"] == pytest.approx(
        reference.roc_auc_score(truth, p, multi_class="ovr", average="macro")
    )
    # TN / (TN + FP) by class: 3/4, 3/4, 4/4.
    assert scores["specificity"] == pytest.approx((3 / 4 + 3 / 4 + 1) / 3)


def test_no_positive_called_leaves_precision_undefined_not_zero() -> None:
    scores, undefined = classification.score(np.array([0, 0, 1]), table([0, 0, 0], [0.1, 0.2, 0.3]))
    assert scores["precision"] is None
    assert undefined == {"precision": "no row was predicted as the positive class"}
    assert scores["recall"] == 0.0


def test_one_class_only_leaves_ranking_undefined() -> None:
    scores, undefined = classification.score(np.array([0, 0]), table([0, 0], [0.1, 0.2]))
    for name in ("roc_auc", "average_precision", "balanced_accuracy", "recall", "f1"):
        assert scores[name] is None
        assert name in undefined


def test_a_class_that_a_fold_lacks_gets_probability_zero() -> None:
    class Fitted:
        classes_ = np.array([0, 2])

        def predict(self, X: object) -> np.ndarray:
            return np.array([0, 2])

        def predict_proba(self, X: object) -> np.ndarray:
            return np.array([[0.9, 0.1], [0.3, 0.7]])

    probabilities = classification.predict(Fitted(), [[1.0], [2.0]], classes=3).table
    assert probabilities["p:1"].tolist() == [0.0, 0.0]
    assert probabilities["p:2"].tolist() == [0.1, 0.7]


def test_the_baseline_knows_shares_and_nothing_else() -> None:
    X, y = np.zeros((10, 1)), np.array([1] * 3 + [0] * 7)
    dummy = classification.baseline().fit(X, y)
    scores, _ = classification.score(y, classification.predict(dummy, X, 2))
    assert scores["accuracy"] == pytest.approx(0.7)
    assert scores["roc_auc"] == 0.5
    # The entropy of the shares, in nats.
    assert scores["log_loss"] == pytest.approx(-(0.3 * math.log(0.3) + 0.7 * math.log(0.7)))


@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(0.01, 0.99)), min_size=1, max_size=30),
)
def test_every_metric_is_known_bounded_or_explained(rows: list[tuple[int, float]]) -> None:
    truth = np.array([row[0] for row in rows])
    p = [row[1] for row in rows]
    scores, undefined = classification.score(truth, table([int(v > 0.5) for v in p], p))
    assert set(scores) <= set(METRICS)
    assert {name for name, value in scores.items() if value is None} == set(undefined)
    for name, value in scores.items():
        if value is not None and name != "log_loss":
            assert 0 <= value <= 1


def test_folds_partition_and_keep_the_shares() -> None:
    y = np.array([0] * 80 + [1] * 20)
    checked = []
    for fit_on, check_on in classification.folds(y, 5, seed=3):
        assert set(fit_on).isdisjoint(check_on)
        assert y[check_on].sum() == 4
        checked.extend(check_on)
    assert sorted(checked) == list(range(100))
    assert classification.primary(2) == "roc_auc"
    assert classification.primary(10) == "accuracy"


def test_rows_of_one_group_stay_together() -> None:
    groups = np.repeat(np.arange(20), 5)
    y = (groups % 4 == 0).astype(int)
    for fit_on, check_on in classification.folds(y, 5, seed=0, groups=groups):
        assert set(groups[fit_on]).isdisjoint(groups[check_on])


def test_a_model_without_probabilities_ranks_by_its_margin() -> None:
    """Support vector machines say how far from the boundary a row lies, not how probable."""
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    y = np.array([0, 0, 1, 1])
    machine = SVC(kernel="linear").fit(X, y)
    predictions = classification.predict(machine, X, 2)
    assert list(predictions.table.columns) == ["predicted", "score"]
    assert predictions.table["score"].to_numpy() == pytest.approx(machine.decision_function(X))
    metrics, undefined = classification.score(y, predictions)
    assert (metrics["roc_auc"], metrics["accuracy"]) == (1.0, 1.0)
    for name in ("log_loss", "brier"):
        assert metrics[name] is None
        assert undefined[name] == "the model gives no probabilities"


def test_three_classes_without_probabilities_are_not_ranked() -> None:
    X, y = np.arange(9.0).reshape(-1, 1), np.repeat([0, 1, 2], 3)
    predictions = classification.predict(SVC(kernel="linear").fit(X, y), X, 3)
    metrics, undefined = classification.score(y, predictions)
    assert metrics["accuracy"] == 1.0
    assert undefined["roc_auc"] == "the model ranks no rows"


@pytest.mark.parametrize("model", [SVC(kernel="linear"), LogisticRegression()])
def test_a_threshold_is_applied_as_its_estimator_does(model: Any) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = (X[:, 0] + rng.normal(size=60) > 0).astype(int)
    method = "predict_proba" if hasattr(model, "predict_proba") else "decision_function"
    cut = FixedThresholdClassifier(model, threshold=0.3, response_method=method).fit(X, y)
    predicted = classification.predict(cut, X, 2).table["predicted"].to_numpy()
    assert (predicted == cut.predict(X)).all()
    assert (predicted != model.fit(X, y).predict(X)).any()


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_the_vote_of_neighbours_is_counted_once(weights: str) -> None:
    rng = np.random.default_rng(2)
    X, y = rng.integers(0, 4, (80, 2)).astype(float), rng.integers(0, 3, 80)  # many ties
    model = KNeighborsClassifier(4, weights=weights).fit(X, y)
    predicted = classification.predict(model, X, 3).table["predicted"].to_numpy()
    assert (predicted == model.predict(X)).all()
