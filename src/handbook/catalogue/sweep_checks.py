"""Faults of the sweeps of a catalogue, before any of them runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handbook import tasks
from handbook.catalogue.names import faults as name_faults
from handbook.catalogue.space import Parameter, Space
from handbook.core.errors import nearest
from handbook.data import registry
from handbook.tasks.metric import METRICS

if TYPE_CHECKING:
    from handbook.catalogue.params import Params
    from handbook.catalogue.sections import Model
    from handbook.catalogue.sweep_spec import SweepSpec
    from handbook.catalogue.sweeps import Choice, Sweep

__all__ = ["estimator_faults", "faults"]

# Most settings of a grid without a budget: more are a mistake.
_MOST = 100_000


def faults(params: Params, names: Sequence[str] | None = None) -> Iterator[str]:
    """Yield what is wrong with sweeps, without importing any estimator.

    Parameters
    ----------
    params : Params
    names : sequence of str or None
        Sweeps to check; None for all.
    """
    for name in params.sweeps if names is None else names:
        sweep, where = params.sweeps[name], f"sweeps.{name}"
        yield from name_faults(where, [name])
        if sweep.model not in params.models:
            yield f"{where}.model: {sweep.model!r}; {nearest(sweep.model, params.models)}"
            continue
        yield from _of_model(where, sweep, params.models[sweep.model])
        in_space = [
            fault for item in sweep.space.items() for fault in _of_choice(where, sweep, *item)
        ]
        in_space += _of_conditions(where, sweep)
        yield from in_space
        if not sweep.space:
            yield f"{where}.space: empty; name at least one parameter and its values"
        elif not in_space:
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


def _of_choice(where: str, sweep: Sweep, name: str, choice: list[Any] | Choice) -> Iterator[str]:
    where = f"{where}.space.{name}"
    values = choice if isinstance(choice, list) else choice.values
    if values is not None:
        if not values:
            yield f"{where}: no values; give at least one"
        if any(values.count(value) > 1 for value in values if not isinstance(value, bool)):
            yield f"{where}: {values}: a value stands there twice"
    if isinstance(choice, list):
        return
    ends = (choice.low, choice.high)
    if (values is None) == (ends == (None, None)):
        yield f"{where}: give either values, or low and high"
        return
    if values is not None:
        if choice.log or choice.points:
            yield f"{where}: log and points are of ranges; leave them out beside values"
        return
    if choice.low is None or choice.high is None:
        yield f"{where}: low and high go together; give both"
    elif choice.low >= choice.high:
        yield f"{where}: low {choice.low} is not below high {choice.high}"
    elif choice.log and choice.low <= 0:
        yield f"{where}: a log range begins above 0, not at {choice.low}"
    elif sweep.strategy == "grid" and not Parameter.of(name, choice.model_dump()).grid():
        yield f"{where}: a grid of fractions needs points, or a list of values"


def _of_conditions(where: str, sweep: Sweep) -> Iterator[str]:
    earlier: dict[str, Parameter] = {}
    for parameter in Space.of(sweep.plain_space()).parameters:
        for other, wanted in parameter.when.items():
            key = f"{where}.space.{parameter.name}.when.{other}"
            if other not in earlier:
                names = ", ".join(earlier) or "none"
                before = f"no parameter that stands before {parameter.name!r}"
                yield f"{key}: {before}; these do: {names}"
                continue
            values = earlier[other].values
            if not values:
                yield f"{key}: {other!r} is a range; a condition needs a list of values"
                continue
            for value in wanted:
                if value not in values:
                    yield f"{key}: {value!r} is none of its values {list(values)}"
        earlier[parameter.name] = parameter


def _of_budget(where: str, sweep: Sweep) -> Iterator[str]:
    budget = sweep.budget
    if budget is not None and budget < 1:
        yield f"{where}.budget: {budget}; at least one trial must be allowed"
    elif sweep.strategy != "grid":
        if budget is None:
            yield f"{where}.budget: missing; {sweep.strategy} goes on for as long as it may"
    else:
        size = Space.of(sweep.plain_space()).size()
        if budget is not None and size > budget:
            yield (
                f"{where}: the grid has {size:,} settings and the budget is {budget:,} trials; "
                "take values out, raise the budget, or use strategy: random"
            )
        elif budget is None and size > _MOST:
            yield f"{where}: the grid has {size:,} settings; take values out, or give a budget"


def estimator_faults(params: Params, names: Sequence[str] | None = None) -> Iterator[str]:
    """Yield what estimators refuse of each value by itself, and metrics of another task."""
    from handbook.catalogue.sweep_spec import sweep_spec

    for name in params.sweeps if names is None else names:
        spec, where = sweep_spec(params, name), f"sweeps.{name}"
        metrics = [metric.name for metric in METRICS.values() if spec.task in metric.tasks]
        if spec.metric is not None and spec.metric not in metrics:
            yield (
                f"{where}.score.metric: {spec.metric!r} is not of the task {spec.task!r}; "
                f"{nearest(spec.metric, metrics)}"
            )
        yield from _of_arguments(f"{where}.params", spec, {}, {})
        for parameter in spec.search_space.parameters:
            # of a range its ends: what lies between is of their type
            for value in parameter.values or (parameter.low, parameter.high):
                arguments, recipe = Space((parameter,)).arguments({parameter.name: value})
                yield from _of_arguments(f"{where}.space.{parameter.name}", spec, arguments, recipe)


def _of_arguments(
    where: str, spec: SweepSpec, arguments: Mapping[str, Any], recipe: Mapping[str, Any]
) -> Iterator[str]:
    from pydantic import ValidationError

    from handbook.catalogue.sections import Preprocess
    from handbook.training.build import faults as of_estimator

    kind = registry.module(spec.data).KIND
    if recipe and kind != "table":
        yield f"{where}: {spec.data!r} holds {kind}, whose columns are not preprocessed"
        return
    given = {**spec.params, **arguments}
    for fault in of_estimator(spec.estimator, spec.task, kind, given, spec.trusted):
        yield f"{where}: {fault}"
    if recipe:
        try:
            Preprocess.model_validate(recipe)
        except ValidationError as error:
            for refusal in error.errors():
                message = f"{refusal['msg'][:1].lower()}{refusal['msg'][1:]}"
                yield f"{where}: {message}; it is {refusal['input']!r}"
