"""How uncertain the scores on test rows are, as the pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handbook.core.files import read_json
from handbook.core.folders import intervals_file
from handbook.records.run import RunRecord
from handbook.tasks.score_intervals import BLOCK, ScoreInterval

__all__ = ["METHODS", "Tested", "methods", "tested"]

#: Of each method: the mark beside an interval, and what it does.
METHODS = {
    "wilson": (
        "W",
        "Wilson’s score interval of a share of rows, taken as independent; precision’s is of the "
        "rows that were answered with the class",
    ),
    "delong": ("D", "DeLong’s interval of the area under a ROC curve"),
    "bca": (
        "B",
        "bootstrap over test rows, within each class where there are classes, corrected for bias "
        "and skewness (BCa)",
    ),
    "percentile": (
        "P",
        "the same of more than 1,000 rows, where percentiles of the resamples do without the "
        "correction",
    ),
    "blocks": (
        "T",
        f"bootstrap over blocks of {BLOCK} characters of the test text: neighbours are not "
        "independent, and Wilson’s interval would be too narrow",
    ),
}


@dataclass(frozen=True)
class Tested:
    """Intervals of one run's scores on the test rows, and of its dummy's.

    Parameters
    ----------
    level : float or None
        None where no intervals were computed.
    draws : int
        Resamples of a bootstrap.
    intervals, dummy : mapping
        By metric.
    """

    level: float | None = None
    draws: int = 0
    intervals: Mapping[str, ScoreInterval] = field(default_factory=dict)
    dummy: Mapping[str, ScoreInterval] = field(default_factory=dict)

    @property
    def methods(self) -> list[tuple[str, str]]:
        """Marks and meanings of the methods that were used."""
        entries = [*self.intervals.values(), *self.dummy.values()]
        used = {entry.get("method") for entry in entries if entry["interval"]}
        return [meaning for name, meaning in METHODS.items() if name in used]

    @property
    def without(self) -> dict[str, list[str]]:
        """The metrics of the run that have no interval, by the reason."""
        reasons: dict[str, list[str]] = {}
        for metric, entry in self.intervals.items():
            if not entry["interval"]:
                reasons.setdefault(entry["why"], []).append(metric)
        return reasons


def tested(results: Path, record: RunRecord, files: dict[str, Any]) -> Tested:
    """Return the intervals of a finished run; none of them where they are of other predictions.

    `files` keeps what was read of a data set.
    """
    if record.data not in files:
        path = intervals_file(record.data, results)
        files[record.data] = read_json(path, made_by="make rebuild") if path.is_file() else None
    file = files[record.data]
    of_run = file and file["runs"].get(record.name)
    if not of_run or of_run["job_key"] != record.job_key:
        return Tested()
    dummy = file["dummies"].get(record.task, {})
    return Tested(file["level"], file["draws"], of_run["intervals"], dummy)


def methods(runs: Sequence[Any]) -> list[tuple[str, str]]:
    """Return marks and meanings of the methods that any of some runs has."""
    used = {mark for run in runs for mark, _ in run.tested.methods}
    return [meaning for meaning in METHODS.values() if meaning[0] in used]
