"""Checking a catalogue against the estimators it names, once for each state of both."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from handbook import config, datasets, provenance
from handbook.errors import HandbookError, nearest
from handbook.records import digest, write_text

__all__ = ["check", "check_once", "read"]

_REMEMBERED = 20


def read(path: Path) -> config.Params:
    """Read and check a catalogue from a YAML file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HandbookError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise HandbookError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise HandbookError(f"{path}: must hold keys such as 'models:' and 'data:'")
    return config.load(content)


def check(params: config.Params) -> None:
    """Import every estimator and lab of the catalogue and hold them against their entries.

    Raises
    ------
    HandbookError
        Lists every fault.
    """
    from handbook.sweeps.faults import estimator_faults

    config.complain(
        [
            *_faults_of_models(params),
            *_faults_of_judges(params),
            *_faults_of_labs(params),
            *estimator_faults(params),
        ]
    )


def _faults_of_models(params: config.Params) -> Iterator[str]:
    from handbook.estimator import faults

    for name, model in params.models.items():
        for key, variant in model.variants.items():
            kinds = {datasets.module(data).KIND for data in variant.data or model.data}
            where = f"models.{name}.variants.{key}"
            settings = {f"{where}.params": variant.params}
            for tier, one in variant.tiers.items():
                settings[f"{where}.tiers.{tier}.params"] = variant.params | one.params
            for place, given in settings.items():
                for kind in sorted(kinds):
                    path = variant.estimator or model.estimator
                    for fault in faults(path, model.task, kind, given):
                        yield f"{place}: {fault}"
            yield from _faults_of_search(where, model, variant)
        if model.diagnose is not None and model.diagnose.parameter is not None:
            first = next(iter(model.variants.values()))
            tried = {model.diagnose.parameter: model.diagnose.values}
            yield from _faults_of_values(f"models.{name}.diagnose", model, first, tried)
    if params.bias_variance is not None:
        for name, asked in params.bias_variance.models.items():
            model = params.models[name]
            first = next(iter(model.variants.values()))
            tried = {str(asked.parameter): asked.values}
            yield from _faults_of_values(f"bias_variance.models.{name}", model, first, tried)


def _faults_of_judges(params: config.Params) -> Iterator[str]:
    from handbook.estimator import faults

    for name, judge in params.judges.items():
        for one in (config.Override(), *judge.tiers.values()):
            given = judge.params | one.params
            for fault in faults(judge.estimator, "classification", "images", given):
                yield f"judges.{name}.params: {fault}"


def _faults_of_search(where: str, model: config.Model, variant: config.Variant) -> Iterator[str]:
    if variant.search is not None:
        yield from _faults_of_values(f"{where}.search.space", model, variant, variant.search.space)


def _faults_of_values(
    where: str, model: config.Model, variant: config.Variant, space: Mapping[str, list[Any]]
) -> Iterator[str]:
    """Try each value of a search or a curve by itself, beside the variant's own settings."""
    from handbook.estimator import faults

    kind = datasets.module(model.data[0]).KIND
    path = variant.estimator or model.estimator
    for name, values in space.items():
        if name == "preprocess.degree":
            if not set(values) <= {1, 2, 3} or max(values) < 2:
                yield f"{where}.{name}: {values}; use 1 to 3, not 1 alone"
            continue
        for value in values:
            for fault in faults(path, model.task, kind, variant.params | {name: value}):
                yield f"{where}.{name}: {fault}"


def _faults_of_labs(params: config.Params) -> Iterator[str]:
    known = provenance.children("handbook.labs")
    for name, lab in params.labs.items():
        module = name.replace("-", "_")
        if module not in known:
            names = [other.replace("_", "-") for other in known]
            yield f"labs.{name}: no such lab; {nearest(name, names)}"
            continue
        compute = importlib.import_module(f"handbook.labs.{module}").compute
        takes = dict(inspect.signature(compute).parameters)
        asks = takes.pop("data", None) is not None  # the rows: given by the rule, not by params
        if asks != (lab.data is not None):
            yield f"labs.{name}.data: " + (
                "missing; it is required" if asks else "it takes no rows"
            )
        for argument in lab.params:
            if argument not in takes:
                yield f"labs.{name}.params.{argument}: unknown; {nearest(argument, takes)}"
        for argument, parameter in takes.items():
            if argument not in lab.params and parameter.default is parameter.empty:
                yield f"labs.{name}.params.{argument}: missing; it is required"


def check_once(params: config.Params, memo: Path) -> None:
    """Do what :func:`check` does, unless `memo` says that this very state passed before.

    Importing scikit-learn and torch takes seconds, which a rebuild with nothing to do must not
    pay.
    """
    paths = [params.estimator(run) for run in params.runs()]
    paths += [judge.estimator for judge in params.judges.values()]
    own = [path.rpartition(".")[0] for path in paths]
    labs = [f"handbook.labs.{lab}" for lab in provenance.children("handbook.labs")]
    code = provenance.code_digests("handbook.estimator", *filter(provenance.exists, own), *labs)
    state = digest(
        {
            "models": {
                name: [
                    model.estimator,
                    model.task,
                    model.data,
                    {k: v.model_dump() for k, v in model.variants.items()},
                    model.diagnose and model.diagnose.model_dump(),
                ]
                for name, model in params.models.items()
            },
            "judges": {name: judge.model_dump() for name, judge in params.judges.items()},
            "bias_variance": params.bias_variance and params.bias_variance.model_dump(),
            "labs": {name: lab.model_dump() for name, lab in params.labs.items()},
            "sweeps": {name: sweep.model_dump() for name, sweep in params.sweeps.items()},
            "code": code,
            "versions": provenance.versions("sklearn", *code),
        }
    )
    # Several, because a sweep of the command line is a catalogue of its own.
    passed = memo.read_text(encoding="utf-8").split() if memo.exists() else []
    if state not in passed:
        check(params)
        write_text(memo, "\n".join([*passed[-_REMEMBERED:], state]) + "\n")
