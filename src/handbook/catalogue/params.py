"""The whole of `params.yaml`, typed, and the runs that it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import Field

from handbook import tasks
from handbook.catalogue.sections import (
    Backtest,
    BiasVariance,
    Claim,
    Crossval,
    DataSet,
    Device,
    Judge,
    Lab,
    LeftOut,
    Model,
    Promote,
    Section,
    SideBySide,
    Tier,
    Variant,
)
from handbook.catalogue.sweeps import Sweep
from handbook.core.errors import HandbookError, nearest
from handbook.data import registry
from handbook.monitoring.rule import Rule

__all__ = ["Params", "Run"]


class Run(NamedTuple):
    """One combination of model, data set and variant; also a path of three folders."""

    model: str
    data: str
    variant: str

    @property
    def path(self) -> str:
        """The three names as a relative path."""
        return "/".join(self)

    @classmethod
    def parse(cls, text: str) -> Run:
        """Read a run as it is written: ``model/data/variant``.

        Raises
        ------
        HandbookError
            There are not three names.
        """
        parts = text.split("/")
        if len(parts) != len(cls._fields) or not all(parts):
            raise HandbookError(
                f"{text!r}: name a run as model/data/variant, such as lenet/fashion-mnist/book"
            )
        return cls(*parts)


#: What each section that may hold nothing looks like then.
EMPTY: dict[str, Any] = {
    "judges": {},
    "side_by_side": {},
    "bias_variance": None,
    "labs": {},
    "claims": {},
    "sweeps": {},
}


class Params(Section):
    """The whole of `params.yaml`; every section is there, if empty, so that no cut goes unseen.

    A file whose last line is YAML's own end of a document may leave out those of `EMPTY`.
    """

    title: str | None = Field(
        None, description="of a project of one's own, which is of no book; without it, the handbook"
    )
    seed: int = Field(ge=0, lt=2**32, description="of splits, folds and every model")
    tier: Tier
    data_source: Literal["real", "sample"]
    device: Device | None = Field(
        None,
        description="where torch models train; auto: the quickest device that is here; without it, "
        "cpu, and auto in the tier full. A model's device, and one among parameters, goes before",
    )
    crossval: Crossval
    data: dict[str, DataSet]
    models: dict[str, Model]
    judges: dict[str, Judge] = Field(description="by data set that pictures are generated of")
    side_by_side: dict[str, SideBySide]
    bias_variance: BiasVariance | None
    labs: dict[str, Lab]
    claims: dict[str, Claim]
    sweeps: dict[str, Sweep] = Field(description="run by name, never by a rebuild")
    left_out: dict[str, LeftOut] = Field(
        {}, description="data sets to do without, and why: all that stands on them is left out"
    )
    promote: Promote = Field(Promote(), description="when a model takes the place of another")
    backtests: dict[str, Backtest] = Field(
        {}, description="by data set: its rows split by time instead of at random"
    )
    watch: Rule = Field(Rule(), description="what is an alarm in rows that come after training")
    trusted: list[str] = Field(
        [],
        description="import paths of classes and packages beside scikit-learn's and this "
        "project's that any model and judge may import and read from saved files: their code runs",
    )

    def runs(self) -> Iterator[Run]:
        """Yield every run that a rebuild makes, in the catalogue's order.

        A demo has few data sets of each variant: everything runs, in a few minutes.
        """
        for run in self.combinations():
            model = self.models[run.model]
            variant = model.variants[run.variant]
            if run.data in self.in_demo(model, variant):
                yield run

    def runs_on(self, data: str) -> list[Run]:
        """Return the runs on a data set."""
        return [run for run in self.runs() if run.data == data]

    def gauged(self) -> list[str]:
        """Return the data sets that any run is on."""
        return [data for data in self.data if self.runs_on(data)]

    def rehearsed(self) -> list[str]:
        """Return the data sets of which a watch is rehearsed: tables that any run is on."""
        return [data for data in self.gauged() if registry.module(data).KIND == "table"]

    def combinations(self) -> Iterator[Run]:
        """Yield every run that the catalogue can ask for, in its order, whatever the tier."""
        for name, model in self.models.items():
            for data in model.data:
                for key, variant in model.variants.items():
                    if data in (variant.data or model.data):
                        yield Run(name, data, key)

    def in_demo(self, model: Model, variant: Variant) -> list[str]:
        """Return the data sets of a variant: in a demo the first, and what is asked for beside."""
        data = variant.data or model.data
        return [
            name for name in data if name in self.first_in_demo(data) or name in model.also_in_demo
        ]

    def first_in_demo(self, data: list[str]) -> list[str]:
        """Return the first of some data sets in a demo, else all of them."""
        return data[:1] if self.tier == "demo" else data

    def run(self, text: str) -> Run:
        """Return the run of a name, ``model/data/variant``.

        Raises
        ------
        HandbookError
            The catalogue has no such run; the message holds the nearest one.
        """
        run = Run.parse(text)
        runs = list(self.combinations())
        if run not in runs:
            raise HandbookError(f"no run {text!r}; {nearest(text, [other.path for other in runs])}")
        return run

    def data_set(self, name: str) -> DataSet:
        """Return the section of a data set.

        Raises
        ------
        HandbookError
            The catalogue has none of that name; the message holds the nearest one.
        """
        if name not in self.data:
            raise HandbookError(f"no data set {name!r}; {nearest(name, self.data)}")
        return self.data[name]

    def split_seed(self, name: str) -> int:
        """Return the seed of a data set's split."""
        own = self.data_set(name).seed
        return self.seed if own is None else own

    def data_sets(self) -> list[str]:
        """Names of the data sets."""
        return list(self.data)

    def release(self, data: str) -> str:
        """Release of a data set that is used: `sample` where no real data is asked for."""
        return "sample" if self.data_source == "sample" else self.data_set(data).release

    def threads(self, entry: Model | Judge | Claim) -> int:
        """Return the threads of a training; those of a demo are so small that they run abreast."""
        return 1 if self.tier == "demo" else entry.threads

    def device_of(self, model: Model | None = None) -> Device:
        """Return the device of the networks of a model, or of all that name none."""
        own = None if model is None else model.device
        return own or self.device or ("auto" if self.tier == "full" else "cpu")

    def trusts(self, model: Model | None = None) -> tuple[str, ...]:
        """Return what may be imported and read for a model, or for all that name nothing more."""
        own = [] if model is None else model.trusted
        return tuple(dict.fromkeys([*self.trusted, *own]))

    def estimator(self, run: Run) -> str:
        """Import path of the class that a run fits."""
        model = self.models[run.model]
        return model.variants[run.variant].estimator or model.estimator

    def folded(self, run: Run) -> bool:
        """Whether a run is cross-validated."""
        return self.models[run.model].variants[run.variant].crossval

    def runs_beside(self, name: str) -> list[Run]:
        """Return the runs whose histories are in one figure."""
        section = self.side_by_side[name]
        return [Run(section.model, section.data, variant) for variant in section.variants]

    def judge_of(self, run: Run) -> str | None:
        """Return whose judge looks at what a run generates; None where it generates nothing."""
        return run.data if self.models[run.model].task in tasks.JUDGED else None

    def reseeded(self) -> list[str]:
        """Return the models of which the first variant is trained from several seeds."""
        return [name for name, model in self.models.items() if model.seeds is not None]

    def diagnosed(self) -> list[tuple[str, str]]:
        """Return model and data set of every pair of learning and validation curves."""
        return [
            (name, data)
            for name, model in self.models.items()
            if model.diagnose is not None
            for data in self.first_in_demo(model.data)
        ]

    def first(self, name: str, data: str = "") -> Run:
        """Return the run of a model's first variant, the one that curves are of."""
        model = self.models[name]
        return Run(name, data or model.data[0], next(iter(model.variants)))
