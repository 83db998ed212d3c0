"""The sections of `params.yaml`, typed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from handbook import tasks
from handbook.core.section import Section
from handbook.data.declared.declaration import Declaration
from handbook.labs.book import Fault
from handbook.monitoring.backtest_spec import Order
from handbook.tasks.figures import SHOWS
from handbook.training.spec import Preprocess, Search, Threshold

__all__ = [
    "Backtest",
    "BacktestModel",
    "BiasVariance",
    "BookFigure",
    "Claim",
    "Crossval",
    "DataSet",
    "Departure",
    "Device",
    "Diagnose",
    "Judge",
    "Lab",
    "LeftOut",
    "Model",
    "Override",
    "Preprocess",
    "Promote",
    "Search",
    "Section",
    "Seeds",
    "SideBySide",
    "Variant",
]

Tier = Literal["demo", "standard", "full"]
Device = Literal["auto", "cpu", "cuda", "mps"]


class Diagnose(Section):
    """Curves that show over- and underfitting, of the model's first variant."""

    parameter: str | None = Field(None, description="constructor argument of the validation curve")
    values: list[Any] = Field([], description="its values, from the simplest model on")
    rows: int = Field(4_000, ge=50, description="most training rows that the curves use")


class Override(Section):
    """Settings that replace a variant's own in one tier."""

    params: dict[str, Any] = Field(default={}, description="constructor arguments to replace")


class BookFigure(Section):
    """A figure that the book prints."""

    figure: float = Field(description="with its own digits; of per cent, as a share")
    lines: list[int] = Field(min_length=1, description="of the book's text, where it stands")


class Departure(Section):
    """Where a variant is not as the book has it, and why; shown on the model's page."""

    what: str = Field(min_length=1, description="after 'departs from the book:', in our own words")
    lines: list[int] = Field([], description="of the book's text where it can be looked up")
    data: list[str] = Field([], description="data sets of which it is true; without it, all")


class Seeds(Section):
    """Further trainings of a model's first variant on its first data set, each from its own seed.

    They are scored on the test rows to see how far these scores move, and nothing is chosen by
    them.
    """

    number: int = Field(3, ge=3, description="trainings, from the seeds after the catalogue's on")
    params: dict[str, Any] = Field(
        {}, description="constructor arguments to replace, where a whole training takes too long"
    )
    tiers: dict[Tier, Override] = Field({}, description="what differs in a tier")


class Variant(Section):
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
    threshold: Threshold | None = Field(
        None, description="two classes: answer with the threshold that is best by this metric"
    )
    book: dict[str, dict[str, BookFigure]] = Field(
        {}, description="data set -> metric -> the figure that the book prints"
    )
    departs: list[Departure] = Field([], description="where it is not as the book has it")
    crossval: bool = Field(True, description="false: fitted once, since folds would take too long")
    tiers: dict[Tier, Override] = Field({}, description="what differs in a tier")


class Defect(Section):
    """Where the book errs about a model otherwise than by a figure: one row of the errata."""

    run: str = Field(description="<data set>/<variant> of the run that shows it")
    what: str = Field(description="the thing that is told wrongly")
    fault: Fault = Field(description="its kind")
    book: str = Field(description="what the book says or does, as a fact in our own words")
    lines: list[int] = Field(min_length=1, description="of the book's text, where it does so")
    shows: list[str] = Field(
        min_length=1,
        description="what the run has to say: metrics, constructor arguments, or rows",
    )
    why: str
    instead: str = Field(description="what this project does, after 'This project'")


class Model(Section):
    """One model of the handbook: any estimator with scikit-learn's interface."""

    title: str = Field(description="name for people")
    section: str = Field("", description="section of the book; without it, outside of it")
    task: Literal[*tasks.NAMES] = Field(description="how it is scored and shown")  # type: ignore[valid-type]
    data: list[str] = Field(min_length=1, description="data sets; each is its own run")
    also_in_demo: list[str] = Field(
        [], description="those that a demo runs beside the first of each variant"
    )
    estimator: str = Field(description="import path of the class")
    trusted: list[str] = Field(
        [],
        description="import paths of what this model's code and saved files hold beside "
        "scikit-learn's and this project's: classes, types, packages; their code runs",
    )
    threads: int = Field(1, ge=1, description="fixed: it changes floating-point results")
    device: Device | None = Field(
        None, description="of its torch models; without it, as the catalogue says"
    )
    curves: list[str] = Field([], description="columns of history.csv to draw")
    shows: list[Literal[*SHOWS]] = Field(  # type: ignore[valid-type]
        [], description="what to compute and draw of what the fitted model learnt"
    )
    seeds: Seeds | None = Field(None, description="how far its test scores move with the seed")
    diagnose: Diagnose | None = Field(None, description="learning and validation curves")
    leave_one_out: list[str] = Field(
        [], description="data sets small enough to leave out each row once"
    )
    variants: dict[str, Variant] = Field(min_length=1)
    errata: list[Defect] = Field([])

    @field_validator("data", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class DataSet(Section):
    """Which release of a data set, and how it is split."""

    release: str = Field(
        description="one of the releases that its module pins, or what a declared one is called"
    )
    declared: Declaration | None = Field(
        None, description="its files and its schema, where it has no module: `handbook new data`"
    )
    test_size: float = Field(0.2, gt=0, lt=1, description="share of rows held out for the test")
    seed: int | None = Field(
        None, ge=0, lt=2**32, description="of the split; without it, the catalogue's"
    )
    stratified: bool = Field(
        True, description="false: split at random, not in proportion to the target"
    )
    folds: int | None = Field(
        None, ge=2, description="of cross-validations on it; without it, as under crossval"
    )


class LeftOut(Section):
    """A data set that a rebuild does without."""

    why: str = Field(min_length=1, description="said in the report")
    runs: int = Field(0, ge=0, description="counted by a rebuild: the runs that are missing")

    @model_validator(mode="before")
    @classmethod
    def _reason(cls, value: Any) -> Any:
        return {"why": value} if isinstance(value, str) else value


class Crossval(Section):
    """Cross-validation on the training rows."""

    folds: int = Field(default=5, ge=2)
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the confidence intervals")
    repeats: int = Field(
        default=1, ge=1, description="of all folds on small sets, for settings without a search"
    )
    small: int = Field(default=1000, ge=0, description="most training rows of a small set")


class BiasVariance(Section):
    """The error of models taken apart, on bootstrap samples of one data set's training rows."""

    data: str = Field(description="a data set for regression")
    rounds: int = Field(50, ge=2, description="bootstrap samples")
    models: dict[str, Diagnose] = Field(
        min_length=1, description="model -> parameter and values; the rest as its first variant"
    )


class SideBySide(Section):
    """The histories of several variants of a model in one figure."""

    title: str
    model: str
    data: str
    variants: list[str] = Field(min_length=2)
    curves: list[str] = Field(min_length=1, description="columns of history.csv, a panel each")


class Judge(Section):
    """A classifier that looks at what is generated; part of no comparison itself."""

    estimator: str = Field(description="import path of a class with predict and features")
    params: dict[str, Any] = Field({}, description="the estimator's constructor arguments")
    labels: Literal["classes", "groups"] = Field(
        "classes", description="what it learns to tell apart"
    )
    threads: int = Field(1, ge=1, description="fixed: it changes floating-point results")
    tiers: dict[Tier, Override] = Field({}, description="what differs in a tier")


class Lab(Section):
    """One worked example of the handbook."""

    title: str
    section: str
    ours: list[str] = Field(
        [], description="parameters, or a.b of one that holds others, that are not the book's"
    )
    data: str | None = Field(None, description="data set whose training rows it takes first")
    params: dict[str, Any] = Field({})


class Promote(Section):
    """When a challenger takes the place of what is deployed: compared on the same later rows."""

    metric: str | None = Field(
        default=None, description="by which it leads; without it, the main metric of the task"
    )
    margin: float = Field(
        default=0.0, ge=0, description="the lower end of the lead's interval is above it"
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="level of the intervals")
    rows: int = Field(default=1_000, ge=2, description="fewest rows that decide")
    harm: float = Field(
        default=0.02,
        ge=0,
        description="the calibration error may grow by no more, at the interval's end",
    )


class ClaimDemo(Section):
    """What a demo does less of: it shows that all works, and decides nothing."""

    seeds: int = Field(default=2, ge=2)
    params: dict[str, Any] = Field(default={}, description="settings to replace")


class Claim(Section):
    """One claim of the book, and the experiment that puts it to the test."""

    title: str
    section: str
    lines: list[int] = Field(min_length=1, description="where it stands in the text of the book")
    claim: str = Field(description="what the book claims, in our own words")
    data: str | None = Field(None, description="data set whose training rows it takes first")
    params: dict[str, Any] = Field({})
    seeds: int = Field(10, ge=5, description="how often it is done; the first is the catalogue's")
    least: dict[str, float] = Field(
        min_length=1, description="part of the claim -> the smallest effect of interest"
    )
    threads: int = Field(1, ge=1, description="fixed: it changes floating-point results")
    demo: ClaimDemo = Field(default=ClaimDemo())


class BacktestModel(Section):
    """A model of a backtest, with settings that nothing is searched for."""

    variant: str = Field(description="one of the model's")
    params: dict[str, Any] = Field({}, description="constructor arguments to set or replace")


class Backtest(Section):
    """A data set split by time instead of at random: what was promised, and what came."""

    title: str = Field(min_length=1, description="what it is about, for people")
    order: Order = Field(description="what puts the rows in order of time")
    first: int = Field(ge=2, description="periods that the first models learn from")
    windows: list[int] = Field([], description="periods of sliding windows to learn anew from")
    splits: int = Field(5, ge=1, description="random splits of the same size to hold it against")
    go_on: bool = Field(
        False, description="models also learn on from each period alone, by `partial_fit`"
    )
    models: dict[str, BacktestModel] = Field(
        min_length=1, description="a few models of one task; the first one is watched"
    )
