"""Subcommands of runs: fit, cross-validate, explain and diagnose models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handbook.commands.command import Arguments, Say, job, read_params

if TYPE_CHECKING:
    from pathlib import Path

    from handbook.catalogue.params import Params, Run


def _threads_of_run(options: Arguments) -> int:
    params = read_params(options)
    return params.threads(params.models[params.run(options.run).model])


def _devices_of_run(options: Arguments) -> int:
    from handbook.catalogue import devices

    params = read_params(options)
    return devices.processes_of_run(params, params.run(options.run))


def _devices_of_seeds(options: Arguments) -> int:
    from handbook.catalogue import devices

    return devices.processes_of_seeds(read_params(options), options.model)


def _threads_of_judge(options: Arguments) -> int:
    params = read_params(options)
    return params.threads(params.judges[options.data])


def _judge_of(params: Params, run: Run) -> Path | None:
    from handbook.core.folders import DataFolder

    data = params.judge_of(run)
    return None if data is None else DataFolder(data).judge


@job(
    "run",
    example="train lenet/fashion-mnist/book",
    warm=True,
    threads=_threads_of_run,
    devices=_devices_of_run,
)
def _train(options: Arguments, say: Say) -> None:
    """Train one run and measure it on the held-out rows."""
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


@job("run", example="crossval lenet/fashion-mnist/book", warm=True, devices=_devices_of_run)
def _crossval(options: Arguments, say: Say) -> None:
    """Cross-validate one run on its training rows."""
    from handbook.catalogue.specs import crossval_spec
    from handbook.core.folders import RunFolder
    from handbook.training.crossval import crossval

    params = read_params(options)
    run = params.run(options.run)
    folder = RunFolder(run.path)
    crossval(crossval_spec(params, run), folder.data.train, folder.folds, say=say)


@job("data", example="gauge diabetes", warm=True)
def _gauge(options: Arguments, say: Say) -> None:
    """Compute confidence intervals of all test scores on a data set."""
    from handbook.catalogue.specs import gauge_spec
    from handbook.core.folders import intervals_file
    from handbook.training.gauge import gauge

    spec = gauge_spec(read_params(options), options.data)
    gauge(spec, intervals_file(options.data), say=say)


def _threads_of_model(options: Arguments) -> int:
    params = read_params(options)
    return params.threads(params.models[options.model])


@job(
    "model",
    example="reseed lenet",
    warm=True,
    threads=_threads_of_model,
    devices=_devices_of_seeds,
)
def _reseed(options: Arguments, say: Say) -> None:
    """Train a model's first variant from several seeds."""
    from handbook.catalogue.specs import reseed_spec
    from handbook.core.folders import DataFolder, seeds_file
    from handbook.training.reseed import reseed

    params = read_params(options)
    run = params.first(options.model)
    folder, judge = DataFolder(run.data), _judge_of(params, run)
    spec, output = reseed_spec(params, options.model), seeds_file(options.model)
    reseed(spec, folder.train, folder.test, output, judge_path=judge, say=say)


@job("run", example="explain lenet/fashion-mnist/book", warm=True)
def _explain(options: Arguments, say: Say) -> None:
    """Compute what the fitted model of a run learnt."""
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


@job("data", example="judge mnist", warm=True, threads=_threads_of_judge)
def _judge(options: Arguments, say: Say) -> None:
    """Fit the classifier that judges generated pictures of a data set."""
    from handbook.catalogue.specs import judge_spec
    from handbook.core.folders import DataFolder
    from handbook.training.judge import judge

    folder = DataFolder(options.data)
    spec = judge_spec(read_params(options), options.data)
    judge(spec, folder.train, model=folder.judge, record=folder.judge_record, say=say)


@job("model", "data", example="diagnose ridge diabetes", warm=True)
def _diagnose(options: Arguments, say: Say) -> None:
    """Score a model over growing rows and over one parameter."""
    from handbook.catalogue.specs import diagnose_spec
    from handbook.core.folders import CurvesFolder, DataFolder
    from handbook.training.diagnose import diagnose

    spec = diagnose_spec(read_params(options), options.model, options.data)
    output = CurvesFolder(options.model, options.data).curves
    diagnose(spec, DataFolder(options.data).train, output, say=say)


@job(example="decompose", warm=True)
def _decompose(options: Arguments, say: Say) -> None:
    """Take the error of models apart into bias and variance."""
    from handbook.catalogue.specs import decompose_spec
    from handbook.core.folders import DECOMPOSITION, DataFolder
    from handbook.training.decompose import decompose

    spec = decompose_spec(read_params(options))
    decompose(spec, DataFolder(spec.data).train, DECOMPOSITION, say=say)
