"""What the report reads, known from the catalogue before any of it is there."""

from __future__ import annotations

from pathlib import Path

from handbook.catalogue.params import Params, Run
from handbook.core.folders import (
    ClaimFolder,
    CurvesFolder,
    DataFolder,
    LabFolder,
    RunFolder,
    bias_variance_figure,
    intervals_file,
    seeds_file,
    side_by_side,
)
from handbook.monitoring.backtest_files import FIGURES, BacktestFolder
from handbook.monitoring.spec import rehearsal_file
from handbook.report.figures.lab import has_figure
from handbook.tasks.figures import CURVES, figure_names

__all__ = [
    "backtest_files",
    "claim_files",
    "figures_of",
    "lab_files",
    "report_inputs",
    "run_figures",
]


def figures_of(params: Params, run: Run) -> tuple[str, ...]:
    """Return the names of a run's figures."""
    model = params.models[run.model]
    return figure_names(model.task, model.curves, model.shows)


def run_figures(params: Params) -> list[Path]:
    """Return the figures of all runs."""
    figures = []
    for run in params.runs():
        folder = RunFolder(run.path)
        figures += [folder.figure(name) for name in figures_of(params, run)]
    return figures


def lab_files(params: Params) -> list[Path]:
    """Return the results of all worked examples, and the figures of those that have one."""
    folders = [LabFolder(name) for name in params.labs]
    results = [folder.result for folder in folders]
    return results + [folder.figure for folder in folders if has_figure(folder.lab)]


def claim_files(params: Params) -> list[Path]:
    """Return the results and figures of the experiments on all claims."""
    folders = map(ClaimFolder, params.claims)
    return [path for folder in folders for path in (folder.result, folder.figure)]


def backtest_files(params: Params) -> list[Path]:
    """Return the records and figures of all backtests."""
    folders = map(BacktestFolder, params.backtests)
    return [path for folder in folders for path in (folder.record, *map(folder.figure, FIGURES))]


def report_inputs(params: Params) -> list[Path]:
    """Return every file that the report shows, besides its catalogue."""
    diagnosed = [CurvesFolder(model, data) for model, data in params.diagnosed()]
    listed = [run for run in params.runs() if "outliers" in params.models[run.model].shows]
    data = [DataFolder(name) for name in params.data_sets()]
    return [
        Path("results/runs.json"),
        Path("results/comparisons.json"),
        *run_figures(params),
        *(RunFolder(run.path).explanation for run in listed),
        *(RunFolder(run.path).predictions for run in params.runs()),
        *(RunFolder(run.path).history for run in params.runs()),
        *map(intervals_file, params.gauged()),
        *map(rehearsal_file, params.rehearsed()),
        *map(seeds_file, params.reseeded()),
        *lab_files(params),
        *claim_files(params),
        *backtest_files(params),
        *(folder.figure(name) for folder in diagnosed for name in CURVES),
        *(folder.curves for folder in diagnosed),
        *([bias_variance_figure()] if params.bias_variance else []),
        *(side_by_side(name) for name in params.side_by_side),
        *(path for folder in data for path in (folder.profile, folder.validation, folder.accepted)),
        *(folder.train for folder in data),
        Path("results/sweeps/list.json"),
    ]
