"""Names of a model's inputs, from the columns of the table that they are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)

from handbook.core.errors import HandbookError

__all__ = ["Feature", "features"]


@dataclass(frozen=True)
class Feature:
    """One input of a model, made by :func:`handbook.training.preprocess.pipeline`."""

    #: For people: ``age``, ``job=student``, ``pdays missing``, ``rm² × lstat``.
    name: str
    #: Columns of the table that it is made from.
    columns: tuple[str, ...]
    #: A flag is 1 where the column is missing, a category 1 where the column has it; a code is
    #: the position of the column's category in `categories`.
    kind: Literal["number", "flag", "category", "code", "product"]
    #: ``scale * value + offset`` is the value before scaling, in the column's own unit.
    scale: float = 1.0
    offset: float = 0.0
    #: All categories of a code; the only one of a category.
    categories: tuple[str, ...] = ()


def features(encoding: Pipeline) -> list[Feature]:
    """Describe the outputs of a fitted pipeline's steps before the model, in their order.

    Raises
    ------
    HandbookError
        The steps are not those of :func:`handbook.training.preprocess.pipeline`.
    """
    every: list[Feature] = []
    for _, transformer, columns in encoding["columns"].transformers_:
        if len(columns) and transformer != "drop":  # columns that the recipe leaves out
            made: list[Feature] = []
            for _, step in getattr(transformer, "steps", [("", transformer)]):
                made = _after(step, made, list(columns))
            every += made
    expected = len(encoding.get_feature_names_out())
    if len(every) != expected:
        raise HandbookError(
            f"preprocessing gives {expected} numbers, and {len(every)} were named "
            f"({', '.join(feature.name for feature in every)}); "
            "handbook/explain/features.py must follow handbook/training/preprocess.py"
        )
    return every


def _after(step: Any, before: list[Feature], columns: Sequence[str]) -> list[Feature]:
    """Return the features after a fitted step; `columns` are those of the table."""
    if isinstance(step, SimpleImputer):
        return list(_imputed(step, columns))
    if isinstance(step, StandardScaler):
        scaled = zip(before, step.scale_, step.mean_, strict=True)
        return [replace(feature, scale=float(s), offset=float(m)) for feature, s, m in scaled]
    if isinstance(step, MinMaxScaler):
        scaled = zip(before, step.scale_, step.min_, strict=True)
        return [
            replace(feature, scale=float(1 / s), offset=float(-m / s)) for feature, s, m in scaled
        ]
    if isinstance(step, PolynomialFeatures):
        return [_product(before, powers) for powers in step.powers_]
    if isinstance(step, OneHotEncoder):
        return [
            Feature(f"{column}={value}", (column,), "category", categories=(str(value),))
            for column, values in zip(columns, step.categories_, strict=True)
            for value in values
        ]
    if isinstance(step, OrdinalEncoder):
        return [
            Feature(column, (column,), "code", categories=tuple(map(str, values)))
            for column, values in zip(columns, step.categories_, strict=True)
        ]
    raise HandbookError(
        f"preprocessing step {type(step).__name__}: its columns cannot be named; "
        "handbook/explain/features.py must follow handbook/training/preprocess.py"
    )


def _imputed(step: SimpleImputer, columns: Sequence[str]) -> Iterator[Feature]:
    kept = step.get_feature_names_out(columns)
    # a column without any value is left out; flags come after all columns
    yield from (Feature(column, (column,), "number") for column in columns if column in kept)
    if step.add_indicator:
        for position in step.indicator_.features_:
            column = columns[position]
            yield Feature(f"{column} missing", (column,), "flag")


def _product(factors: Sequence[Feature], powers: Any) -> Feature:
    """Return a term of a polynomial of scaled numbers."""
    used = [(factor, int(power)) for factor, power in zip(factors, powers, strict=True) if power]
    if len(used) == 1 and used[0][1] == 1:
        return used[0][0]
    return Feature(
        " × ".join(factor.name + {1: "", 2: "²", 3: "³"}[power] for factor, power in used),
        tuple(dict.fromkeys(column for factor, _ in used for column in factor.columns)),
        "product",
    )
