"""Backtests of the catalogue: what is wrong with them, and the specification of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handbook.catalogue.params import Params, Run
from handbook.catalogue.sections import BacktestModel, Override
from handbook.catalogue.specs import run_spec
from handbook.core.errors import nearest
from handbook.data import raw, registry
from handbook.monitoring.backtest_spec import TASKS, BacktestSpec
from handbook.training.spec import RunSpec

__all__ = ["backtest_spec", "faults", "model_spec", "settings"]

# Resamples of a bootstrap, and random splits of a demo at most.
_DRAWS, _DEMO_DRAWS, _DEMO_SPLITS = 200, 50, 2


def backtest_spec(params: Params, data: str) -> BacktestSpec:
    """Return all that the backtest of a data set depends on in the catalogue."""
    section, demo = params.backtests[data], params.tier == "demo"
    release = params.release(data)
    models = {
        params.models[name].title: model_spec(params, data, name, own)
        for name, own in section.models.items()
    }
    return BacktestSpec(
        data=data,
        release=release,
        raw=raw.folder(data, release),
        order=section.order,
        first=section.first,
        windows=section.windows,
        splits=min(section.splits, _DEMO_SPLITS) if demo else section.splits,
        go_on=section.go_on,
        models=models,
        watch=params.watch,
        level=params.crossval.level,
        draws=_DEMO_DRAWS if demo else _DRAWS,
        seed=params.seed,
    )


def model_spec(params: Params, data: str, name: str, own: BacktestModel) -> RunSpec:
    """Return the specification of a model in a backtest: nothing is searched, all rows are used."""
    run = Run(name, data, own.variant)
    spec = run_spec(params, run)
    tier = params.models[name].variants[own.variant].tiers.get(params.tier, Override())
    settings = spec.params | own.params | tier.params
    return spec.model_copy(
        update={"params": settings, "search": None, "fit_rows": None, "threads": 1}
    )


def faults(params: Params) -> Iterator[str]:
    """Yield what is wrong with backtests, found without importing any estimator."""
    for data, section in params.backtests.items():
        where = f"backtests.{data}"
        if data not in params.data:
            yield f"{where}: no such data set; {nearest(data, params.data)}"
            continue
        if registry.module(data).KIND != "table":
            yield f"{where}: {data!r} holds {registry.module(data).KIND}; backtests are of tables"
        for window in section.windows:
            if window < 1:
                yield f"{where}.windows: {window} periods; a window has 1 or more"
        for name, own in section.models.items():
            yield from _of_model(params, f"{where}.models.{name}", data, name, own)
        used = {params.models[name].task for name in section.models if name in params.models}
        if len(used) > 1:
            both = " and ".join(sorted(used))
            yield f"{where}.models: do {both}; only models of one task can be compared"


def _of_model(
    params: Params, where: str, data: str, name: str, own: BacktestModel
) -> Iterator[str]:
    if name not in params.models:
        yield f"{where}: no such model; {nearest(name, params.models)}"
        return
    model = params.models[name]
    if own.variant not in model.variants:
        yield f"{where}.variant: {own.variant!r}; {nearest(own.variant, model.variants)}"
        return
    variant = model.variants[own.variant]
    if data not in (variant.data or model.data):
        yield f"{where}: {name}/{own.variant} is not on {data!r}; add it to the data of the model"
    if model.task not in TASKS:
        yield f"{where}: does {model.task}; backtests are of {' and '.join(TASKS)}"
    for searched in variant.search.space if variant.search else ():
        if searched not in own.params and not searched.startswith("preprocess."):
            yield (
                f"{where}.params.{searched}: missing; {own.variant!r} searches it, and a backtest "
                "chooses nothing: give it a value"
            )


def settings(params: Params) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield where the free values of each model in a backtest stand, these, and the model."""
    for data, section in params.backtests.items():
        for name, own in section.models.items():
            yield f"backtests.{data}.models.{name}.params", own.params, name
