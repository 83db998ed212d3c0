"""The section `sweeps:` of `params.yaml`, typed, and what the jobs of a sweep are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from handbook.catalogue.sections import Override, Preprocess, Section
from handbook.data import registry

if TYPE_CHECKING:
    from handbook.catalogue.params import Params

__all__ = ["Choice", "Score", "Sweep", "sweep_spec"]

# In a demo, which shows that sweeps run and no figure worth a look.
_DEMO_BUDGET, _DEMO_ROWS, _DEMO_FOLDS = 8, 500, 2


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


def sweep_spec(params: Params, name: str) -> dict[str, Any]:
    """Return everything in the catalogue that a sweep depends on, as plain data."""
    sweep = params.sweeps[name]
    model = params.models[sweep.model]
    data = sweep.data or model.data[0]
    variant = model.variants[sweep.variant or next(iter(model.variants))]
    override = variant.tiers.get(params.tier, Override())
    demo = params.tier == "demo"
    rows, budget = sweep.rows, sweep.budget
    folds = sweep.score.folds or params.data[data].folds or params.crossval.folds
    if sweep.score.validation is not None:
        folds = round(1 / sweep.score.validation)
    elif demo:
        folds = min(folds, _DEMO_FOLDS)
    if demo:
        rows = min(rows or _DEMO_ROWS, _DEMO_ROWS)
        budget = budget and min(budget, _DEMO_BUDGET)
    table = registry.module(data).KIND == "table"
    return {
        "sweep": name,
        "model": sweep.model,
        "data": data,
        "data_variant": params.release(data),
        "task": model.task,
        "estimator": variant.estimator or model.estimator,
        "params": variant.params | override.params | sweep.params,
        "preprocess": (variant.preprocess or Preprocess()).model_dump() if table else None,
        "space": _space(sweep),
        "strategy": sweep.strategy,
        "budget": budget,
        "metric": sweep.score.metric,
        "folds": folds,
        "evaluated": 1 if sweep.score.validation is not None else folds,
        "rows": rows,
        "seed": params.seed if sweep.seed is None else sweep.seed,
        "threads": 1 if demo else sweep.threads or model.threads,
        "level": params.crossval.level,
        "prune": sweep.prune,
        "batch": sweep.batch,
        "chunk": sweep.chunk,
    }


def _space(sweep: Sweep) -> dict[str, Any]:
    return {
        name: one if isinstance(one, list) else one.model_dump(exclude_defaults=True)
        for name, one in sweep.space.items()
    }
