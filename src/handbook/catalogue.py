"""Checking a catalogue against the estimators it names, once for each state of both."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import yaml

from handbook import config, datasets, provenance
from handbook.errors import HandbookError, nearest
from handbook.records import digest, write_text

__all__ = ["check", "check_once", "read"]


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
    config.complain([*_faults_of_models(params), *_faults_of_labs(params)])


def _faults_of_models(params: config.Params) -> Iterator[str]:
    from handbook.estimator import faults

    for name, model in params.models.items():
        kinds = {datasets.module(data).KIND for data in model.data}
        for key, variant in model.variants.items():
            where = f"models.{name}.variants.{key}"
            settings = {f"{where}.params": variant.params}
            for tier, one in variant.tiers.items():
                settings[f"{where}.tiers.{tier}.params"] = variant.params | one.params
            for place, given in settings.items():
                for kind in sorted(kinds):
                    for fault in faults(model.estimator, model.task, kind, given):
                        yield f"{place}: {fault}"


def _faults_of_labs(params: config.Params) -> Iterator[str]:
    known = provenance.children("handbook.labs")
    for name, lab in params.labs.items():
        module = name.replace("-", "_")
        if module not in known:
            names = [other.replace("_", "-") for other in known]
            yield f"labs.{name}: no such lab; {nearest(name, names)}"
            continue
        compute = importlib.import_module(f"handbook.labs.{module}").compute
        takes = inspect.signature(compute).parameters
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
    own = [model.estimator.rpartition(".")[0] for model in params.models.values()]
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
                ]
                for name, model in params.models.items()
            },
            "labs": {name: lab.params for name, lab in params.labs.items()},
            "code": code,
            "versions": provenance.versions("sklearn", *code),
        }
    )
    if not memo.exists() or memo.read_text(encoding="utf-8") != state:
        check(params)
        write_text(memo, state)
