from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder
from tests.explain.made_runs import fit, mixed, numbers

from handbook.core.errors import HandbookError
from handbook.explain.features import features

Y = np.arange(60.0)


def test_names_are_those_of_the_table() -> None:
    names = [entry.name for entry in fit(Ridge(), mixed(60), Y).features]
    assert names == [
        "age", "pdays", "pdays missing", "job=admin.", "job=retired", "job=student", "loan=no",
        "loan=yes",
    ]  # fmt: skip


@pytest.mark.parametrize("numeric", ["standard", "minmax", "none"])
@pytest.mark.parametrize("categorical", ["onehot", "ordinal"])
def test_scale_and_offset_give_the_columns_own_unit_back(numeric: str, categorical: str) -> None:
    table = mixed(60)
    fitted = fit(Ridge(), table, Y, numeric=numeric, categorical=categorical)
    for feature, seen in zip(fitted.features, fitted.encoded(fitted.train).T, strict=True):
        own = feature.scale * seen + feature.offset
        column = table[feature.columns[0]]
        if feature.kind == "number":
            present = column.notna()
            assert own[present] == pytest.approx(column[present].to_numpy())
        elif feature.kind == "flag":
            assert own == pytest.approx(column.isna().to_numpy(float))
        elif feature.kind == "category":
            assert own == pytest.approx((column == feature.categories[0]).to_numpy(float))
        else:
            assert [feature.categories[round(code)] for code in own] == column.tolist()


def test_a_term_of_a_polynomial_is_the_product_that_its_name_says() -> None:
    fitted = fit(Ridge(), numbers(60), Y, degree=2)
    seen = dict(
        zip(
            [entry.name for entry in fitted.features],
            fitted.encoded(fitted.train).T,
            strict=True,
        )
    )
    assert list(seen) == ["a", "b", "c", "a²", "a × b", "a × c", "b²", "b × c", "c²"]
    assert seen["a × c"] == pytest.approx(seen["a"] * seen["c"])
    assert seen["b²"] == pytest.approx(seen["b"] ** 2)
    assert [entry.columns for entry in fitted.features][3:5] == [("a",), ("a", "b")]


@pytest.mark.filterwarnings("ignore:Skipping features without any observed values")
def test_a_column_without_any_value_has_no_number() -> None:
    fitted = fit(Ridge(), numbers(60).assign(b=np.nan), Y)
    assert [entry.name for entry in fitted.features] == ["a", "c", "b missing"]
    assert fitted.encoded(fitted.train).shape == (60, 3)


def _encoding(*steps: Any) -> Any:
    columns = ColumnTransformer([("numbers", make_pipeline(*steps), ["a", "b", "c"])])
    table = numbers(60)
    return Pipeline([("columns", columns), ("model", Ridge())]).fit(table, Y)[:-1]


def test_a_step_that_nobody_taught_it_is_an_error() -> None:
    encoding = _encoding(KBinsDiscretizer(quantile_method="averaged_inverted_cdf"))
    with pytest.raises(HandbookError, match=r"KBinsDiscretizer.*must follow"):
        features(encoding)


def test_numbers_that_are_not_all_named_are_an_error() -> None:
    encoding = _encoding(OneHotEncoder(drop="first", sparse_output=False))
    with pytest.raises(HandbookError, match="gives 177 numbers, and 180 were named"):
        features(encoding)


def test_a_number_in_place_of_missing_ones_makes_no_flag() -> None:
    names = [entry.name for entry in fit(Ridge(), mixed(60), Y, missing=-1).features]
    assert names[:3] == ["age", "pdays", "job=admin."]


def test_a_table_of_categories_alone_has_names() -> None:
    table = pd.DataFrame({"job": pd.Categorical(["a", "b"] * 30)})
    assert [entry.name for entry in fit(Ridge(), table, Y).features] == ["job=a", "job=b"]
