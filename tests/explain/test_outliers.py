from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score, recall_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.preprocessing import StandardScaler
from tests.explain.made_runs import fit, mixed, numbers

from handbook.core.errors import HandbookError
from handbook.explain import outliers as module
from handbook.explain.explain import rounded
from handbook.explain.outliers import caught, outliers
from handbook.models.som import SelfOrganizingMap, SOMOutlierDetector

NO_YES = ("no", "yes")


def strange(rows: int, seed: int) -> tuple[pd.DataFrame, Any]:
    """One row in ten is of the second class, and lies further out."""
    y = (np.arange(rows) % 10 == 0).astype(int)
    X = numbers(rows, seed=seed)
    return X + 5 * np.outer(y, [1, 10, 100]), y


def judged(model: Any, rows: int = 200) -> tuple[Any, dict[str, Any]]:
    X, y = strange(rows, 0)
    fitted = fit(model, X, y, classes=NO_YES, test=strange(100, 1))
    return fitted, outliers(fitted)


DETECTORS = [
    IsolationForest(n_estimators=50, contamination=0.1, random_state=0),
    LocalOutlierFactor(novelty=True, contamination=0.1),
    SOMOutlierDetector(SelfOrganizingMap(4, 4), random_state=0),
    SOMOutlierDetector(
        SelfOrganizingMap(4, 4), contamination=0.15, random_state=0
    ),  # the threshold is a node's score
    SOMOutlierDetector(SelfOrganizingMap(4, 4), rule="quantization", n_units=2, random_state=0),
]


@pytest.mark.parametrize("model", DETECTORS, ids=lambda model: type(model).__name__)
def test_what_is_flagged_is_what_the_detector_predicts(model: Any) -> None:
    fitted, result = judged(model)
    called = fitted.estimator.predict(fitted.test.X) == -1
    assert result["test"]["rows"] == [90, 10]
    assert result["test"]["flagged"] == np.bincount(fitted.test.y[called], minlength=2).tolist()
    assert called.any()
    edges, counts = np.array(result["test"]["edges"]), np.array(result["test"]["counts"])
    assert result["threshold"] in edges
    assert counts.sum(axis=1).tolist() == [90, 10]
    assert counts[:, edges[:-1] >= result["threshold"]].sum(axis=1).tolist() == [
        int((called & (fitted.test.y == code)).sum()) for code in (0, 1)
    ]


@pytest.mark.parametrize("model", [DETECTORS[0], DETECTORS[2]])
def test_the_strangest_training_rows_come_first_and_are_flagged(model: Any) -> None:
    fitted, result = judged(model)
    scores = -fitted.estimator.score_samples(fitted.train.X)
    listed = result["train"]["strangest"]
    rows = [entry["row"] for entry in listed]
    assert rows == np.argsort(-scores, kind="stable")[: len(rows)].tolist()
    assert [entry["score"] for entry in listed] == scores[rows].tolist()
    assert scores[rows].min() > result["threshold"]
    assert sum(result["train"]["flagged"]) == (scores > result["threshold"]).sum()
    assert len(rows) == min(module.LISTED, sum(result["train"]["flagged"]))
    assert [entry["class"] for entry in listed] == [NO_YES[fitted.train.y[row]] for row in rows]


def test_a_local_outlier_factor_does_not_take_its_rows_for_their_own_neighbours() -> None:
    fitted, result = judged(LocalOutlierFactor(5, novelty=True, contamination=0.1))
    by_hand = LocalOutlierFactor(5, contamination=0.1)
    called = by_hand.fit_predict(StandardScaler().fit_transform(fitted.train.X)) == -1
    assert result["train"]["flagged"] == np.bincount(fitted.train.y[called], minlength=2).tolist()
    first = result["train"]["strangest"][0]
    assert first["score"] == pytest.approx(-by_hand.negative_outlier_factor_.min())
    # asked as if they were new, they score otherwise
    assert first["score"] != pytest.approx(-fitted.estimator.score_samples(fitted.train.X).min())


def test_a_local_outlier_factor_of_fewer_rows_scores_all_as_new() -> None:
    X, y = strange(200, 0)
    few = fit(LocalOutlierFactor(5, novelty=True), X[:100], y[:100], classes=NO_YES)
    whole = fit(IsolationForest(), X, y, classes=NO_YES)
    result = outliers(type(few)(few.spec, few.estimator, whole.train, whole.test))
    score = -few.estimator.score_samples(X).min()
    assert result["train"]["strangest"][0]["score"] == pytest.approx(score)


def test_values_are_those_of_the_table() -> None:
    X = mixed(100)
    model = IsolationForest(n_estimators=20, contamination=0.5, random_state=0)
    result = outliers(fit(model, X, np.arange(100) % 2, classes=NO_YES))["train"]
    assert result["columns"] == list(X.columns)
    cells: list[Any] = []
    for entry in result["strangest"]:
        for name, value in zip(result["columns"], entry["values"], strict=True):
            cell = X[name].iloc[entry["row"]]
            assert value is None if pd.isna(cell) else value == cell
            cells.append(value)
    assert {type(cell) for cell in cells} == {int, float, str, type(None)}


def test_a_maps_rows_have_nodes_and_its_nodes_two_scores() -> None:
    fitted, result = judged(SOMOutlierDetector(SelfOrganizingMap(4, 5), random_state=0))
    places = fitted.model.map_.predict(fitted.encoded(fitted.train))
    for entry in result["train"]["strangest"]:
        row, column = entry["node"]
        assert row * 5 + column == places[entry["row"]]
    nodes = result["nodes"]
    assert [entry["node"] for entry in nodes] == [[row, c] for row in range(4) for c in range(5)]
    assert sum(entry["rows"] for entry in nodes) == 200
    assert sum(entry["second"] for entry in nodes) == 20
    assert sum(entry["flagged"] for entry in nodes) == sum(result["train"]["flagged"])
    # by this rule a node's rows share its score
    for entry in nodes:
        assert entry["flagged"] in (0, entry["rows"])
        assert entry["outlier"] == (entry["rows"] > 0 and entry["distance"] > result["threshold"])
        assert (entry["error"] is None) == (entry["rows"] == 0)
    error = sum(entry["error"] * entry["rows"] for entry in nodes if entry["rows"]) / 200
    assert error == pytest.approx(
        fitted.model.map_.quantization_error(fitted.encoded(fitted.train))
    )
    assert result["rule"] == "distance-map"


def test_other_detectors_have_no_nodes() -> None:
    _, result = judged(DETECTORS[0])
    assert (result["nodes"], result["rule"]) == (None, None)
    assert {entry["node"] for entry in result["train"]["strangest"]} == {None}


def test_other_models_detect_nothing() -> None:
    X, y = strange(50, 0)
    with pytest.raises(HandbookError, match=r"'outliers'.*it is for detectors of outliers"):
        outliers(fit(LogisticRegression(), X, y, classes=NO_YES))


# --- alert budgets ------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.01, 0.02, 0.05, 0.1])
def test_a_budget_is_scikit_learns_precision_and_recall_at_a_threshold(share: float) -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(500) < 0.1
    scores = rng.normal(size=500) + 2 * positive
    result = caught(scores, positive, share)
    examined = scores >= np.sort(scores)[-result["rows"]]
    assert examined.sum() == result["rows"] == 500 * share
    assert result["precision"] == pytest.approx(precision_score(positive, examined))
    assert result["recall"] == pytest.approx(recall_score(positive, examined))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6),
    st.floats(0.01, 1.0),
)
def test_rows_of_one_score_are_counted_by_the_mean_over_their_orders(
    rows: list[tuple[int, bool]], share: float
) -> None:
    result = caught(np.array([s for s, _ in rows], float), np.array([p for _, p in rows]), share)
    first = result["rows"]
    orders = [
        sorted(order, key=lambda row: -row[0])[:first] for order in permutations(rows)
    ]  # sorting is stable: each order of the rows of one score comes up as often
    right = np.mean([sum(positive for _, positive in order) for order in orders])
    every = sum(positive for _, positive in rows)
    assert result["precision"] == pytest.approx(right / first)
    assert result["recall"] == (pytest.approx(right / every) if every else None)


# --- histogram ----------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60),
    st.floats(-1e3, 1e3),
    st.booleans(),
)
@example([1000.0, 1000.0000000001], 1000.0, False)  # closer than a record's six digits
@example([0.0], 0.0, True)
def test_bins_right_of_the_threshold_hold_what_exceeds_it(
    drawn: list[float], threshold: float, on_it: bool
) -> None:
    scores = np.array([*drawn, threshold] if on_it else drawn)
    edges = module._edges(scores, threshold)
    counts = module._counts(scores, edges)
    assert threshold in edges
    assert (np.diff(rounded(edges.tolist(), "edges")) > 0).all()
    assert sum(counts) == len(scores)
    above = sum(np.array(counts)[edges[:-1] >= threshold])
    assert above == (scores > threshold).sum()
