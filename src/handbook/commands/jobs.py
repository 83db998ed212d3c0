"""Subcommands that the rules of the pipeline call, one a rule."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from handbook.commands import Arguments, Command, Say, bring_in, read_catalogue, takes

__all__ = ["add"]


def add(command: Command) -> None:
    """Add the subcommands of the rules."""
    added = command(_acquire, "bring one raw file of a data set, checked by its digest")
    added.add_argument("data")
    added.add_argument("file")
    takes(added, release=str, output=Path)

    added = command(_prepare, "load a data set, split it and describe it", warm=True)
    added.add_argument("data")
    takes(added, spec=json.loads, raw=Path, train=Path, test=Path, split=Path, profile=Path)

    added = command(_validate, "check a prepared data set against its expectations", warm=True)
    added.add_argument("data")
    takes(added, release=str, train=Path, test=Path, output=Path)

    added = command(_gate, "let a data set through only where every expectation holds")
    added.add_argument("data")
    takes(added, validation=Path, output=Path)

    added = command(_train, "train one run and measure it on the held-out rows", warm=True)
    takes(added, spec=json.loads, tier=str)
    takes(added, train=Path, test=Path, model=Path, metrics=Path, history=Path)
    takes(added, predictions=Path, run=Path, context=Path, failed=Path, judge=[Path])

    added = command(_judge, "fit the classifier that looks at generated pictures", warm=True)
    takes(added, spec=json.loads, train=Path, model=Path, record=Path)

    added = command(_crossval, "cross-validate one run on its training rows", warm=True)
    takes(added, spec=json.loads, train=Path, output=Path)

    added = command(_explain, "compute what the fitted model of a run learnt", warm=True)
    takes(added, spec=json.loads, model=Path, train=Path, test=Path, output=Path, judge=[Path])

    added = command(_diagnose, "score a model over growing rows and over one parameter", warm=True)
    takes(added, spec=json.loads, train=Path, output=Path)

    added = command(_draw_curves, "draw learning and validation curves", warm=True)
    takes(added, curves=Path, figures=[Path])

    added = command(_decompose, "take the error of models apart into bias and variance", warm=True)
    takes(added, spec=json.loads, train=Path, output=Path)

    added = command(_draw_bias_variance, "draw bias and variance", warm=True)
    takes(added, decomposition=Path, figure=Path)

    added = command(_draw, "draw the figures of one run", warm=True)
    takes(added, run=Path, curves=json.loads, figures=[Path])

    added = command(_draw_side_by_side, "draw the histories of several runs", warm=True)
    takes(added, about=json.loads, histories=[Path], figure=Path)

    added = command(_lab, "compute a worked example and compare it with the book", warm=True)
    added.add_argument("lab")
    takes(added, spec=json.loads, train=[Path], output=Path)

    added = command(_draw_lab, "draw the figure of a worked example", warm=True)
    added.add_argument("lab")
    takes(added, result=Path, output=Path)

    added = command(_catalogue, "write down what is shown of params.yaml")
    takes(added, spec=json.loads, output=Path)

    added = command(_collect, "bring the results of all runs into one table")
    takes(added, catalogue=Path, results=Path, table=Path, metrics=Path, comparisons=Path)

    added = command(_track, "bring every run record into MLflow")
    takes(added, catalogue=Path, results=Path, logs=Path, output=Path)
    added.add_argument(
        "--failed-only", action="store_true", help="bring in failures alone and move no title"
    )

    added = command(_list_shown, "write the digest of each file that the report shows")
    takes(added, paths=[Path], output=Path)

    added = command(_report, "write the report", warm=True)
    takes(added, catalogue=Path, results=Path, logs=Path, output=Path)

    added = command(_warm, "fork warm processes for other commands until standard input ends")
    takes(added, socket=Path)


def _acquire(options: Arguments, say: Say) -> None:
    from handbook.data.acquire import acquire

    mirror = os.environ.get("HANDBOOK_MIRROR", "")
    source = acquire(options.data, options.release, options.file, options.output, mirror=mirror)
    say(f"{options.file} from {source}")


def _prepare(options: Arguments, say: Say) -> None:
    from handbook.data import prepare

    prepare.prepare_files(
        options.data,
        options.raw,
        **options.spec,
        train=options.train,
        test=options.test,
        split=options.split,
        profile_to=options.profile,
    )


def _validate(options: Arguments, say: Say) -> None:
    from handbook.data.validate import validate_files

    validate_files(
        options.data,
        options.release,
        train=options.train,
        test=options.test,
        output=options.output,
    )


def _gate(options: Arguments, say: Say) -> None:
    from handbook.data.gate import gate

    gate(options.data, options.validation, options.output)


def _train(options: Arguments, say: Say) -> None:
    from handbook.training.train import Outputs, train
    from handbook.workflow import provenance
    from handbook.workflow.revision import revision

    spec = options.spec
    began = provenance.modules("training.train", spec["task"], spec["estimator"])
    train(
        spec,
        options.train,
        options.test,
        Outputs(**{name: getattr(options, name) for name in Outputs.__dataclass_fields__}),
        judge_path=_one(options.judge),
        code=provenance.code_digests(*began),
        versions=provenance.versions(*began),
        revision=revision(),
        tier=options.tier,
        say=say,
    )


def _one(given: Sequence[Path]) -> Path | None:
    """Return the path given to an option that may stay empty."""
    return given[0] if given else None


def _judge(options: Arguments, say: Say) -> None:
    from handbook.training.judge import judge

    judge(options.spec, options.train, model=options.model, record=options.record, say=say)


def _crossval(options: Arguments, say: Say) -> None:
    from handbook.training.crossval import crossval

    crossval(options.spec, options.train, options.output, say=say)


def _explain(options: Arguments, say: Say) -> None:
    from handbook.explain.explain import explain

    explain(
        options.spec,
        options.model,
        options.train,
        options.test,
        options.output,
        judge_path=_one(options.judge),
        say=say,
    )


def _diagnose(options: Arguments, say: Say) -> None:
    from handbook.training.diagnose import diagnose

    diagnose(options.spec, options.train, options.output, say=say)


def _draw_curves(options: Arguments, say: Say) -> None:
    from handbook.report.figures.diagnosed.curves import draw_curves

    draw_curves(options.curves, {path.stem: path for path in options.figures})


def _decompose(options: Arguments, say: Say) -> None:
    from handbook.training.decompose import decompose

    decompose(options.spec, options.train, options.output, say=say)


def _draw_bias_variance(options: Arguments, say: Say) -> None:
    from handbook.report.figures.diagnosed.bias_variance import draw_bias_variance

    draw_bias_variance(options.decomposition, options.figure)


def _draw(options: Arguments, say: Say) -> None:
    from handbook.report.figures.draw import draw

    figures = {path.stem: path for path in options.figures}
    draw(list(figures), options.run, figures, options.curves)


def _draw_side_by_side(options: Arguments, say: Say) -> None:
    from handbook.report.figures.runs.side_by_side import draw_side_by_side

    draw_side_by_side(options.about, options.histories, options.figure)


def _lab(options: Arguments, say: Say) -> None:
    from handbook.core.files import write_json
    from handbook.labs.result import run

    spec, data = options.spec, None
    if train := _one(options.train):
        from handbook.data.dataset import read

        data = read(train)
    record = run(options.lab, spec["title"], spec["section"], spec["params"], data)
    for result in record["results"]:
        say(f"{result['name']}: {result['verdict']}")
    write_json(options.output, record)


def _draw_lab(options: Arguments, say: Say) -> None:
    from handbook.report.figures.lab import draw

    draw(options.lab, options.result, options.output)


def _catalogue(options: Arguments, say: Say) -> None:
    from handbook.core.files import write_json

    write_json(options.output, options.spec)


def _collect(options: Arguments, say: Say) -> None:
    from handbook.core.files import write_json
    from handbook.records.collect import collect

    collected = collect(options.results, read_catalogue(options.catalogue))
    write_json(options.table, collected.table)
    write_json(options.metrics, collected.metrics)
    write_json(options.comparisons, collected.comparisons)


def _warm(options: Arguments, say: Say) -> None:
    from handbook.workflow.warm.server import serve

    job = serve(options.socket)
    if job is not None:  # in a fork, which ends as its job does
        raise SystemExit(job())


def _track(options: Arguments, say: Say) -> None:
    bring_in(
        say,
        catalogue=options.catalogue,
        results=options.results,
        logs=options.logs,
        output=options.output,
        failed_only=options.failed_only,
    )


def _list_shown(options: Arguments, say: Say) -> None:
    from handbook.core.files import write_json
    from handbook.report.site.contents import digests

    write_json(options.output, digests(options.paths))


def _report(options: Arguments, say: Say) -> None:
    from handbook.report.site.build import Context, build, tools
    from handbook.workflow.graph import of_workflow
    from handbook.workflow.provenance import versions
    from handbook.workflow.revision import revision

    catalogue = read_catalogue(options.catalogue)
    context = Context(**revision(), tools=tools(), versions=versions("handbook.report.site.build"))
    build(options.results, options.output, catalogue, of_workflow(), context, options.logs)
    say(f"report: {(options.output / 'index.html').resolve().as_uri()}")
