"""Trials and their folds, kept by digest so that every sweep can use them again.

A trial is named by the digest of all that its score depends on: a change to code, data, versions or
a parameter makes it another trial, and sweeps that ask for the same trial share it. Each job has a
journal with one fold of one trial per line, on disk before the next fold begins: a killed job loses
the fold that it was fitting, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from handbook.catalogue.space import Setting
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.core.files import digest, read_json, write_text

__all__ = [
    *("FoldResult", "Row", "Scores", "State", "Trial"),
    *("append", "read_folds", "read_trials", "trial_digest"),
]

#: A step of a training: figure by name.
Row = Mapping[str, float]
#: Score by metric; None where a metric is undefined.
Scores = Mapping[str, float | None]
State = Literal["finished", "pruned", "failed"]


@dataclass(frozen=True)
class FoldResult:
    """One fold of one trial: it has scores, an error, or the losses until it was given up."""

    trial: str  # digest of the trial
    fold: int
    scores: Scores | None = None
    cut: list[float] | None = None  # losses, epoch by epoch, of a training that was given up
    error: str | None = None
    seconds: float = 0.0
    history: list[Row] | None = None  # of the training of the first fold
    steps: list[float] | None = None  # its losses, epoch by epoch, which pruning compares

    def line(self) -> str:
        """Return the fold as a line of a journal."""
        filled = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(filled, separators=(",", ":"), allow_nan=False) + "\n"


@dataclass(frozen=True)
class Trial:
    """One setting of a sweep with its scores."""

    number: int  # from 0 on, in the order of the sweep
    setting: Setting
    trial: str  # digest
    state: State
    metric: str
    score: float | None  # mean over the folds; None for a trial that failed
    error: str | None
    steps: list[float] = field(default_factory=list)  # what pruning compares: means or losses
    history: list[Row] = field(default_factory=list)  # of the training of the first fold
    folds: list[Scores] = field(default_factory=list)


def read_trials(paths: Sequence[Path]) -> list[Trial]:
    """Read the trials that jobs have written, in order."""
    trials = (Trial(**plain) for path in paths for plain in read_json(path))
    return sorted(trials, key=lambda trial: trial.number)


# Fields of a spec that a trial's score depends on. Name and metric of the sweep do not count: every
# metric of every fold is kept. The number of folds that are scored does not count either, so that a
# validation split shares its scores with folds.
_OF_A_TRIAL = {"task", "estimator", "folds", "rows", "seed", "threads", "params", "preprocess"}


def trial_digest(spec: SweepSpec, *, made_by: str, data: str) -> str:
    """Return the digest of all that a trial's score depends on.

    Parameters
    ----------
    spec : SweepSpec
        With the trial's setting.
    made_by : str
        Digest of code and versions.
    data : str
        Digest of the training rows' file.
    """
    settings = spec.model_dump(include=_OF_A_TRIAL, warnings=False)
    return digest(settings | {"made_by": made_by, "data": data})


def read_folds(folder: Path) -> dict[str, dict[int, FoldResult]]:
    """Read the folds that all jobs have written, by digest of the trial and number of the fold.

    A line that a killed process left unfinished is passed over. Where several jobs wrote the same
    fold, one with scores counts more than one that was given up.
    """
    trials: dict[str, dict[int, FoldResult]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for fold in _whole_lines(path):
            folds = trials.setdefault(fold.trial, {})
            before = folds.get(fold.fold)
            if before is None or before.scores is None:
                folds[fold.fold] = fold
    return trials


def _whole_lines(path: Path) -> Iterator[FoldResult]:
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        if isinstance(line, dict) and {"trial", "fold"} <= line.keys():
            yield FoldResult(**line)


def append(journal: Path, fold: FoldResult) -> None:
    """Add one fold to the journal of a job.

    The file is written anew, since it may be a link into a cache, or end in half a line.
    """
    before = list(_whole_lines(journal)) if journal.exists() else []
    write_text(journal, "".join(kept.line() for kept in [*before, fold]))
