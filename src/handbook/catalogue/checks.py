"""What a typed catalogue may still get wrong: names that do not meet, values that YAML misread."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from handbook import tasks
from handbook.catalogue import backtests, names
from handbook.catalogue.sweep_checks import faults as faults_of_sweeps
from handbook.core.errors import nearest
from handbook.data import registry
from handbook.data.raw import SAMPLE
from handbook.tasks.metric import METRICS
from handbook.training.classes import refusal

if TYPE_CHECKING:
    from handbook.catalogue.params import Params
    from handbook.catalogue.sections import DataSet, Diagnose, Model, Variant

__all__ = ["faults", "untrusted"]


def faults(params: Params) -> Iterator[str]:
    """Yield what lies between sections, found without importing any estimator."""
    for where, named, owner in _with_classes(params):
        yield from untrusted(where, named, params.trusts(params.models.get(owner)))
    for name, data in params.data.items():
        if data.declared is not None:
            yield from _declared(f"data.{name}", name, data)
        elif name not in registry.names():
            yield f"data.{name}: no such data set; {nearest(name, registry.names())}"
        elif data.release not in (releases := registry.module(name).SOURCES):
            yield f"data.{name}.release: {data.release!r}; {nearest(data.release, releases)}"
    if params.title is not None:
        yield from _of_a_book(params)
    for name in params.left_out:
        if name not in params.data:
            yield f"left_out.{name}: no such data set; {nearest(name, params.data)}"
    for name in params.watch.ignore:
        if name not in (choices := {*registry.names(), *params.data}):
            yield f"watch.ignore.{name}: no such data set; {nearest(name, choices)}"
    for name, model in params.models.items():
        if name in params.data:
            yield f"models.{name}: a data set has this name too; MLflow registers both, rename one"
        for key, variant in model.variants.items():
            where = f"models.{name}.variants.{key}.data"
            for own in variant.data:
                if own not in model.data:
                    yield f"{where}: {own!r}; {nearest(own, model.data)}"
        yield from names.faults(f"models.{name}", [name, *model.variants])
        yield from _data_of(f"models.{name}", model, params.data)
        yield from _extras_of(f"models.{name}", model, params.data)
        for key, variant in model.variants.items():
            yield from _settings_of(f"models.{name}.variants.{key}", model, variant)
            if model.task in tasks.JUDGED and variant.crossval:
                yield (
                    f"models.{name}.variants.{key}.crossval: the task {model.task!r} is judged on "
                    "the test rows alone; write crossval: false"
                )
        for data_set in model.data if model.task in tasks.JUDGED else ():
            if data_set not in params.judges:
                yield f"judges.{data_set}: missing; {name} generates, and a judge looks at it"
    for name, judge in params.judges.items():
        yield from _values(f"judges.{name}.params", judge.params)
        if name not in params.data:
            yield f"judges.{name}: {nearest(name, params.data)}"
    yield from _side_by_side(params)
    yield from _bias_variance(params)
    for name, lab in params.labs.items():
        yield from names.faults(f"labs.{name}", [name])
        yield from _values(f"labs.{name}.params", lab.params)
        for own in lab.ours:
            if own not in (names_of := list(_paths(lab.params))):
                yield f"labs.{name}.ours: {own!r}; {nearest(own, names_of)}"
        if lab.data is not None and lab.data not in params.data:
            yield f"labs.{name}.data: {lab.data!r}; {nearest(lab.data, params.data)}"
    for name, claim in params.claims.items():
        yield from names.faults(f"claims.{name}", [name])
        yield from _values(f"claims.{name}.params", claim.params)
        yield from _values(f"claims.{name}.demo.params", claim.demo.params)
        for setting in claim.demo.params:
            if setting not in claim.params:
                where = f"claims.{name}.demo.params.{setting}"
                yield f"{where}: unknown; {nearest(setting, claim.params)}"
        if claim.data is not None and claim.data not in params.data:
            yield f"claims.{name}.data: {claim.data!r}; {nearest(claim.data, params.data)}"
    for name, sweep in params.sweeps.items():
        yield from _values(f"sweeps.{name}.params", sweep.params)
        for key, choice in sweep.space.items():
            values = choice if isinstance(choice, list) else choice.values or []
            yield from _values(f"sweeps.{name}.space.{key}", values)
    yield from faults_of_sweeps(params)
    for where, settings, _ in backtests.settings(params):
        yield from _values(where, settings)
    yield from backtests.faults(params)


def _of_a_book(params: Params) -> Iterator[str]:
    """Yield what a catalogue with a title of its own has of a book."""
    where = [section for section in ("labs", "claims") if getattr(params, section)]
    for name, model in params.models.items():
        keys = [key for key in ("section", "errata") if getattr(model, key)]
        keys += [
            f"variants.{variant}.{key}"
            for variant, entry in model.variants.items()
            for key in ("book", "departs")
            if getattr(entry, key)
        ]
        where += [f"models.{name}.{key}" for key in keys]
    for key in where:
        yield f"{key}: is of the book, and a catalogue with a title is of none; take it out"


def untrusted(where: str, value: Any, trusted: Collection[str]) -> Iterator[str]:
    """Yield each ``{class: <import path>}`` in free values that is refused; nothing is imported."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        if "class" in value and (refused := refusal(value["class"], trusted)):
            yield f"{where}: {refused}"
        for key, inner in value.items():
            yield from untrusted(f"{where}.{key}", inner, trusted)


def _with_classes(params: Params) -> Iterator[tuple[str, Any, str]]:
    """Yield what can name classes, and the model that it is of, empty for none.

    These are estimators, and free values with ``{class: ...}`` in them.
    """
    for name, model in params.models.items():
        where = f"models.{name}"
        yield f"{where}.estimator", {"class": model.estimator}, name
        yield f"{where}.diagnose", model.diagnose and model.diagnose.values, name
        yield f"{where}.seeds", model.seeds and model.seeds.model_dump(warnings=False), name
        for key, variant in model.variants.items():
            if variant.estimator is not None:
                yield f"{where}.variants.{key}.estimator", {"class": variant.estimator}, name
            yield f"{where}.variants.{key}", variant.model_dump(warnings=False), name
    for name, judge in params.judges.items():
        yield f"judges.{name}.estimator", {"class": judge.estimator}, ""
        yield f"judges.{name}", judge.model_dump(warnings=False), ""
    for name, sweep in params.sweeps.items():
        yield f"sweeps.{name}", sweep.model_dump(warnings=False), sweep.model
    for name, varied in params.bias_variance.models.items() if params.bias_variance else ():
        yield f"bias_variance.models.{name}", varied.values, name
    for where, settings, name in backtests.settings(params):
        yield where, settings, name


def _declared(where: str, name: str, data: DataSet) -> Iterator[str]:
    """Faults of a data set that the catalogue declares, beyond those of its parts."""
    assert data.declared is not None
    yield from names.faults(where, [name])
    if name in registry.names():
        yield f"{where}.declared: handbook.data.sets has a module of this name; take another name"
    if data.release == SAMPLE:
        yield f"{where}.release: {SAMPLE!r} is that of generated data; take another word"
    for task in data.declared.tasks:
        if task not in tasks.ESTIMATOR_TYPES:
            yield f"{where}.declared.tasks: {task!r}; {nearest(task, tasks.ESTIMATOR_TYPES)}"


def _data_of(where: str, model: Model, data_sets: Mapping[str, DataSet]) -> Iterator[str]:
    """Faults of the data sets that a model names."""
    for name in model.data:
        if name not in data_sets:
            yield f"{where}.data: {name!r}; {nearest(name, data_sets)}"
        elif model.data.count(name) > 1:
            yield f"{where}.data: {name!r} stands there {model.data.count(name)} times"
        elif data_sets[name].declared is not None or name in registry.names():
            module = registry.module(name)
            if model.task not in module.TASKS:
                serves = " and ".join(module.TASKS)
                yield f"{where}.data: {name!r} serves {serves}, not the task {model.task!r}"
            for key, variant in model.variants.items():
                if module.KIND != "table" and variant.preprocess is not None:
                    yield (
                        f"{where}.variants.{key}.preprocess: {name!r} holds {module.KIND}, not a "
                        "table; leave the key out"
                    )


def _extras_of(where: str, model: Model, data_sets: Mapping[str, DataSet]) -> Iterator[str]:
    """Faults of what a model is to show beyond its scores."""
    for name in model.leave_one_out:
        if name not in model.data:
            yield f"{where}.leave_one_out: {name!r}; {nearest(name, model.data)}"
    for name in model.also_in_demo:
        if name not in (choices := {*registry.names(), *data_sets}):
            yield f"{where}.also_in_demo: {name!r}; {nearest(name, choices)}"
    if model.seeds is not None:
        yield from _values(f"{where}.seeds.params", model.seeds.params)
        for tier, override in model.seeds.tiers.items():
            yield from _values(f"{where}.seeds.tiers.{tier}.params", override.params)
    if model.diagnose is not None:
        yield from _curve(f"{where}.diagnose", model.diagnose)
    runs = [
        f"{data}/{key}"
        for key, variant in model.variants.items()
        for data in variant.data or model.data
    ]
    for position, defect in enumerate(model.errata):
        entry = f"{where}.errata.{position}"
        if defect.run not in runs:
            yield f"{entry}.run: {defect.run!r}; {nearest(defect.run, runs)}"
            continue
        params = model.variants[defect.run.partition("/")[2]].params
        facts = ["rows", *params, *METRICS]
        for name in defect.shows:
            if name not in facts:
                yield f"{entry}.shows: {name!r}; {nearest(name, facts)}"


def _curve(where: str, diagnose: Diagnose) -> Iterator[str]:
    if (diagnose.parameter is None) != (not diagnose.values):
        yield f"{where}: parameter and values go together; give both or neither"
    yield from _values(f"{where}.values", diagnose.values)


def _side_by_side(params: Params) -> Iterator[str]:
    for name, section in params.side_by_side.items():
        where = f"side_by_side.{name}"
        yield from names.faults(where, [name])
        if section.model not in params.models:
            yield f"{where}.model: {section.model!r}; {nearest(section.model, params.models)}"
            continue
        model = params.models[section.model]
        if section.data not in model.data:
            yield f"{where}.data: {section.data!r}; {nearest(section.data, model.data)}"
        for variant in section.variants:
            if variant not in model.variants:
                yield f"{where}.variants: {variant!r}; {nearest(variant, model.variants)}"
            elif section.data not in (model.variants[variant].data or model.data):
                yield f"{where}.variants: {variant!r} is not of {section.data!r}"


def _bias_variance(params: Params) -> Iterator[str]:
    section = params.bias_variance
    if section is None:
        return
    for name, varied in section.models.items():
        where = f"bias_variance.models.{name}"
        if name not in params.models:
            yield f"{where}: {nearest(name, params.models)}"
        elif params.models[name].task != "regression":
            yield f"{where}: does {params.models[name].task}; the decomposition is of regression"
        elif section.data not in params.models[name].data:
            yield f"bias_variance.data: {section.data!r} is not among the data of {name!r}"
        yield from _curve(where, varied)
        if not varied.values:
            yield f"{where}: parameter and values are required"


def _settings_of(where: str, model: Model, variant: Variant) -> Iterator[str]:
    """Faults of one variant's parameters and of the book's figures."""
    yield from _values(f"{where}.params", variant.params)
    if variant.search is not None:
        yield from _values(f"{where}.search.space", variant.search.space)
        for name, values in variant.search.space.items():
            if not values:
                yield f"{where}.search.space.{name}: no values; give at least one"
    if variant.threshold is not None and model.task != "classification":
        yield f"{where}.threshold: of no use for the task {model.task!r}; leave the key out"
    for tier, override in variant.tiers.items():
        yield from _values(f"{where}.tiers.{tier}.params", override.params)
    for data in variant.preprocess.columns if variant.preprocess else ():
        if data not in (own := variant.data or model.data):
            yield f"{where}.preprocess.columns: {data!r}; {nearest(data, own)}"
    for position, departure in enumerate(variant.departs):
        for data in departure.data:
            if data not in (own := variant.data or model.data):
                yield f"{where}.departs.{position}.data: {data!r}; {nearest(data, own)}"
    for data, figures in variant.book.items():
        if data not in model.data:
            yield f"{where}.book: {data!r}; {nearest(data, model.data)}"
        for metric in figures:
            if metric not in METRICS:
                yield f"{where}.book.{data}: {metric!r}; {nearest(metric, METRICS)}"


def _paths(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of parameters, and a.b of those that hold others."""
    for name, value in params.items():
        yield name
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _paths(value))


def _values(where: str, value: Any) -> Iterator[str]:
    """Faults of free values: they must be what JSON can say, and numbers must be numbers."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _values(f"{where}.{key}", inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _values(f"{where}.{position}", inner)
    elif isinstance(value, str) and re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+", value):
        yield f"{where}: YAML reads {value} as text; write {_yaml_number(float(value))}"
    elif not isinstance(value, str | int | float | None) or (
        isinstance(value, float) and not math.isfinite(value)
    ):
        yield f"{where}: {value!r} is no plain value: use numbers, text, true, false, null, lists"


def _yaml_number(value: float) -> str:
    """Write a number so that YAML 1.1 reads it: with a dot, and a sign in the exponent."""
    text = repr(value)
    return text if "e" not in text or "." in text else text.replace("e", ".0e")
