"""All that a backtest depends on in the catalogue."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from handbook.core.section import Section
from handbook.monitoring.rule import Rule
from handbook.training.spec import RunSpec

__all__ = ["TASKS", "BacktestSpec", "Order"]

#: Kinds of task that backtests score.
TASKS = ("classification", "outliers")


class Order(Section):
    """What puts the rows of a data set in order of time, and cuts them into periods.

    A column of months, whose rows lie in order already; a column of numbers, by which rows are
    sorted; or no column: equal parts of the rows as they lie.
    """

    column: str | None = Field(None, description="of months by name, or of numbers that grow")
    year: int | None = Field(
        None, description="of the first row, where the column has months; later ones follow"
    )
    day: str | None = Field(
        None, description="column of the day of the month: it tells how sure the years are"
    )
    every: Annotated[float, Field(gt=0)] | None = Field(
        None, description="how long a period is, in `unit`; without a column, in rows"
    )
    unit: str = Field("", description="of `every`, for people; without it, the column's name")
    scale: float = Field(1.0, gt=0, description="how many of the column's units are one of `unit`")

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if (self.year is None) == (self.every is None):
            raise ValueError(
                "give `year` of the first row for a column of months, or `every` for how long a "
                "period is"
            )
        if self.column is None and self.year is not None:
            raise ValueError("`year` goes with `column`, which holds the months")
        if self.day is not None and self.year is None:
            raise ValueError("`day` goes with `year`: it is the day of a month")
        return self


class BacktestSpec(Section):
    """A data set, split by time instead of at random, with the models that learn from it.

    Parameters
    ----------
    data, release, raw : str
        The data set, its release, and the folder of its raw files.
    order : Order
    first : int
        Periods that the first models learn from.
    windows : list of int
        Periods of each sliding window.
    splits : int
        Random splits, each from its own seed.
    go_on : bool
        Whether models also learn on from each period alone.
    models : dict of str to RunSpec
        By title; the first one is watched.
    watch : Rule
        What is an alarm.
    level : float
        Of all intervals.
    draws : int
        Resamples of a bootstrap.
    seed : int
    """

    data: str
    release: str
    raw: str
    order: Order
    first: int
    windows: list[int]
    splits: int
    go_on: bool
    models: dict[str, RunSpec]
    watch: Rule
    level: float
    draws: int
    seed: int
