"""Subcommands that draw figures and write the report."""

from __future__ import annotations

from pathlib import Path

from handbook.commands.command import Arguments, Command, Say, read_params

__all__ = ["add"]


def add(command: Command) -> None:
    """Add the subcommands of figures and report."""
    added = command(
        _draw,
        "draw the figures of one run",
        example="handbook draw ridge/diabetes/book",
        job=True,
        warm=True,
    )
    added.add_argument("run", metavar="RUN", help="as model/data/variant")

    added = command(
        _draw_curves,
        "draw learning and validation curves",
        example="handbook draw-curves ridge diabetes",
        job=True,
        warm=True,
    )
    added.add_argument("model", metavar="MODEL")
    added.add_argument("data", metavar="DATA")

    added = command(
        _draw_side_by_side,
        "draw the histories of several runs in one figure",
        example="handbook draw-side-by-side lenet-schedules",
        job=True,
        warm=True,
    )
    added.add_argument("name", metavar="NAME", help="under side_by_side: in params.yaml")

    command(
        _draw_bias_variance,
        "draw bias and variance",
        example="handbook draw-bias-variance",
        job=True,
        warm=True,
    )
    command(
        _list_shown,
        "write the digest of each file that the report shows",
        example="handbook list-shown",
        job=True,
    )
    added = command(_report, "write the report", example="handbook report", job=True, warm=True)
    added.add_argument("--results", type=Path, default=Path("results"))
    added.add_argument("--logs", type=Path, default=Path("logs"))
    added.add_argument("--output", type=Path, default=Path("results/report"))


def _draw(options: Arguments, say: Say) -> None:
    from handbook.core.folders import RunFolder
    from handbook.report.figures.draw import draw
    from handbook.report.site.inputs import figures_of

    params = read_params(options)
    run = params.run(options.run)
    folder, names = RunFolder(run.path), figures_of(params, run)
    curves = params.models[run.model].curves
    draw(names, folder.path, {name: folder.figure(name) for name in names}, curves)


def _draw_curves(options: Arguments, say: Say) -> None:
    from handbook.core.folders import CurvesFolder
    from handbook.report.figures.diagnosed.curves import draw_curves
    from handbook.tasks.figures import CURVES

    folder = CurvesFolder(options.model, options.data)
    draw_curves(folder.curves, {name: folder.figure(name) for name in CURVES})


def _draw_side_by_side(options: Arguments, say: Say) -> None:
    from handbook.core.errors import HandbookError, nearest
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


def _draw_bias_variance(options: Arguments, say: Say) -> None:
    from handbook.core.folders import DECOMPOSITION, bias_variance_figure
    from handbook.report.figures.diagnosed.bias_variance import draw_bias_variance

    draw_bias_variance(DECOMPOSITION, bias_variance_figure())


def _list_shown(options: Arguments, say: Say) -> None:
    from handbook.core.files import write_json
    from handbook.report.site.contents import digests
    from handbook.report.site.inputs import report_inputs

    write_json(Path("results/shown.json"), digests(report_inputs(read_params(options))))


def _report(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import overview
    from handbook.report.site.build import Context, build, tools
    from handbook.workflow.graph import of_workflow
    from handbook.workflow.provenance import versions
    from handbook.workflow.revision import revision

    catalogue = overview(read_params(options))
    context = Context(**revision(), tools=tools(), versions=versions("handbook.report.site.build"))
    build(options.results, options.output, catalogue, of_workflow(), context, options.logs)
    say(f"report: {(options.output / 'index.html').resolve().as_uri()}")
