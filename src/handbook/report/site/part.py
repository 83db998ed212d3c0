"""A part of the catalogue: the results that it asks for, and its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from handbook.catalogue.params import Params, Run
from handbook.core.folders import (
    DECOMPOSITION,
    CurvesFolder,
    DataFolder,
    RunFolder,
    bias_variance_figure,
    intervals_file,
    seeds_file,
    side_by_side,
)
from handbook.monitoring.spec import rehearsal_file
from handbook.report.site.inputs import backtest_files, claim_files, figures_of, lab_files
from handbook.report.site.pages import claim_page, data_page, lab_page, model_page
from handbook.tasks.figures import CURVES
from handbook.workflow.selection import Selection

__all__ = ["Part", "first_page", "targets"]


@dataclass(frozen=True)
class Part:
    """What a report of a part of the catalogue leaves to the whole.

    Parameters
    ----------
    names : sequence of str
        By which the part was chosen.
    runs, whole : int
        How many runs it has, and how many the whole catalogue asks for.
    others : mapping of str to int
        By data set of the part, how many runs on it are not of the part.
    """

    names: Sequence[str]
    runs: int
    whole: int
    others: Mapping[str, int]

    @classmethod
    def of(cls, selection: Selection) -> Part | None:
        """Describe a part that was chosen by names; None where none was."""
        whole, part, names = selection
        if not names:
            return None
        others = {name: len(whole.runs_on(name)) - len(part.runs_on(name)) for name in part.data}
        left = {name: number for name, number in others.items() if number > 0}
        return cls(names, len(list(part.runs())), len(list(whole.runs())), left)


def targets(whole: Params, part: Params) -> list[Path]:
    """Return every result that a part of the catalogue asks for, and that is of this part alone.

    Tables and reports are of the whole catalogue; intervals of test scores and what a watch sees
    are of a data set, and belong to a part that has all of its runs.
    """
    return [
        *_of_data(part),
        *(path for run in part.runs() for path in _of_run(part, run)),
        *(
            path
            for model, data in part.diagnosed()
            for path in _of_curves(whole, part, model, data)
        ),
        *map(seeds_file, part.reseeded()),
        *(
            intervals_file(data)
            for data in part.gauged()
            if part.runs_on(data) == whole.runs_on(data)
        ),
        *(
            rehearsal_file(data)
            for data in part.rehearsed()
            if part.runs_on(data) == whole.runs_on(data)
        ),
        *map(side_by_side, part.side_by_side),
        *([DECOMPOSITION, bias_variance_figure()] if part.bias_variance else []),
        *lab_files(part),
        *claim_files(part),
        *backtest_files(part),
    ]


def _of_data(part: Params) -> Iterator[Path]:
    for name in part.data_sets():
        folder = DataFolder(name)
        yield from (folder.train, folder.test, folder.split)
        yield from (folder.profile, folder.validation, folder.accepted)
    for name in part.judges:
        yield from (DataFolder(name).judge, DataFolder(name).judge_record)


def _of_run(part: Params, run: Run) -> Iterator[Path]:
    folder = RunFolder(run.path)
    yield from (folder.model, folder.metrics, folder.predictions, folder.history)
    yield from (folder.record, folder.context)
    if part.models[run.model].shows:
        yield folder.explanation
    if part.folded(run):
        yield folder.folds
    yield from (folder.figure(name) for name in figures_of(part, run))


def _of_curves(whole: Params, part: Params, model: str, data: str) -> Iterator[Path]:
    if whole.first(model, data) in part.runs_on(data):
        folder = CurvesFolder(model, data)
        yield from (folder.curves, *(folder.figure(name) for name in CURVES))


def first_page(part: Params) -> str:
    """Return the page that shows a part: its own where it is one thing, else the front page."""
    pages = [
        *map(lab_page, part.labs),
        *map(claim_page, part.claims),
        *map(model_page, part.models),
    ]
    if len(pages) == 1:
        return pages[0]
    if len(part.data) == 1 and not part.labs and not part.claims:
        return data_page(*part.data)
    return "index.html"
