from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from tests.explain.made_runs import fit, flowers, numbers

from handbook.core.errors import HandbookError
from handbook.explain import projection as module
from handbook.explain.projection import projection

NO_YES = ("no", "yes")


def test_rows_lie_where_scikit_learn_puts_hand_standardised_ones() -> None:
    X, y, classes = flowers()
    result = projection(fit(LinearDiscriminantAnalysis(), X, y, classes=classes))
    Z = (X - X.mean()) / X.std(ddof=0)
    by_hand = LinearDiscriminantAnalysis().fit(Z.to_numpy(), y)
    expected = by_hand.transform(Z.to_numpy())
    places = np.array(result["train"]["points"])
    assert np.abs(places) == pytest.approx(np.abs(expected))
    assert result["train"]["codes"] == y.tolist()
    assert result["ratio"] == pytest.approx(by_hand.explained_variance_ratio_)
    for code in range(3):
        assert result["means"][code] == pytest.approx(places[y == code].mean(axis=0))
    assert (result["axes"], result["edges"], result["classes"]) == (2, None, list(classes))


def test_the_class_furthest_from_the_middle_lies_above_it_whatever_the_solver() -> None:
    X, y, classes = flowers()
    result = [
        projection(fit(LinearDiscriminantAnalysis(solver=solver), X, y, classes=classes))
        for solver in ("svd", "eigen")
    ]
    for entry in result:
        means = np.array(entry["means"])
        assert (means[np.abs(means).argmax(axis=0), [0, 1]] > 0).all()
    assert np.sign(result[0]["means"]).tolist() == np.sign(result[1]["means"]).tolist()


def test_of_two_classes_of_one_size_the_second_lies_above() -> None:
    X = numbers(200)
    y = np.arange(200) % 2
    for sign in (1, -1):
        shifted = X.assign(a=X["a"] + sign * 3 * y)
        result = projection(fit(LinearDiscriminantAnalysis(), shifted, y, classes=NO_YES))
        assert result["means"][1][0] > 0 > result["means"][0][0]


def test_two_classes_are_counted_along_one_axis() -> None:
    X = numbers(500)
    y = (np.arange(500) % 5 == 0).astype(int)
    test = (numbers(100, seed=9).assign(a=lambda t: t["a"] + 100), np.zeros(100, dtype=int))
    fitted = fit(
        LinearDiscriminantAnalysis(), X.assign(a=X["a"] + 2 * y), y, classes=NO_YES, test=test
    )
    result = projection(fitted)
    assert result["axes"] == 1
    counts = {part: np.array(result[part]["counts"]) for part in ("train", "test")}
    assert counts["train"].sum(axis=1).tolist() == [400, 100]
    # far out, and counted at the edge
    assert counts["test"][0, -1] == 100
    assert counts["test"][1].sum() == 0
    edges = result["edges"]
    assert len(edges) == counts["train"].shape[1] + 1
    middles = (np.array(edges[1:]) + edges[:-1]) / 2
    for code in (0, 1):
        mean = np.average(middles, weights=counts["train"][code])
        assert mean == pytest.approx(result["means"][code][0], abs=edges[1] - edges[0])


def test_many_rows_are_a_share_of_each_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_POINTS", 30)
    X, y, classes = flowers()
    result = projection(fit(LinearDiscriminantAnalysis(), X, y, classes=classes))
    assert np.bincount(result["train"]["codes"]).tolist() == [10, 10, 10]
    assert result["train"]["rows"] == 150


def test_a_solver_that_finds_no_axes_is_undefined() -> None:
    X, y, classes = flowers()
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    assert "solver lsqr" in projection(fit(model, X, y, classes=classes))["undefined"]


def test_other_models_have_no_projection() -> None:
    X, y, classes = flowers()
    with pytest.raises(HandbookError, match="it is for LinearDiscriminantAnalysis"):
        projection(fit(LogisticRegression(), X - X.mean(), y, classes=classes))
