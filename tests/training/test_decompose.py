"""Bias and variance against closed forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from handbook.core.errors import HandbookError
from handbook.data import dataset
from handbook.training.decompose import bias_and_variance, decompose
from handbook.training.spec import DecomposeSpec, Preprocess, RunSpec, VariedModel

PLAIN = Preprocess(numeric="none")
VALUES = st.floats(-100, 100)


@given(arrays(float, (4, 5), elements=VALUES), arrays(float, 5, elements=VALUES))
def test_the_error_is_exactly_the_sum(predictions: np.ndarray, y: np.ndarray) -> None:
    error, bias, variance = bias_and_variance(y, predictions)
    assert error == pytest.approx(bias + variance, abs=1e-6)
    assert bias >= 0
    assert variance >= 0


def spec(**models: Any) -> DecomposeSpec:
    """What the decomposition depends on."""
    own: dict[str, Any] = {"data": "made", "variant": "book", "task": "regression", "seed": 1}
    return DecomposeSpec(
        data="made",
        rounds=200,
        seed=1,
        models={
            name: VariedModel(
                title=name,
                parameter=parameter,
                values=values,
                run=RunSpec(model=name, estimator=path, params={}, preprocess=PLAIN, **own),
            )
            for name, (path, parameter, values) in models.items()
        },
    )


def rows(path: Path, classes: tuple[str, ...] = ()) -> Path:
    """Write rows whose column says nothing about the target."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=500)})
    y = rng.normal(scale=3.0, size=500)
    if classes:
        y = (y > 0).astype(np.int64)
    dataset.write(path, dataset.Dataset("made", "sample", "table", X, y, "y", classes))
    return path


def test_neighbours_of_pure_noise(tmp_path: Path) -> None:
    """With all rows as neighbours the prediction is the sample's mean: variance s^2 / n."""
    job = spec(knn=("sklearn.neighbors.KNeighborsRegressor", "n_neighbors", [400, 1]))
    decompose(job, rows(tmp_path / "train.arrow"), tmp_path / "out.json", say=lambda line: None)
    result = json.loads((tmp_path / "out.json").read_text())
    assert (result["fit_rows"], result["check_rows"]) == (400, 100)
    (knn,) = result["models"]
    y = dataset.read(tmp_path / "train.arrow").y
    assert y is not None
    assert knn["variance"][0] == pytest.approx(y.var() / 400, rel=0.3)
    # One neighbour repeats a row's noise; a bootstrap sample holds the nearest row with
    # probability 1 - 1/e, so its variance is a large part of s^2.
    assert 0.3 * y.var() < knn["variance"][1] < y.var()
    for error, bias, variance in zip(knn["error"], knn["bias"], knn["variance"], strict=True):
        assert error == pytest.approx(bias + variance)


def test_depth_trades_bias_for_variance(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    x = rng.uniform(0, 1, 500)
    y = np.sin(6 * x) + rng.normal(scale=0.3, size=500)
    data = dataset.Dataset("made", "sample", "table", pd.DataFrame({"x": x}), y, "y")
    dataset.write(tmp_path / "train.arrow", data)
    job = spec(tree=("sklearn.tree.DecisionTreeRegressor", "max_depth", [1, 3, 12]))
    job = job.model_copy(update={"rounds": 30})
    decompose(job, tmp_path / "train.arrow", tmp_path / "out.json", say=lambda line: None)
    (tree,) = json.loads((tmp_path / "out.json").read_text())["models"]
    assert tree["bias"][0] > tree["bias"][1]
    assert tree["variance"][0] < tree["variance"][1] < tree["variance"][2]
    assert min(tree["error"]) == tree["error"][1]


def test_classes_are_refused(tmp_path: Path) -> None:
    path = rows(tmp_path / "train.arrow", ("no", "yes"))
    job = spec(knn=("sklearn.neighbors.KNeighborsRegressor", "n_neighbors", [1]))
    with pytest.raises(HandbookError, match="of a number, not a class"):
        decompose(job, path, tmp_path / "out.json", say=lambda line: None)
