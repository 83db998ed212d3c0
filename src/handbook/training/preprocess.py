"""From the columns of a table to the numbers a model takes, fitted on training rows only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)

from handbook.core.errors import HandbookError
from handbook.training.spec import Preprocess

__all__ = ["DEGREE", "pipeline"]

#: Where a search finds the degree of a pipeline that has one above 1.
DEGREE = "columns__numbers__polynomialfeatures__degree"

_SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler}


def pipeline(estimator: Any, recipe: Preprocess, X: pd.DataFrame) -> Pipeline:
    """Put the recipe's encoding, imputation and scaling before an unfitted estimator.

    Of `X` only names and types of its columns are read. The steps are ``columns`` and ``model``.
    One-hot leaves out no column: the models here are regularised or do not mind; a category unseen
    in training becomes zeros (one-hot) or -1 (ordinal).
    """
    categories = list(X.select_dtypes("category").columns)
    numbers = [name for name in X.columns if name not in categories]
    missing = recipe.missing
    steps: list[Any] = [
        SimpleImputer(add_indicator=True)
        if missing == "indicator"
        else SimpleImputer(strategy="constant", fill_value=missing)
    ]
    if recipe.numeric in _SCALERS:
        steps.append(_SCALERS[recipe.numeric]())
    if recipe.degree > 1:
        steps.append(PolynomialFeatures(recipe.degree, include_bias=False))
    encoder: Any = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    if recipe.categorical != "onehot":
        order: Any = "auto"
        if recipe.categorical == "number":
            order = [_counted(X[name].cat.categories, str(name)) for name in categories]
        encoder = OrdinalEncoder(
            categories=order, handle_unknown="use_encoded_value", unknown_value=-1
        )
        if recipe.numeric in _SCALERS:
            encoder = make_pipeline(encoder, _SCALERS[recipe.numeric]())
    columns = ColumnTransformer(
        [("numbers", make_pipeline(*steps), numbers), ("categories", encoder, categories)]
    )
    return Pipeline([("columns", columns), ("model", estimator)])


def _counted(categories: Iterable[str], name: str) -> list[str]:
    """Return every whole number from the least to the largest category, as text.

    The position of each is then its number but for a constant, which no distance knows.

    Examples
    --------
    >>> _counted(["1", "10", "8"], "A6")
    ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']
    """
    try:
        numbers = [int(category) for category in categories]
    except ValueError as error:
        raise HandbookError(
            f"preprocess.categorical: number, but column {name!r} has a category that is none: "
            f"{error}; use ordinal"
        ) from None
    return [str(number) for number in range(min(numbers), max(numbers) + 1)]
