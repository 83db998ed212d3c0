"""What the jobs of a sweep know of it: a slice of the catalogue, typed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from handbook.catalogue.sections import Override, Preprocess, Section
from handbook.catalogue.space import Setting, Space
from handbook.data import registry
from handbook.training.spec import Trusted

if TYPE_CHECKING:
    from handbook.catalogue.params import Params

__all__ = ["SweepSpec", "sweep_spec"]

# Upper limits in the demo tier, which shows that sweeps run.
_DEMO_BUDGET, _DEMO_ROWS, _DEMO_FOLDS = 8, 500, 2


class SweepSpec(Section):
    """Everything in the catalogue that a sweep depends on; the rest of a trial is its setting."""

    sweep: str
    model: str
    data: str
    data_variant: str  # release of the data set
    task: str
    estimator: str  # import path of the class
    trusted: Trusted = ()
    params: dict[str, Any]  # constructor arguments that every trial has
    preprocess: Preprocess | None  # None for images and text
    space: dict[str, Any]  # values by parameter, as the catalogue declares them
    strategy: Literal["grid", "random", "tpe"]
    budget: int | None  # most trials
    metric: str | None  # by which trials are compared; None: the task's primary one
    folds: int  # of the training rows
    evaluated: int  # folds that are scored: all, or one as a validation split
    rows: int | None  # most training rows that take part
    seed: int
    threads: int
    level: float  # of the confidence intervals
    prune: bool  # whether poor trials are given up early
    batch: int  # trials of a round, where rounds depend on earlier ones
    chunk: int | None  # trials of a job; None: by the number of trials

    @cached_property
    def search_space(self) -> Space:
        """The parameters that vary between trials."""
        return Space.of(self.space)

    @property
    def sequential(self) -> bool:
        """Whether later trials depend on the scores of earlier ones."""
        return self.strategy == "tpe" or self.prune

    def with_setting(self, setting: Setting) -> SweepSpec:
        """Return the spec with the arguments and the preprocessing of one setting."""
        own, recipe = self.search_space.arguments(setting)
        preprocess = self.preprocess and self.preprocess.model_copy(update=recipe)
        return self.model_copy(update={"params": self.params | own, "preprocess": preprocess})


def sweep_spec(params: Params, name: str) -> SweepSpec:
    """Return the spec of a declared sweep, in the catalogue's tier."""
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
    return SweepSpec(
        sweep=name,
        model=sweep.model,
        data=data,
        data_variant=params.release(data),
        task=model.task,
        estimator=variant.estimator or model.estimator,
        trusted=params.trusts(model),
        params=variant.params | override.params | sweep.params,
        preprocess=(variant.preprocess or Preprocess()) if table else None,
        space=sweep.plain_space(),
        strategy=sweep.strategy,
        budget=budget,
        metric=sweep.score.metric,
        folds=folds,
        evaluated=1 if sweep.score.validation is not None else folds,
        rows=rows,
        seed=params.seed if sweep.seed is None else sweep.seed,
        threads=1 if demo else sweep.threads or model.threads,
        level=params.crossval.level,
        prune=sweep.prune,
        batch=sweep.batch,
        chunk=sweep.chunk,
    )
