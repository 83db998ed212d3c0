"""The catalogue: `params.yaml`, typed and checked, and the runs that it asks for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from handbook import datasets, tasks
from handbook.errors import HandbookError, nearest
from handbook.records import work

__all__ = ["Params", "Preprocess", "Run", "complain", "load", "schema"]

Tier = Literal["demo", "standard", "full"]
_NAME = r"[a-z0-9]+(-[a-z0-9]+)*"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Preprocess(_Section):
    """What happens to the columns of a table before the model, fitted on training rows only."""

    numeric: Literal["standard", "minmax", "none"] = Field(
        "standard", description="scaling of numeric columns"
    )
    categorical: Literal["onehot", "ordinal"] = Field(
        "onehot", description="encoding of categories; ordinal gives them an order"
    )
    missing: Literal["indicator"] | float = Field(
        "indicator",
        description="missing numbers become the mean and a flag column, or the number given",
    )


class Override(_Section):
    """Settings that replace a variant's own in one tier."""

    params: dict[str, Any] = Field(default={}, description="constructor arguments to replace")


class Variant(_Section):
    """One setting of a model."""

    params: dict[str, Any] = Field({}, description="the estimator's constructor arguments")
    preprocess: Preprocess | None = Field(None, description="only for tables")
    book: dict[str, dict[str, float]] = Field(
        {}, description="data set -> metric -> the figure that the book prints"
    )
    tiers: dict[Tier, Override] = Field({}, description="what differs in a tier")


class Model(_Section):
    """One model of the handbook: any estimator with scikit-learn's interface."""

    title: str = Field(description="name for people")
    section: str = Field(description="section of the book")
    task: Literal[*tasks.NAMES] = Field(description="how it is scored and shown")  # type: ignore[valid-type]
    data: list[str] = Field(min_length=1, description="data sets; each is its own run")
    estimator: str = Field(description="import path of the class")
    threads: int = Field(1, ge=1, description="fixed: it changes floating-point results")
    curves: list[str] = Field([], description="columns of history.csv to draw")
    variants: dict[str, Variant] = Field(min_length=1)

    @field_validator("data", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class DataSet(_Section):
    """Which release of a data set, and how it is split."""

    release: str = Field(description="one of the releases that its module pins")
    test_size: float = Field(0.2, gt=0, lt=1, description="share of rows held out for the test")


class Crossval(_Section):
    """Cross-validation on the training rows."""

    folds: int = Field(default=5, ge=2)
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the confidence intervals")


class Lab(_Section):
    """One worked example of the handbook."""

    title: str
    section: str
    params: dict[str, Any] = {}


class Run(NamedTuple):
    """One combination of model, data set and variant; also a path of three folders."""

    model: str
    data: str
    variant: str

    @property
    def path(self) -> str:
        """The three names as a relative path."""
        return "/".join(self)


class Params(_Section):
    """The whole of `params.yaml`."""

    seed: int = Field(ge=0, lt=2**32, description="of splits, folds and every model")
    tier: Tier = "standard"
    data_source: Literal["real", "sample"] = "real"
    crossval: Crossval = Crossval()
    data: dict[str, DataSet]
    models: dict[str, Model]
    labs: dict[str, Lab] = {}

    def runs(self) -> Iterator[Run]:
        """Yield every combination of model, data set and variant, in the catalogue's order."""
        for name, model in self.models.items():
            for data in model.data:
                for variant in model.variants:
                    yield Run(name, data, variant)

    def data_sets(self) -> list[str]:
        """Names of the data sets."""
        return list(self.data)

    def release(self, data: str) -> str:
        """Release of a data set that is used: `sample` where no real data is asked for."""
        return "sample" if self.data_source == "sample" else self.data[data].release

    def prepare_spec(self, data: str) -> str:
        """Return all of the catalogue that the preparation of a data set depends on, as JSON."""
        return _plain(
            {
                "release": self.release(data),
                "seed": self.seed,
                "test_size": self.data[data].test_size,
            }
        )

    def train_spec(self, run: Run) -> str:
        """Return everything in the catalogue that a training depends on, as JSON."""
        model = self.models[run.model]
        variant = model.variants[run.variant]
        override = variant.tiers.get(self.tier, Override())
        return _plain(
            {
                "model": run.model,
                "data": run.data,
                "variant": run.variant,
                "task": model.task,
                "estimator": model.estimator,
                "params": variant.params | override.params,
                "preprocess": variant.preprocess and variant.preprocess.model_dump(),
                "threads": model.threads,
                "seed": self.seed,
            }
        )

    def crossval_spec(self, run: Run) -> str:
        """Return the same for a cross-validation, as JSON."""
        return _plain(json.loads(self.train_spec(run)) | self.crossval.model_dump())

    def show_spec(self) -> str:
        """Return what tables, tracking and report show of the catalogue, as JSON."""
        return _plain(
            {
                "seed": self.seed,
                "tier": self.tier,
                "work": {run.path: work(json.loads(self.train_spec(run))) for run in self.runs()},
                "data": {name: self.release(name) for name in self.data},
                "models": {
                    name: {
                        "title": model.title,
                        "section": model.section,
                        "task": model.task,
                        "data": model.data,
                        "estimator": model.estimator,
                        "curves": model.curves,
                        "variants": {key: variant.book for key, variant in model.variants.items()},
                    }
                    for name, model in self.models.items()
                },
                "labs": {
                    name: {"title": lab.title, "section": lab.section}
                    for name, lab in self.labs.items()
                },
            }
        )


def _plain(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def load(config: Mapping[str, Any]) -> Params:
    """Check what was read from `params.yaml` and return it typed.

    Raises
    ------
    HandbookError
        Lists every fault with its place and, for a misspelt name, the nearest valid one.
    """
    try:
        params = Params.model_validate(dict(config))
    except ValidationError as error:
        faults = [_fault(one) for one in error.errors()]
    else:
        faults = list(_cross_checks(params))
    complain(faults)
    return params


def complain(faults: Sequence[str]) -> None:
    """Raise one error that lists all faults of the catalogue, where there are some."""
    if faults:
        lines = "\n".join(f"  {fault}" for fault in dict.fromkeys(faults))
        count = len(dict.fromkeys(faults))
        raise HandbookError(f"params.yaml: {count} to mend before any job can run\n{lines}")


def schema() -> dict[str, Any]:
    """Return the JSON schema of `params.yaml`."""
    return Params.model_json_schema()


def _fault(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        *parents, name = error["loc"]
        return f"{where}: unknown key; {nearest(str(name), _keys_at(parents))}"
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        known = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return f"{where}: {error['input']!r} is not known; {nearest(error['input'], known)}"
    if error["type"] == "missing":
        return f"{where}: missing; it is required"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}; it is {error['input']!r}"


def _keys_at(parents: list[Any]) -> list[str]:
    """Keys that the typed config knows at a place, found by walking its schema."""
    whole = schema()
    node = whole
    for part in parents:
        node = _resolve(whole, node)
        node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return list(_resolve(whole, node).get("properties", {}))


def _resolve(whole: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for choice in [node, *node.get("anyOf", [])]:
        if "$ref" in choice:
            found: dict[str, Any] = whole["$defs"][choice["$ref"].rsplit("/", 1)[1]]
            return found
    return node


def _cross_checks(params: Params) -> Iterator[str]:
    """Faults that lie between sections, found without importing any estimator."""
    for name, data in params.data.items():
        if name not in datasets.names():
            yield f"data.{name}: no such data set; {nearest(name, datasets.names())}"
        elif data.release not in (releases := datasets.module(name).SOURCES):
            yield f"data.{name}.release: {data.release!r}; {nearest(data.release, releases)}"
    for name, model in params.models.items():
        yield from _names(f"models.{name}", [name, *model.variants])
        yield from _data_of(f"models.{name}", model, params.data)
        for key, variant in model.variants.items():
            yield from _settings_of(f"models.{name}.variants.{key}", model, variant)
    for name, lab in params.labs.items():
        yield from _names(f"labs.{name}", [name])
        yield from _values(f"labs.{name}.params", lab.params)


def _data_of(where: str, model: Model, known: Mapping[str, DataSet]) -> Iterator[str]:
    """Faults of the data sets that a model names."""
    for name in model.data:
        if name not in known:
            yield f"{where}.data: {name!r}; {nearest(name, known)}"
        elif model.data.count(name) > 1:
            yield f"{where}.data: {name!r} stands there {model.data.count(name)} times"
        elif name in datasets.names():
            module = datasets.module(name)
            if model.task not in module.TASKS:
                serves = " and ".join(module.TASKS)
                yield f"{where}.data: {name!r} serves {serves}, not the task {model.task!r}"
            for key, variant in model.variants.items():
                place = f"{where}.variants.{key}.preprocess"
                if module.KIND == "table" and variant.preprocess is None:
                    yield f"{place}: missing; {name!r} is a table, so say how its columns are read"
                if module.KIND != "table" and variant.preprocess is not None:
                    yield f"{place}: {name!r} holds {module.KIND}, not a table; leave the key out"


def _settings_of(where: str, model: Model, variant: Variant) -> Iterator[str]:
    """Faults of one variant's parameters and of the book's figures."""
    yield from _values(f"{where}.params", variant.params)
    for tier, override in variant.tiers.items():
        yield from _values(f"{where}.tiers.{tier}.params", override.params)
    for data, figures in variant.book.items():
        if data not in model.data:
            yield f"{where}.book: {data!r}; {nearest(data, model.data)}"
        for metric in figures:
            if metric not in tasks.METRICS:
                yield f"{where}.book.{data}: {metric!r}; {nearest(metric, tasks.METRICS)}"


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


def _names(where: str, names: list[str]) -> Iterator[str]:
    for name in names:
        if not re.fullmatch(_NAME, name):
            yield f"{where}: {name!r} becomes a folder: use small letters, digits and hyphens"
