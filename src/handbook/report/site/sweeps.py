"""A sweep as its page shows it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handbook.catalogue.space import Space
from handbook.core.files import damage_named, read_json
from handbook.report.numbers import number, value
from handbook.report.site.curves import Kind, Line
from handbook.report.site.overlay import Laid, overlay
from handbook.report.site.results import Figure
from handbook.tasks.figures import SWEEP_FIGURES
from handbook.tasks.metric import Metric

__all__ = ["Sweep", "read_sweep", "read_sweeps"]

# Rows of the table; trials.csv has them all.
_MOST = 1_000
_LAID = 30  # trials to pick from
_ORDER = {"finished": 0, "pruned": 1, "failed": 2}


@dataclass(frozen=True)
class Sweep:
    """One sweep with results.

    Parameters
    ----------
    record : mapping
        Content of ``sweep.json``.
    seconds : mapping of int to float
        How long each trial took, by its number from 1.
    figures : tuple of Figure
    why : str
        Why it is out of date; empty where it is not.
    """

    record: Mapping[str, Any]
    seconds: Mapping[int, float] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    why: str = ""

    @property
    def name(self) -> str:
        """Name of the sweep."""
        return str(self.record["sweep"])

    @property
    def spec(self) -> Mapping[str, Any]:
        """What was asked for."""
        spec: Mapping[str, Any] = self.record["spec"]
        return spec

    @property
    def sample(self) -> bool:
        """Whether its data was generated."""
        return bool(self.spec["data_variant"] == "sample")

    @property
    def metric(self) -> str:
        """What settings are compared by."""
        return str(self.record["metric"])

    @property
    def best(self) -> Mapping[str, Any] | None:
        """The best trial; None where none finished."""
        number = self.record["best"]
        trial: Mapping[str, Any] | None = None if number is None else self.record["trials"][number]
        return trial

    @property
    def names(self) -> list[str]:
        """The parameters, in the order of the space."""
        return list(self.spec["space"])

    @property
    def trials(self) -> list[Mapping[str, Any]]:
        """Every trial, best first, at most as many as a page can hold."""
        sign = Metric.named(self.metric).sign

        def rank(trial: Mapping[str, Any]) -> tuple[int, float, int]:
            score = 0.0 if trial["score"] is None else -sign * trial["score"]
            return _ORDER[trial["state"]], score, trial["number"]

        return sorted(self.record["trials"], key=rank)[:_MOST]

    @property
    def failures(self) -> list[tuple[str, int]]:
        """Each error with the count of trials that it ended."""
        counts: dict[str, int] = {}
        for trial in self.record["trials"]:
            if trial["state"] == "failed":
                counts[trial["error"]] = counts.get(trial["error"], 0) + 1
        return sorted(counts.items(), key=lambda trial: -trial[1])

    @property
    def scored(self) -> str:
        """How settings were scored, in words."""
        spec = self.spec
        rows = f"{spec['rows']:,} of the training rows" if spec["rows"] else "the training rows"
        if spec["evaluated"] == 1:
            return f"one validation split of {rows}, {100 / spec['folds']:.0f} % put aside"
        return f"{spec['folds']}-fold cross-validation on {rows}"

    @property
    def overlay(self) -> str:
        """What a script reads to lay the best trials over each other, fold by fold."""
        best = [trial for trial in self.trials if trial["state"] == "finished"][:_LAID]
        if not best or len(best[0].get("folds", ())) < 2:
            return ""
        metric = Metric.named(self.metric)
        laid = [
            Laid(
                name=f"trial {trial['number'] + 1}",
                score=number(trial["score"]),
                settings={name: value(x) for name, x in trial["setting"].items()},
                lines=self._lines(trial),
            )
            for trial in best
        ]
        tests = {
            (0, place): "the folds cannot tell it from the best one"
            if trial["behind"][0] <= 0
            else "the best one is better on these folds"
            for place, trial in enumerate(best)
            if place and trial.get("behind")
        }
        kinds = {"folds": Kind("Score on each fold", "fold", metric.title)}
        about = "By the interval of the difference on the same folds, with no adjustment."
        return overlay(
            laid,
            tests,
            metric=metric.title,
            ticked=3,
            about=about,
            untested="a sweep tests each trial against its best one",
            kinds=kinds,
        )

    def _lines(self, trial: Mapping[str, Any]) -> dict[str, list[Line]]:
        scores = [fold.get(self.metric) for fold in trial["folds"]]
        lines = {"folds": [Line(scores, [float(n) for n in range(1, len(scores) + 1)])]}
        for name in trial["history"][0] if trial["history"] else ():
            if name != "epoch":
                steps = [float(row.get("epoch", n)) for n, row in enumerate(trial["history"], 1)]
                own = [row.get(name) for row in trial["history"]]
                lines[f"history:{name}"] = [Line(own, steps)]
        return lines

    def column(self, name: str) -> list[float | None]:
        """Return what the table sorts a parameter by, for each of its rows."""
        parameter = next(p for p in Space.of(self.spec["space"]).parameters if p.name == name)
        return [
            None
            if name not in trial["setting"]
            else float(trial["setting"][name])
            if not parameter.values or parameter.ordered
            else float(parameter.index(trial["setting"][name]))
            for trial in self.trials
        ]


def read_sweep(record: Path, times: Path, copies: str, why: str = "") -> Sweep:
    """Read the results of a sweep.

    Parameters
    ----------
    record, times : Path
        ``sweep.json``, with the figures in a folder beside it, and ``times.csv``.
    copies : str
        Where the page finds the figures.
    why : str
        Why it is out of date.
    """
    seconds = {}
    if times.is_file():
        with damage_named(times, "CSV file"), times.open(newline="", encoding="utf-8") as file:
            seconds = {int(row["number"]): float(row["seconds"]) for row in csv.DictReader(file)}
    paths = [record.parent / "figures" / f"{name}.svg" for name in SWEEP_FIGURES]
    figures = (Figure.of(path, copies) for path in paths if path.is_file())
    return Sweep(read_json(record), seconds, tuple(figures), why)


def read_sweeps(results: Path) -> tuple[Sweep, ...]:
    """Read every sweep that has results, by ``sweeps/list.json``; none where that is missing."""
    folder = results / "sweeps"
    listed = read_json(folder / "list.json") if (folder / "list.json").is_file() else {}
    records = {name: folder / name / "sweep.json" for name in listed}
    return tuple(
        read_sweep(
            record, record.with_name("times.csv"), f"figures/sweeps/{name}", listed[name]["why"]
        )
        for name, record in records.items()
        if record.is_file()
    )
