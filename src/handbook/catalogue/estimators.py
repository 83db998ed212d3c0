"""Checks of a catalogue against the estimators, labs and claims that it names."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from handbook.catalogue import reading
from handbook.catalogue.params import Params
from handbook.catalogue.sections import Claim, Lab, Model, Override, Variant
from handbook.claims import registry as claims
from handbook.core import limits
from handbook.core.errors import nearest
from handbook.data import registry
from handbook.labs import registry as labs

__all__ = ["check"]


def check(params: Params) -> None:
    """Import every estimator, lab and claim of the catalogue and hold them against their entries.

    Raises
    ------
    HandbookError
        Lists every fault; or the shell allows too little to look for them.
    """
    from handbook.catalogue.sweep_checks import estimator_faults

    limits.require()
    reading.complain(
        [
            *_faults_of_models(params),
            *_faults_of_judges(params),
            *_faults_of_labs(params),
            *_faults_of_claims(params),
            *_faults_of_backtests(params),
            *estimator_faults(params),
        ]
    )


def _faults_of_models(params: Params) -> Iterator[str]:
    from handbook.training.build import faults

    for name, model in params.models.items():
        trusted = params.trusts(model)
        for key, variant in model.variants.items():
            kinds = {registry.module(data).KIND for data in variant.data or model.data}
            where = f"models.{name}.variants.{key}"
            settings = {f"{where}.params": variant.params}
            for tier, override in variant.tiers.items():
                settings[f"{where}.tiers.{tier}.params"] = variant.params | override.params
            for entry, given in settings.items():
                for kind in sorted(kinds):
                    path = variant.estimator or model.estimator
                    for fault in faults(path, model.task, kind, given, trusted):
                        yield f"{entry}: {fault}"
            yield from _faults_of_search(where, model, variant, trusted)
        yield from _faults_of_seeds(f"models.{name}.seeds", model, trusted)
        if model.diagnose is not None and model.diagnose.parameter is not None:
            first = next(iter(model.variants.values()))
            tried = {model.diagnose.parameter: model.diagnose.values}
            yield from _faults_of_values(f"models.{name}.diagnose", model, first, tried, trusted)
    if params.bias_variance is not None:
        for name, varied in params.bias_variance.models.items():
            model = params.models[name]
            first = next(iter(model.variants.values()))
            tried = {str(varied.parameter): varied.values}
            yield from _faults_of_values(
                f"bias_variance.models.{name}", model, first, tried, params.trusts(model)
            )


def _faults_of_seeds(where: str, model: Model, trusted: Collection[str]) -> Iterator[str]:
    """Hold the settings of trainings from several seeds against the first variant's, by tier."""
    from handbook.training.build import faults

    if model.seeds is None:
        return
    first = next(iter(model.variants.values()))
    path = first.estimator or model.estimator
    kind = registry.module((first.data or model.data)[0]).KIND
    for tier in (None, *sorted({*first.tiers, *model.seeds.tiers})):
        own = first.tiers.get(tier, Override()) if tier else Override()
        override = model.seeds.tiers.get(tier, Override()) if tier else Override()
        given = first.params | own.params | model.seeds.params | override.params
        entry = f"{where}.tiers.{tier}.params" if tier else f"{where}.params"
        for fault in faults(path, model.task, kind, given, trusted):
            yield f"{entry}: {fault}"


def _faults_of_judges(params: Params) -> Iterator[str]:
    from handbook.training.build import faults

    for name, judge in params.judges.items():
        for override in (Override(), *judge.tiers.values()):
            given = judge.params | override.params
            trusted = params.trusts()
            for fault in faults(judge.estimator, "classification", "images", given, trusted):
                yield f"judges.{name}.params: {fault}"


def _faults_of_search(
    where: str, model: Model, variant: Variant, trusted: Collection[str]
) -> Iterator[str]:
    if variant.search is not None:
        space = variant.search.space
        yield from _faults_of_values(f"{where}.search.space", model, variant, space, trusted)


def _faults_of_values(
    where: str,
    model: Model,
    variant: Variant,
    space: Mapping[str, list[Any]],
    trusted: Collection[str],
) -> Iterator[str]:
    """Try each value of a search or a curve by itself, beside the variant's own settings."""
    from handbook.training.build import faults

    kind = registry.module(model.data[0]).KIND
    path = variant.estimator or model.estimator
    for name, values in space.items():
        if name == "preprocess.degree":
            if not set(values) <= {1, 2, 3} or max(values) < 2:
                yield f"{where}.{name}: {values}; use 1 to 3, not 1 alone"
            continue
        for value in values:
            tried = variant.params | {name: value}
            for fault in faults(path, model.task, kind, tried, trusted):
                yield f"{where}.{name}: {fault}"


def _faults_of_backtests(params: Params) -> Iterator[str]:
    from handbook.catalogue.backtests import model_spec
    from handbook.monitoring.backtest_models import can_go_on
    from handbook.training.build import faults

    for data, section in params.backtests.items():
        for name, own in section.models.items():
            where, spec = f"backtests.{data}.models.{name}", model_spec(params, data, name, own)
            wrong = list(faults(spec.estimator, spec.task, "table", spec.params, spec.trusted))
            yield from (f"{where}.params: {fault}" for fault in wrong)
            if section.go_on and not wrong and not can_go_on(spec):
                yield f"backtests.{data}.go_on: {spec.estimator} has no partial_fit; leave it out"


def _faults_of_labs(params: Params) -> Iterator[str]:
    for name, lab in params.labs.items():
        if name not in labs.names():
            yield f"labs.{name}: no such lab; {nearest(name, labs.names())}"
        else:
            yield from _faults_of_computing(f"labs.{name}", labs.module_name(name), lab)


def _faults_of_claims(params: Params) -> Iterator[str]:
    for name, claim in params.claims.items():
        if name not in claims.names():
            yield f"claims.{name}: no such claim; {nearest(name, claims.names())}"
        else:
            module = claims.module_name(name)
            yield from _faults_of_computing(f"claims.{name}", module, claim, {"seeds"})


def _faults_of_computing(
    where: str, module: str, entry: Lab | Claim, given: Collection[str] = ()
) -> Iterator[str]:
    """Hold an entry against the arguments of its module's ``compute``, but for those `given`."""
    takes = dict(inspect.signature(importlib.import_module(module).compute).parameters)
    asks = takes.pop("data", None) is not None  # the rows: given by the rule, not by params
    takes = {argument: takes[argument] for argument in takes if argument not in given}
    if asks != (entry.data is not None):
        yield f"{where}.data: " + ("missing; it is required" if asks else "it takes no rows")
    for argument in entry.params:
        if argument not in takes:
            yield f"{where}.params.{argument}: unknown; {nearest(argument, takes)}"
    for argument, parameter in takes.items():
        if argument not in entry.params and parameter.default is parameter.empty:
            yield f"{where}.params.{argument}: missing; it is required"
