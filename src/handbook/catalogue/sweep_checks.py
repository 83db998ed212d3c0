"""What is wrong with a sweep, said before anything of it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handbook import tasks
from handbook.catalogue.space import Parameter, Space
from handbook.core.errors import nearest
from handbook.data import registry
from handbook.tasks.metric import METRICS

if TYPE_CHECKING:
    from handbook.catalogue.params import Params
    from handbook.catalogue.sections import Model
    from handbook.catalogue.sweeps import Choice, Sweep

__all__ = ["estimator_faults", "faults"]

_NAME = r"[a-z0-9]+(-[a-z0-9]+)*"
# Trials of a grid that names no budget: more are a slip of the pen.
_MOST = 100_000
_RECIPE = "preprocess."


def faults(params: Params, names: Sequence[str] | None = None) -> Iterator[str]:
    """Yield what is wrong with sweeps, found without importing any estimator.

    Parameters
    ----------
    params : Params
    names : sequence of str or None
        Of the sweeps to look at; None for all.
    """
    for name in params.sweeps if names is None else names:
        sweep, where = params.sweeps[name], f"sweeps.{name}"
        if not re.fullmatch(_NAME, name):
            yield f"{where}: becomes a folder: use small letters, digits and hyphens"
        if sweep.model not in params.models:
            yield f"{where}.model: {sweep.model!r}; {nearest(sweep.model, params.models)}"
            continue
        yield from _of_model(where, sweep, params.models[sweep.model])
        found = [fault for one in sweep.space.items() for fault in _of_choice(where, sweep, *one)]
        found += _of_conditions(where, sweep)
        yield from found
        if not sweep.space:
            yield f"{where}.space: empty; name at least one parameter and its values"
        elif not found:
            yield from _of_budget(where, sweep)


def _of_model(where: str, sweep: Sweep, model: Model) -> Iterator[str]:
    data = sweep.data or model.data[0]
    if data not in model.data:
        yield f"{where}.data: {data!r}; {nearest(data, model.data)}"
    if sweep.variant is not None and sweep.variant not in model.variants:
        yield f"{where}.variant: {sweep.variant!r}; {nearest(sweep.variant, model.variants)}"
    elif sweep.variant is not None:
        own = model.variants[sweep.variant].data or model.data
        if data not in own:
            yield f"{where}.variant: {sweep.variant!r} is not of {data!r}, but of {', '.join(own)}"
    if model.task in tasks.JUDGED:
        yield (
            f"{where}.model: {sweep.model!r} generates, and is judged on test rows alone; a sweep "
            "scores on training rows"
        )
    metric = sweep.score.metric
    if metric is not None and metric not in METRICS:
        yield f"{where}.score.metric: {metric!r}; {nearest(metric, METRICS)}"
    if sweep.score.folds is not None and sweep.score.validation is not None:
        yield f"{where}.score: folds and validation exclude each other; give one"


def _of_choice(where: str, sweep: Sweep, name: str, said: list[Any] | Choice) -> Iterator[str]:
    where = f"{where}.space.{name}"
    values = said if isinstance(said, list) else said.values
    if values is not None:
        if not values:
            yield f"{where}: no values; give at least one"
        if any(values.count(value) > 1 for value in values if not isinstance(value, bool)):
            yield f"{where}: {values}: a value stands there twice"
    if isinstance(said, list):
        return
    ends = (said.low, said.high)
    if (values is None) == (ends == (None, None)):
        yield f"{where}: give either values, or low and high"
        return
    if values is not None:
        if said.log or said.points:
            yield f"{where}: log and points are of ranges; leave them out beside values"
        return
    if said.low is None or said.high is None:
        yield f"{where}: low and high go together; give both"
    elif said.low >= said.high:
        yield f"{where}: low {said.low} is not below high {said.high}"
    elif said.log and said.low <= 0:
        yield f"{where}: a log range begins above 0, not at {said.low}"
    elif sweep.strategy == "grid" and not Parameter.of(name, said.model_dump()).grid():
        yield f"{where}: a grid of fractions needs points, or a list of values"


def _of_conditions(where: str, sweep: Sweep) -> Iterator[str]:
    earlier: dict[str, list[Any] | Choice] = {}
    for name, said in sweep.space.items():
        conditions = {} if isinstance(said, list) else said.when
        for other, held in conditions.items():
            place = f"{where}.space.{name}.when.{other}"
            if other not in earlier:
                known = ", ".join(earlier) or "none"
                yield f"{place}: no parameter that stands before {name!r}; these do: {known}"
                continue
            before = earlier[other]
            values = before if isinstance(before, list) else before.values
            if values is None:
                yield f"{place}: {other!r} is a range; a condition needs a list of values"
                continue
            for value in held if isinstance(held, list) else [held]:
                if value not in values:
                    yield f"{place}: {value!r} is none of its values {values}"
        earlier[name] = said


def _of_budget(where: str, sweep: Sweep) -> Iterator[str]:
    budget = sweep.budget
    if budget is not None and budget < 1:
        yield f"{where}.budget: {budget}; at least one trial must be allowed"
    elif sweep.strategy != "grid":
        if budget is None:
            yield f"{where}.budget: missing; {sweep.strategy} goes on for as long as it may"
    else:
        space = {n: s if isinstance(s, list) else s.model_dump() for n, s in sweep.space.items()}
        size = Space.of(space).size()
        if budget is not None and size > budget:
            yield (
                f"{where}: the grid has {size:,} settings and the budget is {budget:,} trials; "
                "take values out, raise the budget, or use strategy: random"
            )
        elif budget is None and size > _MOST:
            yield f"{where}: the grid has {size:,} settings; take values out, or give a budget"


def estimator_faults(params: Params, names: Sequence[str] | None = None) -> Iterator[str]:
    """Yield what an estimator would say of each value by itself, and metrics of another task."""
    from handbook.catalogue.sweeps import sweep_spec

    for name in params.sweeps if names is None else names:
        spec, where = sweep_spec(params, name), f"sweeps.{name}"
        known = [metric.name for metric in METRICS.values() if spec["task"] in metric.tasks]
        if spec["metric"] is not None and spec["metric"] not in known:
            yield (
                f"{where}.score.metric: {spec['metric']!r} is not of the task {spec['task']!r}; "
                f"{nearest(spec['metric'], known)}"
            )
        kind = registry.module(spec["data"]).KIND
        yield from _of_arguments(f"{where}.params", spec, kind, spec["params"], {})
        for one in Space.of(spec["space"]).parameters:
            yield from _of_values(f"{where}.space.{one.name}", spec, kind, one)


def _of_values(where: str, spec: Mapping[str, Any], kind: str, one: Parameter) -> Iterator[str]:
    # of a range its ends: what lies between is of their type
    for value in one.values or (one.low, one.high):
        asked = dict.fromkeys(one.arguments, value)
        recipe = {
            name.removeprefix(_RECIPE): asked.pop(name)
            for name in list(asked)
            if name.startswith(_RECIPE)
        }
        if recipe and kind != "table":
            yield f"{where}: {spec['data']!r} holds {kind}, which nothing is done to beforehand"
        else:
            yield from _of_arguments(where, spec, kind, spec["params"] | asked, recipe)


def _of_arguments(
    where: str, spec: Mapping[str, Any], kind: str, params: dict[str, Any], recipe: dict[str, Any]
) -> Iterator[str]:
    from pydantic import ValidationError

    from handbook.catalogue.sections import Preprocess
    from handbook.training.build import faults as of_estimator

    for fault in of_estimator(spec["estimator"], spec["task"], kind, params):
        yield f"{where}: {fault}"
    if recipe:
        try:
            Preprocess.model_validate(recipe)
        except ValidationError as error:
            for one in error.errors():
                yield f"{where}: {one['msg'][:1].lower()}{one['msg'][1:]}; it is {one['input']!r}"
