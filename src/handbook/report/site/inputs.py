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
from handbook.report.figures.lab import has_figure
from handbook.tasks.figures import CURVES, figure_names

__all__ = ["figures_of", "report_inputs", "run_figures"]


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


def report_inputs(params: Params) -> list[Path]:
    """Return every file that the report shows, besides its catalogue."""
    diagnosed = [CurvesFolder(model, data) for model, data in params.diagnosed()]
    labs = [LabFolder(lab) for lab in params.labs]
    claims = [ClaimFolder(claim) for claim in params.claims]
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
        *map(seeds_file, params.reseeded()),
        *(folder.result for folder in labs),
        *(folder.figure for folder in labs if has_figure(folder.lab)),
        *(path for folder in claims for path in (folder.result, folder.figure)),
        *(folder.figure(name) for folder in diagnosed for name in CURVES),
        *(folder.curves for folder in diagnosed),
        *([bias_variance_figure()] if params.bias_variance else []),
        *(side_by_side(name) for name in params.side_by_side),
        *(path for folder in data for path in (folder.profile, folder.validation, folder.accepted)),
        *(folder.train for folder in data),
        Path("results/sweeps/list.json"),
    ]
