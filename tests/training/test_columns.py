"""A recipe may name the columns to learn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from minisom import MiniSom
from tests.project import ROOT

from handbook.catalogue import reading
from handbook.catalogue.specs import run_spec
from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.explain.features import features
from handbook.training.build import build
from handbook.training.spec import Preprocess, RunSpec

ROWS = pd.DataFrame(
    {
        "age": [20.0, 30.0, 41.0, 52.0],
        "sex": pd.Categorical(["f", "m", "f", "m"]),
        "noise": [9.0, 1.0, 7.0, 3.0],
    }
)


def spec(columns: dict[str, list[str]]) -> RunSpec:
    return RunSpec(
        model="ridge",
        data="people",
        variant="book",
        task="regression",
        seed=0,
        estimator="sklearn.linear_model.Ridge",
        params={},
        preprocess=Preprocess(numeric="none", categorical="ordinal", columns=columns),
    )


def test_other_columns_are_as_if_they_were_not_there() -> None:
    y = np.array([1.0, 2.0, 3.0, 5.0])
    model = build(spec({"people": ["age", "sex"]}), ROWS).fit(ROWS, y)
    alone = build(spec({}), ROWS[["age", "sex"]]).fit(ROWS[["age", "sex"]], y)
    np.testing.assert_array_equal(model.predict(ROWS), alone.predict(ROWS[["age", "sex"]]))
    assert [feature.name for feature in features(model[:-1])] == ["age", "sex"]
    np.testing.assert_array_equal(model[:-1].transform(ROWS)[:, 0], ROWS["age"])


def test_categories_that_are_numbers_keep_their_order_and_their_gaps() -> None:
    written = ["1", "10", "2", "7"]
    rows = pd.DataFrame({"A6": pd.Categorical(["10", "1", "7", "2"], categories=written)})
    recipe = Preprocess(numeric="none", categorical="number")
    step = build(spec({}).model_copy(update={"preprocess": recipe}), rows)[:-1].fit(rows)
    codes = step.transform(rows)[:, 0]
    np.testing.assert_array_equal(codes - codes.min(), [9.0, 0.0, 6.0, 1.0])
    with pytest.raises(HandbookError, match=r"column 'sex' has a category that is none: .*'f'"):
        build(spec({}).model_copy(update={"preprocess": recipe}), ROWS)


@pytest.mark.data
def test_the_books_map_is_the_one_that_minisom_trains_on_the_file(mirror: Path) -> None:
    params = reading.read(ROOT / "params.yaml")
    file = mirror / "credit-approval" / "Credit_Card_Applications.csv"
    X = registry.module("credit-approval").load(file.parent, "customer-id").X
    model = build(run_spec(params, params.run("som/credit-approval/book")), X)
    seen = model[:-1].fit_transform(X)
    # the program's columns, which are numbers to pandas, but for the constant of each category
    table = pd.read_csv(file).iloc[:, 1:13]
    listed = table[[feature.name for feature in features(model[:-1])]].to_numpy(dtype=float)
    np.testing.assert_allclose(seen - seen[0], listed - listed[0], atol=1e-12)
    peer = MiniSom(10, 10, 12, sigma=1.0, learning_rate=0.5, random_seed=1)
    peer.random_weights_init(seen)
    model.set_params(model__map__init=peer.get_weights().copy()).fit(X)
    peer.train_batch(seen, 1000)
    np.testing.assert_allclose(model[-1].map_.weights_, peer.get_weights(), rtol=0, atol=1e-6)


def test_columns_of_another_data_set_change_nothing() -> None:
    every = build(spec({"animals": ["age"]}), ROWS).fit(ROWS, [1.0, 2.0, 3.0, 5.0])
    assert [feature.name for feature in features(every[:-1])] == ["age", "noise", "sex"]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(HandbookError, match=r"columns.people: 'aeg'; did you mean 'age'\?"):
        build(spec({"people": ["aeg"]}), ROWS)
