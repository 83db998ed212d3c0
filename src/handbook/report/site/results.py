"""Runs, data sets and labs as the pages show them, each with or without results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from handbook.records.champions import ranked, standing
from handbook.records.run import Context, Folds, RunFile, RunRecord
from handbook.report.figures.svg import Words, words
from handbook.report.site.curves import Lines
from handbook.report.site.glimpse import Glimpse
from handbook.report.site.shortening import changes
from handbook.report.site.texts import DataText
from handbook.report.site.uncertainty import Tested
from handbook.tasks.metric import METRICS, Metric

__all__ = ["FAMILIAR", "ONE_SIDED", "DataSet", "Figure", "Lab", "Run", "Verdict", "index"]

# A metric of each task that every reader knows.
FAMILIAR = {
    "classification": "accuracy",
    "regression": "r2",
    "outliers": "f1",
    "language": "next_character_accuracy",
    "generation": "sample_precision",
}


class Figure(NamedTuple):
    """A drawn figure and where the report keeps its copy."""

    name: str
    source: Path
    copy: str
    words: Words

    @classmethod
    def of(cls, path: Path, copies: str) -> Figure:
        """Describe the figure at `path`, whose copy goes into the folder `copies`."""
        return cls(path.stem, path, f"{copies}/{path.name}", words(path))


class Verdict(NamedTuple):
    """Whether a model beats the dummy by one metric, and what that is judged by.

    Parameters
    ----------
    beats : str
    why : str
    folded : bool
        Whether it is judged by an interval over folds, else by one score on the test rows.
    """

    beats: Literal["yes", "unclear", "no"]
    why: str
    folded: bool = True


#: A constant answer gets the best value of one of these: alone, neither says that a model is good.
ONE_SIDED = ("recall", "specificity")


@dataclass(frozen=True)
class Run(RunRecord):
    """A run as its pages show it.

    Only a finished one has numbers, so only it is ranked and counted. ``outliers`` is what its
    ``explain.json`` says of the rows that it flags, where its model shows that.
    ``shortened`` holds parameters that the tier `full` sets to other values: here, and there.
    ``tested`` holds the intervals of its scores on the test rows. ``lines`` are its curves for
    laying over those of other runs, ``step`` is what its history counts.
    """

    figures: tuple[Figure, ...] = ()
    outliers: Mapping[str, Any] | None = None
    shortened: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    tested: Tested = field(default_factory=Tested)
    lines: Lines = field(default_factory=dict)
    step: str = "epoch"

    @property
    def record(self) -> RunFile:
        """Content of ``run.json``."""
        return self.run

    @property
    def times(self) -> Context:
        """When and from which commit it ran."""
        return self.context

    @property
    def cv(self) -> Folds | None:
        """Its cross-validation."""
        return self.folds or None

    def score(self, metric: str) -> float | None:
        """Return the mean over folds; without folds, the score on the test rows."""
        mean = self.mean(metric)
        return self.metrics.get(metric) if mean is None else mean

    @property
    def left_out(self) -> list[str]:
        """What a whole run does and this one does not, what matters most first."""
        return changes(self.shortened)

    @property
    def undefined(self) -> Mapping[str, str]:
        """Why a metric is undefined."""
        return self.scores.get("undefined", {})

    @property
    def anchor(self) -> str:
        """Place of the run on its model's page."""
        return f"{self.data}-{self.variant}"

    @property
    def sample(self) -> bool:
        """Whether it has results on generated data."""
        return self.state == "finished" and super().sample

    @property
    def params(self) -> list[tuple[str, Any, str]]:
        """Name and value of every parameter, and who set it: the catalogue, the search, nobody."""
        given = self.record.get("params") or {}
        full = {**(self.record.get("fitted_params") or given), **self.chosen}
        who = dict.fromkeys(given, "catalogue") | dict.fromkeys(self.chosen, "search")
        return [(name, full[name], who.get(name, "")) for name in sorted(full)]

    @property
    def chosen(self) -> Mapping[str, Any]:
        """The setting that the search chose; empty without a search."""
        return (self.record.get("chosen") or {}).get("params") or {}

    @property
    def threshold(self) -> float | None:
        """The score from which on the model answers with the second class, where it was chosen."""
        return (self.record.get("chosen") or {}).get("threshold")

    @property
    def trials(self) -> list[Mapping[str, Any]]:
        """Every setting that the search tried, best first."""
        trials = (self.record.get("chosen") or {}).get("trials") or ()
        metric = Metric.named(self.primary)
        return sorted(trials, key=lambda trial: metric.standing(trial["score"], ""))

    @property
    def fold_choices(self) -> Sequence[Mapping[str, Any]]:
        """What the search chose on each fold's training rows; empty without a search."""
        return self.folds.get("chosen") or []

    @property
    def repeated(self) -> Mapping[str, Any] | None:
        """Scores over repeated k-fold cross-validation."""
        return self.folds.get("repeated")

    @property
    def leave_one_out(self) -> Mapping[str, Any] | None:
        """Scores over all rows, each predicted by a model that saw all others."""
        return self.folds.get("leave_one_out")

    @property
    def ordered(self) -> list[str]:
        """All metrics, in the order that is the same everywhere."""
        return sorted(self.metrics, key=lambda name: (index(list(METRICS), name), name))

    def dummy_mean(self, metric: str) -> float | None:
        """Mean of the dummy over the same folds."""
        return self.folds["baseline"]["mean"].get(metric) if self.folds else None

    def verdict(self, metric: str) -> Verdict | None:
        """Compare with the dummy: by the interval over folds, else by the test rows alone.

        There is no verdict by recall or by specificity: whoever always gives one answer has a
        perfect one of them.
        """
        if metric in ONE_SIDED:
            return None
        sign = Metric.named(metric).sign
        interval, dummy = self.interval(metric), self.dummy_mean(metric)
        if interval is not None and dummy is not None:
            low, high = sorted(sign * end for end in interval)
            if low > sign * dummy:
                return Verdict("yes", "the whole interval is better")
            if high < sign * dummy:
                return Verdict("no", "the whole interval is worse")
            return Verdict("unclear", "the interval holds the dummy's value")
        ours, dummy = self.metrics.get(metric), self.baseline.get(metric)
        if ours is None or dummy is None:
            return None
        better = sign * ours > sign * dummy
        return Verdict("yes" if better else "no", "one score on the test rows, no folds", False)

    @property
    def ranked(self) -> bool:
        """Whether it takes part in the ranking of its data set."""
        return ranked(self)

    @property
    def rank(self) -> tuple[int, tuple[int, float, str]]:
        """Where the run stands in its table: best first, without folds below, failures last."""
        order = {"finished": 0, "outdated": 2, "failed": 3, "missing": 4}[self.state]
        return order, standing(self)


@dataclass(frozen=True)
class DataSet:
    """A data set's profile, validation and some of its rows, each of which may be missing.

    `text` says what it is about and what its columns mean.
    """

    name: str
    release: str
    profile: Mapping[str, Any] | None
    validation: Mapping[str, Any] | None
    glimpse: Glimpse | None = None
    text: DataText | None = None

    @property
    def title(self) -> str:
        """Name for people."""
        return str((self.profile or {}).get("title") or self.name)

    @property
    def sample(self) -> bool:
        """Whether the data was generated."""
        return "sample" in {(self.profile or {}).get("variant"), self.release}

    @property
    def unit(self) -> str:
        """What its rows are."""
        return "characters" if (self.profile or {}).get("kind") == "text" else "rows"

    def meaning(self, column: str) -> str:
        """Return what a column means, empty where that is not written down."""
        return self.text.meaning(column) if self.text else ""

    @property
    def expectations(self) -> list[Mapping[str, Any]]:
        """Failed expectations first."""
        expectations = (self.validation or {}).get("expectations", [])
        return sorted(expectations, key=lambda expectation: bool(expectation["success"]))

    @property
    def failures(self) -> list[Mapping[str, Any]]:
        """Expectations that do not hold."""
        return [expectation for expectation in self.expectations if not expectation["success"]]


@dataclass(frozen=True)
class Lab:
    """A lab's results, None where it has not run, and its figure where it has one.

    `about` says in a sentence what is computed, from `params`; `ours` names those of them that are
    not the book's.
    """

    name: str
    title: str
    section: str
    results: tuple[Mapping[str, Any], ...] | None
    figure: Figure | None = None
    about: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    ours: Sequence[str] = ()


def index(names: list[str], name: str) -> int:
    """Return the place of a name, the last where it is unknown."""
    return names.index(name) if name in names else len(names)
