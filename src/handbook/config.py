"""The catalogue: `params.yaml`, typed and checked, and the runs that it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from handbook import checks, datasets, tasks
from handbook.errors import HandbookError, nearest
from handbook.records import work
from handbook.report.figures import SHOWS

__all__ = ["SHOWS", "Params", "Preprocess", "Run", "complain", "load", "schema"]

Tier = Literal["demo", "standard", "full"]
# Most of each in a demo, which shows that everything runs and no figure worth a look.
_DEMO_DRAWS, _DEMO_SPLITS, _DEMO_FOLDS, _DEMO_ROWS = 2, 2, 2, 500
_DEMO_VALUES, _DEMO_ROUNDS, _DEMO_SHUFFLES = 2, 5, 2
# Of each column, for its permutation importance.
_SHUFFLES = 10


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Preprocess(_Section):
    """What happens to the columns of a table before the model, fitted on training rows only."""

    numeric: Literal["standard", "minmax", "none"] = Field(
        default="standard", description="scaling of numeric columns"
    )
    categorical: Literal["onehot", "ordinal"] = Field(
        default="onehot", description="encoding of categories; ordinal gives them an order"
    )
    missing: Literal["indicator"] | float = Field(
        default="indicator",
        description="missing numbers become the mean and a flag column, or the number given",
    )
    degree: int = Field(
        default=1, ge=1, le=3, description="above 1: also products of up to so many scaled numbers"
    )


class Search(_Section):
    """Settings to try, compared by the primary metric on splits of the training rows alone."""

    space: dict[str, list[Any]] = Field(
        min_length=1,
        description="values by constructor argument (nested ones as a__b), or preprocess.degree",
    )
    draws: int | None = Field(None, ge=1, description="settings drawn at random; without it, all")
    splits: int = Field(3, ge=2, description="folds on which each setting is scored")
    rows: int | None = Field(
        None, ge=50, description="rows to fit and to score on in each split; without it, all"
    )


class Diagnose(_Section):
    """Curves that show over- and underfitting, of the model's first variant."""

    parameter: str | None = Field(None, description="constructor argument of the validation curve")
    values: list[Any] = Field([], description="its values, from the simplest model on")
    rows: int = Field(4_000, ge=50, description="most training rows that the curves use")


class Override(_Section):
    """Settings that replace a variant's own in one tier."""

    params: dict[str, Any] = Field(default={}, description="constructor arguments to replace")


class Variant(_Section):
    """One setting of a model."""

    data: list[str] = Field([], description="those of the model's data sets; without it, all")
    estimator: str | None = Field(None, description="import path of another class than the model's")
    params: dict[str, Any] = Field({}, description="the estimator's constructor arguments")
    preprocess: Preprocess | None = Field(
        None, description="only for tables, where its defaults are the default"
    )
    search: Search | None = Field(None, description="finds the rest of the parameters")
    fit_rows: int | None = Field(
        None, ge=50, description="most rows to fit on, drawn at random; without it, all"
    )
    threshold: Literal["f1", "balanced_accuracy"] | None = Field(
        None, description="two classes: answer with the threshold that is best by this metric"
    )
    book: dict[str, dict[str, float]] = Field(
        {}, description="data set -> metric -> the figure that the book prints"
    )
    crossval: bool = Field(True, description="false: fitted once, since folds would take too long")
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
    shows: list[Literal[*SHOWS]] = Field(  # type: ignore[valid-type]
        [], description="what to compute and draw of what the fitted model learnt"
    )
    diagnose: Diagnose | None = Field(None, description="learning and validation curves")
    leave_one_out: list[str] = Field(
        [], description="data sets small enough to leave out each row once"
    )
    variants: dict[str, Variant] = Field(min_length=1)

    @field_validator("data", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class DataSet(_Section):
    """Which release of a data set, and how it is split."""

    release: str = Field(description="one of the releases that its module pins")
    test_size: float = Field(0.2, gt=0, lt=1, description="share of rows held out for the test")
    folds: int | None = Field(
        None, ge=2, description="of cross-validations on it; without it, as under crossval"
    )


class Crossval(_Section):
    """Cross-validation on the training rows."""

    folds: int = Field(default=5, ge=2)
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the confidence intervals")
    repeats: int = Field(
        default=1, ge=1, description="of all folds on small sets, for settings without a search"
    )
    small: int = Field(default=1000, ge=0, description="most training rows of a small set")


class BiasVariance(_Section):
    """The error of models taken apart, on bootstrap samples of one data set's training rows."""

    data: str = Field(description="a data set for regression")
    rounds: int = Field(50, ge=2, description="bootstrap samples")
    models: dict[str, Diagnose] = Field(
        min_length=1, description="model -> parameter and values; the rest as its first variant"
    )


class SideBySide(_Section):
    """The histories of several variants of a model in one figure."""

    title: str
    model: str
    data: str
    variants: list[str] = Field(min_length=2)
    curves: list[str] = Field(min_length=1, description="columns of history.csv, a panel each")


class Judge(_Section):
    """A classifier that looks at what is generated; part of no comparison itself."""

    estimator: str = Field(description="import path of a class with predict and features")
    params: dict[str, Any] = Field({}, description="the estimator's constructor arguments")
    labels: Literal["classes", "groups"] = Field(
        "classes", description="what it learns to tell apart"
    )
    threads: int = Field(1, ge=1, description="fixed: it changes floating-point results")
    tiers: dict[Tier, Override] = Field({}, description="what differs in a tier")


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
    judges: dict[str, Judge] = Field({}, description="by data set that pictures are generated of")
    side_by_side: dict[str, SideBySide] = {}
    bias_variance: BiasVariance | None = None
    labs: dict[str, Lab] = {}

    def runs(self) -> Iterator[Run]:
        """Yield every combination of model, data set and variant, in the catalogue's order."""
        for name, model in self.models.items():
            for data in model.data:
                for key, variant in model.variants.items():
                    if data in (variant.data or model.data):
                        yield Run(name, data, key)

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
                "estimator": self.estimator(run),
                "params": variant.params | override.params,
                "preprocess": self._preprocess(run),
                "search": self._search(variant),
                "threshold": variant.threshold,
                "fit_rows": self._fit_rows(run),
                "threads": self.threads(model),
                "seed": self.seed,
            }
        )

    def threads(self, asked: Model | Judge) -> int:
        """Return the threads of each job; those of a demo are so small that they run abreast."""
        return 1 if self.tier == "demo" else asked.threads

    def estimator(self, run: Run) -> str:
        """Import path of the class that a run fits."""
        model = self.models[run.model]
        return model.variants[run.variant].estimator or model.estimator

    def _fit_rows(self, run: Run) -> int | None:
        asked = self.models[run.model].variants[run.variant].fit_rows
        if self.tier == "demo" and datasets.module(run.data).KIND == "table":
            return min(asked or _DEMO_ROWS, _DEMO_ROWS)
        return asked

    def _preprocess(self, run: Run) -> dict[str, Any] | None:
        if datasets.module(run.data).KIND != "table":
            return None
        variant = self.models[run.model].variants[run.variant]
        return (variant.preprocess or Preprocess()).model_dump()

    def _search(self, variant: Variant) -> dict[str, Any] | None:
        if variant.search is None:
            return None
        asked = variant.search.model_dump()
        if self.tier == "demo":
            asked["draws"] = min(asked["draws"] or _DEMO_DRAWS, _DEMO_DRAWS)
            asked["splits"] = min(asked["splits"], _DEMO_SPLITS)
        return asked

    def crossval_spec(self, run: Run) -> str:
        """Return the same for a cross-validation, as JSON."""
        model = self.models[run.model]
        demo = self.tier == "demo"
        searched = model.variants[run.variant].search is not None
        once = {"repeats": 1, "leave_one_out": False}
        more = {
            "repeats": self.crossval.repeats,
            "small": self.crossval.small,
            "leave_one_out": run.data in model.leave_one_out,
        }
        return _plain(
            json.loads(self.train_spec(run))
            | {"folds": self._folds(run.data), "level": self.crossval.level}
            | (once if searched or demo else more)
        )

    def _folds(self, data: str) -> int:
        folds = self.data[data].folds or self.crossval.folds
        return min(folds, _DEMO_FOLDS) if self.tier == "demo" else folds

    def folded(self, run: Run) -> bool:
        """Whether a run is cross-validated."""
        return self.models[run.model].variants[run.variant].crossval

    def shown_beside(self, name: str) -> list[Run]:
        """Return the runs whose histories are in one figure."""
        asked = self.side_by_side[name]
        return [Run(asked.model, asked.data, variant) for variant in asked.variants]

    def side_by_side_spec(self, name: str) -> str:
        """Return what such a figure says, as JSON."""
        asked = self.side_by_side[name]
        return _plain(asked.model_dump() | {"data_variant": self.release(asked.data)})

    def judge_spec(self, data: str) -> str:
        """Return everything in the catalogue that the judge of a data set depends on, as JSON."""
        judge = self.judges[data]
        override = judge.tiers.get(self.tier, Override())
        return _plain(
            {
                "data": data,
                "estimator": judge.estimator,
                "params": judge.params | override.params,
                "labels": judge.labels,
                "threads": self.threads(judge),
                "seed": self.seed,
            }
        )

    def judge_of(self, run: Run) -> str | None:
        """Return whose judge looks at what a run generates; None where it generates nothing."""
        return run.data if self.models[run.model].task in tasks.JUDGED else None

    def explain_spec(self, run: Run) -> str:
        """Return the same for what is shown of a fitted model, as JSON."""
        return _plain(
            json.loads(self.train_spec(run))
            | {"shows": self.models[run.model].shows, "shuffles": self._shuffles()}
        )

    def _shuffles(self) -> int:
        return _DEMO_SHUFFLES if self.tier == "demo" else _SHUFFLES

    def diagnosed(self) -> list[tuple[str, str]]:
        """Return model and data set of every pair of learning and validation curves."""
        return [
            (name, data)
            for name, model in self.models.items()
            if model.diagnose is not None
            for data in model.data
        ]

    def first(self, name: str, data: str = "") -> Run:
        """Return the run of a model's first variant, the one that curves are of."""
        model = self.models[name]
        return Run(name, data or model.data[0], next(iter(model.variants)))

    def diagnose_spec(self, name: str, data: str) -> str:
        """Return the same for the curves of a model's first variant, as JSON."""
        model = self.models[name]
        assert model.diagnose is not None
        return _plain(
            json.loads(self.train_spec(self.first(name, data)))
            | {"folds": self._folds(data)}
            | {"diagnose": model.diagnose.model_dump() | {"values": self._tried(model.diagnose)}}
        )

    def _tried(self, asked: Diagnose) -> list[Any]:
        return asked.values[-_DEMO_VALUES:] if self.tier == "demo" else asked.values

    def bias_variance_spec(self) -> str:
        """Return the same for the decomposition of errors, as JSON."""
        asked = self.bias_variance
        assert asked is not None
        return _plain(
            {
                "data": asked.data,
                "rounds": min(asked.rounds, _DEMO_ROUNDS) if self.tier == "demo" else asked.rounds,
                "seed": self.seed,
                "models": {
                    name: {
                        "title": self.models[name].title,
                        "parameter": one.parameter,
                        "values": self._tried(one),
                        "spec": json.loads(self.train_spec(self.first(name, asked.data))),
                    }
                    for name, one in asked.models.items()
                },
            }
        )

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
                        "shows": model.shows,
                        "diagnose": model.diagnose and {"data": model.data},
                        "variants": {
                            key: {
                                "data": variant.data or model.data,
                                "book": variant.book,
                                "folded": variant.crossval,
                            }
                            for key, variant in model.variants.items()
                        },
                    }
                    for name, model in self.models.items()
                },
                "side_by_side": {name: one.model for name, one in self.side_by_side.items()},
                "bias_variance": self.bias_variance and {"data": self.bias_variance.data},
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
        faults = list(checks.faults(params))
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
