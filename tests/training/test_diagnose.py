"""Learning and validation curves are those of scikit-learn on the folds of all models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import KFold
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from handbook.core.errors import HandbookError
from handbook.data import dataset
from handbook.training.diagnose import diagnose
from handbook.training.spec import DiagnoseSpec, RunSpec

RECIPE = {"numeric": "standard", "categorical": "onehot", "missing": "indicator", "degree": 1}


def spec(**changes: Any) -> DiagnoseSpec:
    """What the curves depend on."""
    run: dict[str, Any] = {
        "model": "ridge",
        "data": "made",
        "variant": "book",
        "task": "regression",
        "estimator": "sklearn.linear_model.Ridge",
        "params": {},
        "preprocess": RECIPE,
        "seed": 7,
    }
    curves = {"parameter": "alpha", "values": [1000.0, 1.0], "rows": 4000}
    curves |= changes.pop("diagnose", {})
    return DiagnoseSpec(run=RunSpec(**run | changes), folds=4, **curves)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 3)), columns=["a", "b", "c"])
    y = (X["a"] - X["b"] + rng.normal(size=200)).to_numpy()
    path = tmp_path / "train.arrow"
    dataset.write(path, dataset.Dataset("made", "sample", "table", X, y, "y"))
    return path


def curves(job: DiagnoseSpec, rows: Path) -> Any:
    """Run a diagnosis and read what it wrote."""
    output = rows.with_name("curves.json")
    diagnose(job, rows, output, say=lambda line: None)
    return json.loads(output.read_text())


def test_the_last_point_of_the_learning_curve_is_the_cross_validation(rows: Path) -> None:
    result = curves(spec(), rows)
    data = dataset.read(rows)
    assert data.y is not None
    expected = []
    for fit_on, check_on in KFold(4, shuffle=True, random_state=7).split(data.X):
        scaler = StandardScaler().fit(data.X.iloc[fit_on])
        model = Ridge().fit(scaler.transform(data.X.iloc[fit_on]), data.y[fit_on])
        predicted = model.predict(scaler.transform(data.X.iloc[check_on]))
        expected.append(root_mean_squared_error(data.y[check_on], predicted))
    assert result["learning"]["sizes"] == [20, 38, 75, 150]
    assert result["learning"]["validation"][-1] == pytest.approx(expected)
    # The same point is on the validation curve, at the setting's own alpha.
    assert result["validation"]["validation"][1] == pytest.approx(expected)
    assert result["metric"] == "rmse"


def test_a_strong_penalty_underfits_and_the_dummy_is_the_mean(rows: Path) -> None:
    result = curves(spec(diagnose={"parameter": "alpha", "values": [1e9], "rows": 4000}), rows)
    assert np.mean(result["validation"]["validation"][0]) == pytest.approx(
        result["baseline"], rel=1e-4
    )


def test_products_can_be_the_parameter(rows: Path) -> None:
    job = spec(
        estimator="sklearn.linear_model.LinearRegression",
        diagnose={"parameter": "preprocess.degree", "values": [1, 3], "rows": 4000},
    )
    result = curves(job, rows)
    data = dataset.read(rows)
    assert data.y is not None
    fit_on, check_on = next(KFold(4, shuffle=True, random_state=7).split(data.X))
    scaler = StandardScaler().fit(data.X.iloc[fit_on])
    cubes = PolynomialFeatures(3, include_bias=False)
    model = LinearRegression().fit(
        cubes.fit_transform(scaler.transform(data.X.iloc[fit_on])), data.y[fit_on]
    )
    predicted = model.predict(cubes.transform(scaler.transform(data.X.iloc[check_on])))
    assert result["validation"]["validation"][1][0] == pytest.approx(
        root_mean_squared_error(data.y[check_on], predicted)
    )


def test_large_sets_take_three_folds_of_few_rows(rows: Path) -> None:
    result = curves(spec(diagnose={"parameter": "alpha", "values": [1.0], "rows": 90}), rows)
    assert len(result["validation"]["validation"][0]) == 3
    assert result["learning"]["sizes"][-1] == 60
    assert result["rows"] == 90


def test_a_model_without_a_parameter_has_a_learning_curve_alone(rows: Path) -> None:
    result = curves(spec(diagnose={"parameter": None, "values": [], "rows": 90}), rows)
    assert result["validation"] is None
    assert result["learning"]["sizes"] == [20, 30, 60]


def test_rows_without_labels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.arrow"
    dataset.write(path, dataset.Dataset("made", "sample", "table", pd.DataFrame({"a": [1.0]})))
    with pytest.raises(HandbookError, match="no labels"):
        diagnose(spec(), path, tmp_path / "out.json", say=lambda line: None)


def test_a_limit_on_rows_holds_here_too(rows: Path) -> None:
    result = curves(spec(fit_rows=100), rows)
    assert result["rows"] == 100
    assert result["learning"]["sizes"][-1] == 75
