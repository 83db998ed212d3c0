"""Specifications: all that a job about a run depends on besides rows, code and libraries.

The catalogue makes them, rules keep them as the parameters of their jobs, and the functions of this
package take them. Equal specifications have equal digests, whatever else the catalogue says.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from handbook.core.files import digest
from handbook.core.section import Section

__all__ = [
    "Buildable",
    "CrossvalSpec",
    "DecomposeSpec",
    "DiagnoseSpec",
    "JudgeSpec",
    "Preprocess",
    "RunSpec",
    "Search",
    "Threshold",
    "Trusted",
    "VariedModel",
]

Threshold = Literal["f1", "balanced_accuracy"]
# What the catalogue trusts decides whether a job may run, not what comes out: no digest, record or
# parameter of a rule has it.
Trusted = Annotated[tuple[str, ...], Field(exclude=True, repr=False)]


class Preprocess(Section):
    """What happens to the columns of a table before the model, fitted on training rows only."""

    numeric: Literal["standard", "minmax", "none"] = Field(
        default="standard", description="scaling of numeric columns"
    )
    categorical: Literal["onehot", "ordinal", "number"] = Field(
        default="onehot",
        description="encoding of categories; ordinal gives them an order, number that of the whole "
        "numbers that they are written as, with the same gaps",
    )
    missing: Literal["indicator"] | float = Field(
        default="indicator",
        description="missing numbers become the mean and a flag column, or the number given",
    )
    degree: int = Field(
        default=1, ge=1, le=3, description="above 1: also products of up to so many scaled numbers"
    )
    # left out of records where every column is used, as in those made before there was a choice
    columns: dict[str, list[str]] = Field(
        default={},
        exclude_if=lambda columns: not columns,
        description="data set -> the columns to learn from; without it, all",
    )


class Search(Section):
    """Settings to try, compared by the primary metric on splits of the training rows alone."""

    space: dict[str, list[Any]] = Field(
        min_length=1,
        description="values by constructor argument (nested ones as a__b), or preprocess.degree",
    )
    draws: int | None = Field(None, ge=1, description="settings drawn at random; without it, all")
    splits: int = Field(3, ge=2, description="folds on which each setting is scored")
    rows: int | None = Field(
        None, ge=50, description="rows to fit and to score on in each split; without it, all"
    )


class Buildable(Protocol):
    """What it takes to construct an estimator."""

    @property
    def data(self) -> str:
        """The data set."""

    @property
    def estimator(self) -> str:
        """Import path of the class."""

    @property
    def trusted(self) -> tuple[str, ...]:
        """Classes and packages that may be imported beside scikit-learn's and this project's."""

    @property
    def params(self) -> dict[str, Any]:
        """Constructor arguments."""

    @property
    def preprocess(self) -> Preprocess | None:
        """Encoding of a table's columns; None for images and text."""

    @property
    def seed(self) -> int:
        """Seed of everything random."""


class RunSpec(Section):
    """A model with its settings on a data set; :class:`Buildable` says what some fields are."""

    model: str
    data: str
    variant: str
    task: str
    seed: int
    threads: int = 1  # part of the result: their count changes the order of sums
    estimator: str
    trusted: Trusted = ()
    preprocess: Preprocess | None = None
    params: dict[str, Any]
    # chosen on the training rows
    search: Search | None = None
    threshold: Threshold | None = None
    fit_rows: int | None = None  # most rows to fit on; None for all

    @property
    def name(self) -> str:
        """Model, data set and variant as one path."""
        return f"{self.model}/{self.data}/{self.variant}"

    @classmethod
    def recorded(cls) -> list[str]:
        """Return the names of the fields that records and digests have."""
        return [name for name, field in cls.model_fields.items() if not field.exclude]

    def names(self) -> dict[str, str]:
        """Return model, data set and variant, with which the files of results begin."""
        return {"model": self.model, "data": self.data, "variant": self.variant}

    @cached_property
    def work(self) -> str:
        """Digest of the settings.

        Equal digests mean that a result answers the catalogue as it stands, and that a training
        and a cross-validation are of the same settings.
        """
        return digest(self.settings())

    def settings(self) -> dict[str, Any]:
        """Return the settings as plain data."""
        return self.model_dump()


class CrossvalSpec(Section):
    """A cross-validation of a run."""

    run: RunSpec
    folds: int
    level: float  # of the confidence intervals
    repeats: int = 1  # rounds of folds on a small set
    small: int = 0  # most training rows of a small set
    leave_one_out: bool = False  # whether each row of a small set is also left out once


class DiagnoseSpec(Section):
    """Learning and validation curves of a run."""

    run: RunSpec
    folds: int
    parameter: str | None  # of the validation curve; None for a learning curve alone
    values: list[Any]  # of the parameter, from the simplest model on
    rows: int  # most training rows that the curves use


class VariedModel(Section):
    """A run of which one parameter is varied."""

    title: str
    parameter: str
    values: list[Any]
    run: RunSpec


class DecomposeSpec(Section):
    """The error of models on one data set, taken apart into bias and variance."""

    data: str
    rounds: int  # bootstrap samples
    seed: int
    models: dict[str, VariedModel]


class JudgeSpec(Section):
    """The classifier that judges generated pictures of a data set."""

    data: str
    estimator: str
    trusted: Trusted = ()
    params: dict[str, Any]
    labels: Literal["classes", "groups"] = "classes"  # what it learns to tell apart
    threads: int = 1
    seed: int
    preprocess: None = None
