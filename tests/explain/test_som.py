from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from sklearn.ensemble import IsolationForest
from tests.explain.made_runs import fit, mixed, numbers

from handbook.core.errors import HandbookError
from handbook.explain import som
from handbook.explain.run import Fitted
from handbook.models.som import SelfOrganizingMap, SOMOutlierDetector

NO_YES = ("no", "yes")
KINDS = {
    "distance-map": som.distance_map,
    "hit-map": som.hit_map,
    "component-planes": som.component_planes,
}


def detected(X: pd.DataFrame, y: Any, recipe: dict[str, Any] | None = None, **model: Any) -> Fitted:
    detector = SOMOutlierDetector(SelfOrganizingMap(3, 4), random_state=0).set_params(**model)
    return fit(detector, X, y, classes=NO_YES, **recipe or {})


def far_apart(rows: int = 90) -> tuple[pd.DataFrame, Any]:
    """Most rows around 0, and the last ten of them far away: they are the second class."""
    X = numbers(rows)
    y = (np.arange(rows) >= rows - 10).astype(int)
    return X + 40 * np.outer(y, [1, 10, 100]), y


@pytest.mark.parametrize(("topology", "reach"), [("rectangular", 1.5), ("hexagonal", 1.1)])
def test_distances_and_counts_are_those_of_the_weights_alone(topology: str, reach: float) -> None:
    X, y = far_apart()
    fitted = detected(X, y, map__topology=topology)
    result = som.distance_map(fitted)
    weights = fitted.model.map_.weights_.reshape(12, -1)
    Z = (X - X.mean()) / X.std(ddof=0)
    places = np.array(result["positions"])
    assert (result["shape"], result["topology"]) == ([3, 4], topology)
    apart, near = cdist(weights, weights), cdist(places, places)
    for node in range(12):
        neighbours = (near[node] > 0) & (near[node] < reach)
        assert result["distances"][node] == pytest.approx(apart[node, neighbours].mean())
    winners = cdist(Z, weights).argmin(axis=1)
    for code in (0, 1):
        expected = np.bincount(winners[y == code], minlength=12).tolist()
        assert [of[code] for of in result["counts"]] == expected
    assert som.hit_map(fitted)["counts"] == result["counts"]


def test_nodes_of_rows_that_lie_apart_are_outliers_by_the_distance_map() -> None:
    X, y = far_apart()
    fitted = detected(X, y, contamination=0.11)
    result = som.distance_map(fitted)
    holds = [other > 0 for _, other in result["counts"]]
    assert result["outliers"] == holds
    assert (result["rule"], result["metric"]) == ("distance-map", "euclidean")


def test_a_node_is_an_outlier_where_most_of_its_rows_are_flagged() -> None:
    # Three times 0 and once 1 on one node: by its mean error it is farther out than the other.
    X = pd.DataFrame({"a": [0.0, 0.0, 0.0, 1.0, 5.4, 5.5, 5.6, 5.5]})
    start = np.array([[[0.0], [5.5]]])
    grid = SelfOrganizingMap(
        1, 2, init=start, training="online", n_steps=1, sigma=0.1, sigma_end=0.1,
        learning_rate=1e-9,
    )  # fmt: skip
    fitted = detected(
        X, [0, 0, 0, 1, 0, 0, 0, 0], {"numeric": "none"}, map=grid, rule="quantization",
        contamination=0.2,
    )  # fmt: skip
    result = som.nodes(fitted, "outliers")
    assert result.unit.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert result.error == pytest.approx([0.25, 0.05])
    # 7 rows of 8 lie at most 0.1 away, and the 80th percentile does too
    assert result.strange.tolist() == [1, 0]
    assert result.outlying.tolist() == [False, False]
    assert som.Nodes(**result._asdict() | {"strange": np.array([3, 2])}).outlying.tolist() == [
        True, False,
    ]  # fmt: skip


def test_a_node_without_rows_is_no_outlier_and_has_no_error() -> None:
    X, y = far_apart()
    result = som.nodes(detected(X, y, map__rows=9, map__columns=9), "outliers")
    empty = result.rows == 0
    assert empty.any()
    assert np.isnan(result.error[empty]).all()
    assert np.isfinite(result.error[~empty]).all()
    assert not result.outlying[empty].any()
    assert result.rows.sum() == len(X)


def test_planes_are_in_the_columns_own_units() -> None:
    X = mixed(200)
    fitted = detected(X, np.zeros(200, dtype=int), map__rows=6, map__columns=6)
    result = som.component_planes(fitted)
    planes = {entry["name"]: np.array(entry["values"]) for entry in result["planes"]}
    weights = fitted.model.map_.weights_.reshape(36, -1)
    expected = weights[:, 0] * X["age"].std(ddof=0) + X["age"].mean()
    assert planes["age"] == pytest.approx(expected)
    assert planes["loan=no"] + planes["loan=yes"] == pytest.approx(np.ones(36))
    assert planes["pdays missing"].min() >= -1e-9
    assert planes["pdays missing"].max() <= 1 + 1e-9
    assert result["total"] == len(planes) == 8


def test_planes_come_by_how_much_the_map_sees_them_vary(monkeypatch: pytest.MonkeyPatch) -> None:
    X = numbers(100).assign(flat=7.0)
    X["b"] /= 1e6  # of a small unit, but scaled as the others
    fitted = detected(X, np.zeros(100, dtype=int))
    result = som.component_planes(fitted)
    spread = fitted.model.map_.weights_.reshape(12, 4).std(axis=0)
    order = [("a", "b", "c", "flat")[index] for index in np.argsort(-spread)]
    assert [entry["name"] for entry in result["planes"]] == order
    assert order[-1] == "flat"
    assert result["planes"][-1]["values"] == pytest.approx([7.0] * 12)
    monkeypatch.setattr(som, "PLANES", 2)
    fewer = som.component_planes(fitted)
    assert (len(fewer["planes"]), fewer["total"]) == (2, 4)
    assert fewer["planes"] == result["planes"][:2]


@pytest.mark.parametrize("name", KINDS)
def test_other_models_have_no_map(name: str) -> None:
    fitted = fit(IsolationForest(random_state=0), numbers(30), [0, 1] * 15, classes=NO_YES)
    with pytest.raises(HandbookError, match=f"{name}.*it is for SOMOutlierDetector"):
        KINDS[name](fitted)
