"""A recipe may name the columns to learn from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook.core.errors import HandbookError
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


def test_columns_of_another_data_set_change_nothing() -> None:
    every = build(spec({"animals": ["age"]}), ROWS).fit(ROWS, [1.0, 2.0, 3.0, 5.0])
    assert [feature.name for feature in features(every[:-1])] == ["age", "noise", "sex"]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(HandbookError, match=r"columns.people: 'aeg'; did you mean 'age'\?"):
        build(spec({"people": ["aeg"]}), ROWS)
