"""Backtests as the pages show them: what a random split promised, and what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from handbook.catalogue.overview import Overview
from handbook.core.files import read_json
from handbook.monitoring.backtest_files import FIGURES, BacktestFolder
from handbook.report.figures.backtests.periods import scheme_name
from handbook.report.site.results import Figure

__all__ = ["Backtest", "FirstAlarm", "Learnt", "read_backtests"]

_KINDS = {
    "column": "columns have moved",
    "answer": "answers have moved",
    "label": "labels have moved",
    "score": "scores or calibration are worse",
}


class Learnt(NamedTuple):
    """A model as it learnt in one way, with its differences to the one that learnt once.

    Parameters
    ----------
    model : str
        Its title.
    scheme : str
        How it learnt, for people.
    scores : mapping
        As :func:`handbook.monitoring.backtest_scores.scores` returns it; None of a random split.
    against : mapping of str to mapping
        By metric, the difference on the same rows of the same periods; empty of what learnt once.
    """

    model: str
    scheme: str
    scores: Mapping[str, Any] | None
    against: Mapping[str, Any]


class FirstAlarm(NamedTuple):
    """How often and how soon a watch is an alarm, by what moved.

    Parameters
    ----------
    kind : str
    labels : bool
        Whether labels are needed to tell.
    windows : int
        Windows that are an alarm.
    row, period : int and str, or None
        Where the first one ends.
    smallest : int or None
        The fewest rows after the change, of those tried, that are an alarm by themselves.
    unchanged : int
        Windows without a change that are an alarm.
    """

    kind: str
    labels: bool
    windows: int
    row: int | None
    period: str | None
    smallest: int | None
    unchanged: int


@dataclass(frozen=True)
class Backtest:
    """The backtest of a data set.

    Parameters
    ----------
    data, title : str
    record : mapping or None
        None where it has not been done.
    figures : mapping of str to Figure
    """

    data: str
    title: str
    record: Mapping[str, Any] | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def whole(self) -> Mapping[str, Any]:
        """The record of one that has been done."""
        assert self.record is not None
        return self.record

    @property
    def sample(self) -> bool:
        """Whether its rows were generated."""
        return self.record is not None and self.record["release"] == "sample"

    @property
    def metric(self) -> str:
        """The metric that ranks."""
        return str(self.whole["metrics"][0])

    @property
    def models(self) -> Mapping[str, Any]:
        """The models by title, the dummy last."""
        models: Mapping[str, Any] = self.whole["models"]
        return models

    @property
    def before(self) -> Sequence[Mapping[str, Any]]:
        """The periods that the first models learnt from."""
        return list(self.whole["periods"][: self.whole["first"]])

    @property
    def after(self) -> Sequence[Mapping[str, Any]]:
        """The periods after these."""
        return list(self.whole["periods"][self.whole["first"] :])

    @property
    def weekend(self) -> tuple[str, float, float] | None:
        """The first year, its share of weekends, and the least share of any other first year."""
        if not self.whole["evidence"]:
            return None
        shares = dict(self.whole["evidence"]["weekends"])
        year = min(shares, key=lambda name: shares[name])
        return year, shares.pop(year), min(shares.values())

    @property
    def learnt(self) -> list[Learnt]:
        """Every model in every way, the random split of each first."""
        rows = []
        for title, model in self.models.items():
            against = {
                scheme: {own["metric"]: own for own in entries}
                for scheme, entries in model["against_once"].items()
            }
            rows.append(Learnt(title, "random split", None, against["random"]))
            rows += [
                Learnt(title, f"learnt {scheme_name(scheme)}", own, against.get(scheme, {}))
                for scheme, own in model["schemes"].items()
            ]
        return rows

    @property
    def alarms(self) -> list[FirstAlarm]:
        """What a watch tells, by what moved."""
        return [self._alarm(kind) for kind in _KINDS]

    def _alarm(self, kind: str) -> FirstAlarm:
        watch = self.whole["watch"]
        hits = [window for window in watch["windows"] if window["alarms"][kind]]
        sizes = [size["rows"] for size in watch["sizes"] if size["alarms"][kind]]
        return FirstAlarm(
            _KINDS[kind],
            kind in ("label", "score"),
            len(hits),
            hits[0]["last"] if hits else None,
            hits[0]["period"] if hits else None,
            min(sizes, default=None),
            sum(1 for window in watch["unchanged"] if window["alarms"][kind]),
        )

    @property
    def columns(self) -> list[tuple[str, int]]:
        """The columns by which windows are an alarm, and how many, the most first."""
        counts: dict[str, int] = {}
        for window in self.whole["watch"]["windows"]:
            for name in window["alarms"]["column"]:
                counts[name] = counts.get(name, 0) + 1
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def read_backtests(results: Path, catalogue: Overview) -> tuple[Backtest, ...]:
    """Read the backtests of the catalogue, in its order, each with or without results."""
    backtests = []
    for data, title in catalogue.get("backtests", {}).items():
        folder = BacktestFolder(data, results)
        record = read_json(folder.record) if folder.record.is_file() else None
        drawn = {name: folder.figure(name) for name in FIGURES}
        figures = {
            name: Figure.of(path, f"figures/backtests/{data}")
            for name, path in drawn.items()
            if record is not None and path.is_file()
        }
        backtests.append(Backtest(data, title, record, figures))
    return tuple(backtests)
