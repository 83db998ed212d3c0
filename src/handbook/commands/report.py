"""Subcommands that draw figures and write the report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.commands.command import Arguments, Say, argument, job, path, read_params, subcommand
from handbook.core.errors import HandbookError

if TYPE_CHECKING:
    from handbook.catalogue.params import Params
    from handbook.records.failures import Failures
    from handbook.records.times import Times

__all__ = ["write_report"]


@job("run", example="draw ridge/diabetes/book", warm=True)
def _draw(options: Arguments, say: Say) -> None:
    """Draw the figures of one run."""
    from handbook.core.folders import RunFolder
    from handbook.report.figures.draw import draw
    from handbook.report.site.inputs import figures_of

    params = read_params(options)
    run = params.run(options.run)
    folder, names = RunFolder(run.path), figures_of(params, run)
    curves = params.models[run.model].curves
    draw(names, folder.path, {name: folder.figure(name) for name in names}, curves)


@job("model", "data", example="draw-curves ridge diabetes", warm=True)
def _draw_curves(options: Arguments, say: Say) -> None:
    """Draw learning and validation curves."""
    from handbook.core.folders import CurvesFolder
    from handbook.report.figures.diagnosed.curves import draw_curves
    from handbook.tasks.figures import CURVES

    folder = CurvesFolder(options.model, options.data)
    draw_curves(folder.curves, {name: folder.figure(name) for name in CURVES})


@job("name", example="draw-side-by-side lenet-schedules", warm=True)
def _draw_side_by_side(options: Arguments, say: Say) -> None:
    """Draw the histories of several runs in one figure."""
    from handbook.core.errors import nearest
    from handbook.core.folders import RunFolder, side_by_side
    from handbook.report.figures.runs.side_by_side import draw_side_by_side

    params = read_params(options)
    if options.name not in params.side_by_side:
        hint = nearest(options.name, params.side_by_side)
        raise HandbookError(f"no figure {options.name!r} of histories side by side; {hint}")
    section = params.side_by_side[options.name]
    histories = [RunFolder(run.path).history for run in params.runs_beside(options.name)]
    release = params.release(section.data)
    draw_side_by_side(section, release, histories, side_by_side(options.name))


@job(example="draw-bias-variance", warm=True)
def _draw_bias_variance(options: Arguments, say: Say) -> None:
    """Draw bias and variance."""
    from handbook.core.folders import DECOMPOSITION, bias_variance_figure
    from handbook.report.figures.diagnosed.bias_variance import draw_bias_variance

    draw_bias_variance(DECOMPOSITION, bias_variance_figure())


@job(example="list-shown")
def _list_shown(options: Arguments, say: Say) -> None:
    """Write the digest of each file that the report shows."""
    from handbook.core.files import write_json
    from handbook.report.site.contents import digests
    from handbook.report.site.inputs import report_inputs

    write_json(Path("results/shown.json"), digests(report_inputs(read_params(options))))


@job(
    path("--results", default=Path("results")),
    path("--logs", default=Path("logs")),
    path("--output", default=Path("results/report")),
    path("--events", help="of a run that failed: the report opens with what failed in it"),
    argument("--again", default="", help="the command that goes on after a failure"),
    argument(
        "--single",
        metavar="PAGE",
        help="write one page alone, such as models/lenet, into one file that holds all it shows; "
        "--output may name the file",
    ),
    example="report",
    warm=True,
)
def _report(options: Arguments, say: Say) -> None:
    """Write the report."""
    from handbook.records.failures import Failures, read_failures

    failures = Failures()
    if options.events:
        failures = read_failures(options.events, again=options.again)
    output = write_report(
        read_params(options),
        results=options.results,
        logs=options.logs,
        output=options.output,
        failures=failures,
        page=options.single,
    )
    say(f"report: {output.resolve().as_uri()}")


def write_report(
    params: Params,
    *,
    results: Path,
    logs: Path,
    output: Path,
    failures: Failures | None = None,
    page: str | None = None,
) -> Path:
    """Write the report of the part of a catalogue that the environment asks for.

    Parameters
    ----------
    params : Params
        The whole catalogue.
    results, logs, output : Path
    failures : Failures or None
        What failed in the run that it is of.
    page : str or None
        The one page to write, into one file.

    Returns
    -------
    Path
        Where people begin to read.
    """
    from handbook.catalogue import text_faults
    from handbook.catalogue.overview import overview
    from handbook.records.failures import Failures
    from handbook.report.site.build import Context, build, build_single, tools
    from handbook.report.site.part import Part
    from handbook.workflow.graph import of_workflow
    from handbook.workflow.provenance import versions
    from handbook.workflow.revision import revision
    from handbook.workflow.selection import selected

    selection = selected(params)
    context = Context(
        **revision(),
        tools=tools(),
        versions=versions("handbook.report.site.build"),
        failures=failures or Failures(),
        times=_times_here(),
        folder=f"{os.path.relpath(Path(), output)}/",
        part=Part.of(selection),
    )
    faults = text_faults.read() if context.part is None and params.title is None else []
    made_of = (overview(selection.part), of_workflow(), context, logs, faults)
    if page:
        name = f"{page.removesuffix('.html').replace('/', '-')}.html"
        single = output if output.suffix == ".html" else Path(name)
        build_single(results, single, page, *made_of)
        return single
    build(results, output, *made_of)
    return output / "index.html"


def _times_here() -> Times | None:
    from handbook.records.times import times

    try:
        return times(Path())
    except HandbookError:  # results that were brought here, or records that were damaged
        return None


@subcommand(
    path("first"),
    path("second"),
    example="verify build/verify/one/results build/verify/two/results",
)
def _verify(options: Arguments, say: Say) -> None:
    """Compare two folders of results byte by byte, but for what was measured."""
    from handbook.report.verify import differences, files

    count = 0
    for count, differing in enumerate(differences(options.first, options.second), start=1):
        if count <= 20:
            print(f"{differing.path}: {differing.where}")
    if count:
        files_differ = "1 file differs" if count == 1 else f"{count:,} files differ"
        raise HandbookError(f"{files_differ} between {options.first} and {options.second}")
    print(f"The same, but for what was measured: {len(files(options.first)):,} files.")
