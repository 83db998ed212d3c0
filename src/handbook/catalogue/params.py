"""The whole of `params.yaml`, and what each job is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import Field

from handbook import tasks
from handbook.catalogue.sections import (
    BiasVariance,
    Crossval,
    DataSet,
    Diagnose,
    Judge,
    Lab,
    Model,
    Override,
    Preprocess,
    Section,
    SideBySide,
    Tier,
    Variant,
)
from handbook.catalogue.sweeps import Sweep
from handbook.core.docstrings import first_paragraph
from handbook.core.files import work
from handbook.data import registry

__all__ = ["Params", "Run"]

# Most of each in a demo, which shows that everything runs and no figure worth a look.
_DEMO_DRAWS, _DEMO_SPLITS, _DEMO_FOLDS, _DEMO_ROWS = 2, 2, 2, 500
_DEMO_VALUES, _DEMO_ROUNDS, _DEMO_SHUFFLES = 2, 5, 2
# Of each column, for its permutation importance.
_SHUFFLES = 10


class Run(NamedTuple):
    """One combination of model, data set and variant; also a path of three folders."""

    model: str
    data: str
    variant: str

    @property
    def path(self) -> str:
        """The three names as a relative path."""
        return "/".join(self)


class Params(Section):
    """The whole of `params.yaml`."""

    seed: int = Field(ge=0, lt=2**32, description="of splits, folds and every model")
    tier: Tier = "standard"
    data_source: Literal["real", "sample"] = "real"
    crossval: Crossval = Crossval()
    data: dict[str, DataSet]
    models: dict[str, Model]
    judges: dict[str, Judge] = Field({}, description="by data set that pictures are generated of")
    side_by_side: dict[str, SideBySide] = Field({})
    bias_variance: BiasVariance | None = None
    labs: dict[str, Lab] = Field({})
    sweeps: dict[str, Sweep] = Field({}, description="run by name, never by a rebuild")

    def runs(self) -> Iterator[Run]:
        """Yield every combination of model, data set and variant, in the catalogue's order.

        A demo has the first data set of each variant: everything runs, in a few minutes.
        """
        for name, model in self.models.items():
            for data in model.data:
                for key, variant in model.variants.items():
                    if data in self._first(variant.data or model.data):
                        yield Run(name, data, key)

    def _first(self, data: list[str]) -> list[str]:
        return data[:1] if self.tier == "demo" else data

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
        return _plain(
            {
                "model": run.model,
                "data": run.data,
                "variant": run.variant,
                "task": model.task,
                "estimator": self.estimator(run),
                "params": self._params(variant, self.tier),
                "preprocess": self._preprocess(run),
                "search": self._search(variant),
                "threshold": variant.threshold,
                "fit_rows": self._fit_rows(run),
                "threads": self.threads(model),
                "seed": self.seed,
            }
        )

    @staticmethod
    def _params(variant: Variant, tier: Tier) -> dict[str, Any]:
        return variant.params | variant.tiers.get(tier, Override()).params

    def _shortened(self, variant: Variant) -> dict[str, list[Any]]:
        """Return the parameters that the full tier sets to other values: here, and there."""
        here, whole = self._params(variant, self.tier), self._params(variant, "full")
        return {
            name: [here.get(name), value]
            for name, value in whole.items()
            if here.get(name) != value
        }

    def threads(self, asked: Model | Judge) -> int:
        """Return the threads of a training; those of a demo are so small that they run abreast."""
        return 1 if self.tier == "demo" else asked.threads

    def _spec_beside(self, run: Run, more: dict[str, Any]) -> str:
        """Return the spec of another job about a run's setting than its training, as JSON.

        It takes one thread even where the training takes more: two such jobs abreast are through
        in less time than one after the other on both cores.
        """
        spec = json.loads(self.train_spec(run)) | more
        return _plain(spec | ({"job_threads": 1} if spec["threads"] > 1 else {}))

    def estimator(self, run: Run) -> str:
        """Import path of the class that a run fits."""
        model = self.models[run.model]
        return model.variants[run.variant].estimator or model.estimator

    def _fit_rows(self, run: Run) -> int | None:
        asked = self.models[run.model].variants[run.variant].fit_rows
        if self.tier == "demo" and registry.module(run.data).KIND == "table":
            return min(asked or _DEMO_ROWS, _DEMO_ROWS)
        return asked

    def _preprocess(self, run: Run) -> dict[str, Any] | None:
        if registry.module(run.data).KIND != "table":
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
        return self._spec_beside(
            run,
            {"folds": self._folds(run.data), "level": self.crossval.level}
            | (once if searched or demo else more),
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
        shows = self.models[run.model].shows
        return self._spec_beside(run, {"shows": shows, "shuffles": self._shuffles()})

    def _shuffles(self) -> int:
        return _DEMO_SHUFFLES if self.tier == "demo" else _SHUFFLES

    def diagnosed(self) -> list[tuple[str, str]]:
        """Return model and data set of every pair of learning and validation curves."""
        return [
            (name, data)
            for name, model in self.models.items()
            if model.diagnose is not None
            for data in self._first(model.data)
        ]

    def first(self, name: str, data: str = "") -> Run:
        """Return the run of a model's first variant, the one that curves are of."""
        model = self.models[name]
        return Run(name, data or model.data[0], next(iter(model.variants)))

    def diagnose_spec(self, name: str, data: str) -> str:
        """Return the same for the curves of a model's first variant, as JSON."""
        model = self.models[name]
        assert model.diagnose is not None
        asked = model.diagnose.model_dump() | {"values": self._tried(model.diagnose)}
        return self._spec_beside(
            self.first(name, data), {"folds": self._folds(data), "diagnose": asked}
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
                        "diagnose": model.diagnose and {"data": self._first(model.data)},
                        "variants": {
                            key: {
                                "data": self._first(variant.data or model.data),
                                "book": variant.book,
                                "folded": variant.crossval,
                                "shortened": self._shortened(variant),
                            }
                            for key, variant in model.variants.items()
                        },
                        "errata": [defect.model_dump() for defect in model.errata],
                    }
                    for name, model in self.models.items()
                },
                "side_by_side": {name: one.model for name, one in self.side_by_side.items()},
                "bias_variance": self.bias_variance and {"data": self.bias_variance.data},
                "labs": {
                    name: {
                        "title": lab.title,
                        "section": lab.section,
                        "about": first_paragraph(
                            f"handbook.labs.examples.{name.replace('-', '_')}", "compute"
                        ),
                    }
                    for name, lab in self.labs.items()
                },
            }
        )


def _plain(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
