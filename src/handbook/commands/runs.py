"""Subcommands of runs: fit, cross-validate, explain and diagnose models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handbook.commands.command import Arguments, Command, Say, read_params

if TYPE_CHECKING:
    from pathlib import Path

    from handbook.catalogue.params import Params, Run

__all__ = ["add"]

_RUN = "lenet/fashion-mnist/book"


def add(command: Command) -> None:
    """Add the subcommands of runs."""
    added = command(
        _train,
        "train one run and measure it on the held-out rows",
        example=f"handbook train {_RUN}",
        job=True,
        warm=True,
        threads=_threads_of_run,
    )
    added.add_argument("run", metavar="RUN", help="as model/data/variant")
    for call, about in (
        (_crossval, "cross-validate one run on its training rows"),
        (_explain, "compute what the fitted model of a run learnt"),
    ):
        verb = call.__name__.removeprefix("_")
        added = command(call, about, example=f"handbook {verb} {_RUN}", job=True, warm=True)
        added.add_argument("run", metavar="RUN", help="as model/data/variant")

    added = command(
        _judge,
        "fit the classifier that judges generated pictures of a data set",
        example="handbook judge mnist",
        job=True,
        warm=True,
        threads=_threads_of_judge,
    )
    added.add_argument("data", metavar="DATA")

    added = command(
        _diagnose,
        "score a model over growing rows and over one parameter",
        example="handbook diagnose ridge diabetes",
        job=True,
        warm=True,
    )
    added.add_argument("model", metavar="MODEL")
    added.add_argument("data", metavar="DATA")

    command(
        _decompose,
        "take the error of models apart into bias and variance",
        example="handbook decompose",
        job=True,
        warm=True,
    )


def _threads_of_run(options: Arguments) -> int:
    params = read_params(options)
    return params.threads(params.models[params.run(options.run).model])


def _threads_of_judge(options: Arguments) -> int:
    params = read_params(options)
    return params.threads(params.judges[options.data])


def _judge_of(params: Params, run: Run) -> Path | None:
    from handbook.core.folders import DataFolder

    data = params.judge_of(run)
    return None if data is None else DataFolder(data).judge


def _train(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import run_spec
    from handbook.core.folders import RunFolder
    from handbook.training.train import train
    from handbook.workflow import provenance
    from handbook.workflow.revision import revision

    params = read_params(options)
    run = params.run(options.run)
    spec, folder = run_spec(params, run), RunFolder(run.path)
    modules = provenance.modules("training.train", spec.task, spec.estimator)
    train(
        spec,
        folder.data.train,
        folder.data.test,
        folder,
        judge_path=_judge_of(params, run),
        code=provenance.code_digests(*modules),
        versions=provenance.versions(*modules),
        revision=revision(),
        tier=params.tier,
        say=say,
    )


def _crossval(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import crossval_spec
    from handbook.core.folders import RunFolder
    from handbook.training.crossval import crossval

    params = read_params(options)
    run = params.run(options.run)
    folder = RunFolder(run.path)
    crossval(crossval_spec(params, run), folder.data.train, folder.folds, say=say)


def _explain(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import explain_spec
    from handbook.core.folders import RunFolder
    from handbook.explain.explain import explain

    params = read_params(options)
    run = params.run(options.run)
    folder = RunFolder(run.path)
    explain(
        explain_spec(params, run),
        folder.model,
        folder.data.train,
        folder.data.test,
        folder.explanation,
        judge_path=_judge_of(params, run),
        say=say,
    )


def _judge(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import judge_spec
    from handbook.core.folders import DataFolder
    from handbook.training.judge import judge

    folder = DataFolder(options.data)
    spec = judge_spec(read_params(options), options.data)
    judge(spec, folder.train, model=folder.judge, record=folder.judge_record, say=say)


def _diagnose(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import diagnose_spec
    from handbook.core.folders import CurvesFolder, DataFolder
    from handbook.training.diagnose import diagnose

    spec = diagnose_spec(read_params(options), options.model, options.data)
    output = CurvesFolder(options.model, options.data).curves
    diagnose(spec, DataFolder(options.data).train, output, say=say)


def _decompose(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import decompose_spec
    from handbook.core.folders import DECOMPOSITION, DataFolder
    from handbook.training.decompose import decompose

    spec = decompose_spec(read_params(options))
    decompose(spec, DataFolder(spec.data).train, DECOMPOSITION, say=say)
