"""The section `sweeps:` of `params.yaml`, typed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from handbook.catalogue.sections import Section

__all__ = ["Choice", "Score", "Sweep"]


class Choice(Section):
    """A parameter of a space, where a plain list of values does not say enough."""

    values: list[Any] | None = Field(None, description="a list; else low and high")
    low: int | float | None = Field(None, description="low end of a range; two integers: integers")
    high: int | float | None = Field(None, description="high end of a range")
    log: bool = Field(False, description="equal factors are equal steps")
    points: int | None = Field(None, ge=2, description="values that a grid takes of a range")
    sets: list[str] = Field([], description="arguments that take the value; without it, the key")
    when: dict[str, Any] = Field(
        {}, description="earlier parameter -> value or values with which this one matters"
    )


class Score(Section):
    """How settings are compared: on training rows alone."""

    metric: str | None = Field(default=None, description="of the task; without it, its primary one")
    folds: int | None = Field(
        default=None, ge=2, description="without it, as elsewhere on the data set"
    )
    validation: float | None = Field(
        default=None,
        gt=0,
        le=0.5,
        description="instead of folds: share of rows of one validation split",
    )


class Sweep(Section):
    """Many settings of one model, compared."""

    model: str
    data: str | None = Field(None, description="one of the model's; without it, the first")
    variant: str | None = Field(None, description="whose settings stand; without it, the first")
    params: dict[str, Any] = Field({}, description="constructor arguments that replace its own")
    space: dict[str, list[Any] | Choice] = Field(
        description="values by constructor argument (nested ones as a__b), or preprocess.<field>"
    )
    strategy: Literal["grid", "random", "tpe"] = "grid"
    budget: int | None = Field(None, description="most trials; a grid needs none")
    score: Score = Score()
    rows: int | None = Field(None, ge=50, description="training rows that take part; else all")
    seed: int | None = Field(None, ge=0, lt=2**32, description="without it, the catalogue's")
    threads: int | None = Field(None, ge=1, description="of a job; without it, the model's")
    prune: bool = Field(
        False, description="give up trials worse than the median, fold by fold or epoch by epoch"
    )
    batch: int = Field(8, ge=1, description="trials that tpe proposes, or prune judges, at once")
    chunk: int | None = Field(
        None, ge=1, description="trials that share a job; else by their count"
    )

    def plain_space(self) -> dict[str, Any]:
        """Return the space as plain data, defaults left out."""
        return {
            name: values if isinstance(values, list) else values.model_dump(exclude_defaults=True)
            for name, values in self.space.items()
        }
