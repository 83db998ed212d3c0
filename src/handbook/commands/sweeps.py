"""Subcommands of sweeps: try settings, adopt the best one, and the jobs of the workflow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from handbook.catalogue import file
from handbook.commands.command import (
    Arguments,
    Say,
    argument,
    job,
    path,
    read_params,
    subcommand,
)
from handbook.commands.tracking import mlflow_store
from handbook.core.errors import HandbookError, nearest

if TYPE_CHECKING:
    from handbook.workflow.sweeps import PlannedSweep

# Options of a sweep of the command line that have the names of keys in `params.yaml`.
_KEYS = ("data", "variant", "strategy", "budget", "rows", "seed", "prune")
_SCORE = ("metric", "folds", "validation")


@subcommand(
    argument("name", help="a sweep of params.yaml; beside --set, a model"),
    argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        dest="sets",
        help="YAML such as a,b,c or {low: 0.1, high: 1, log: true}; also low..high, "
        "log:low..high/points; NAME[OTHER=VALUE]= where it depends on another parameter",
    ),
    argument("--data", help="data set (default: the model's first)"),
    argument("--variant", help="whose other parameters every trial has (default: the first)"),
    argument("--metric", help="what ranks the trials (default: the main one of the task)"),
    argument("--name", dest="own_name", help="of the sweep (default: the model and a digest)"),
    argument("--budget", type=int, help="how many trials, where the strategy is not grid"),
    argument("--rows", type=int, help="training rows that are drawn for it (default: all)"),
    argument("--seed", type=int, help="of what is drawn at random (default: the catalogue's)"),
    argument("--folds", type=int, help="of the training rows (default: the data set's)"),
    argument("--validation", type=float, help="share of one split, instead of folds"),
    argument(
        "--strategy",
        choices=["grid", "random", "tpe"],
        help="all settings, some at random, or each after the scores of those before",
    ),
    argument(
        "--prune", action="store_true", default=None, help="stop trials that fall behind early"
    ),
    argument(
        "--profile",
        default="default",
        metavar="NAME",
        help="of workflow/profiles: default, demo (generated data), quick (few real rows) or slurm "
        "(on a cluster)",
    ),
    argument("--dry-run", action="store_true", help="list the jobs and run none"),
    example="sweep lenet --set learning_rate=0.01,0.03,0.1",
)
def _sweep(options: Arguments, say: Say) -> None:
    """Try many settings of a model: a declared sweep, or --set beside a model."""
    from handbook.catalogue import reading
    from handbook.sweeps import run
    from handbook.workflow import profiles
    from handbook.workflow.environment import for_jobs

    called = profiles.arguments(options.profile)
    given = {key: getattr(options, key) for key in _KEYS} | {"name": options.own_name}
    given["score"] = {key: value for key in _SCORE if (value := getattr(options, key)) is not None}
    given = {key: value for key, value in given.items() if value not in (None, {})}
    params = reading.read_with(file.usual(), profiles.overrides_of(options.profile))
    request = run.request(params, options.name, given, options.sets)
    say(request.plan)
    for_jobs(Path.cwd())
    more = ["--dry-run", "--quiet", "rules"] if options.dry_run else []
    if run.run(request, [*called, *more]):
        raise HandbookError(
            f"{request.name}: not finished; its scores are kept, and the same command goes on"
        )
    if not options.dry_run:
        for line in run.outcome(request, profiles.folder_of(options.profile)).splitlines():
            say(line)


@subcommand(
    argument("sweep", help="a sweep that has run"),
    argument("--variant", default="tuned", help="which it becomes (default: %(default)s)"),
    path("--params", default=file.usual(), help="file that takes it (%(default)s)"),
    path("--results", default=Path("results"), help="where the sweep is (%(default)s)"),
    example="adopt rbf",
)
def _adopt(options: Arguments, say: Say) -> None:
    """Make the best setting of a sweep a variant of its model in params.yaml."""
    from handbook.sweeps.adopt import adopt

    for line in adopt(options.sweep, options.results, options.params, variant=options.variant):
        say(line)


def _planned(options: Arguments) -> PlannedSweep:
    from handbook.workflow.sweeps import planned

    sweeps = planned(read_params(options))
    if options.sweep not in sweeps:
        raise HandbookError(f"{options.sweep!r}: no such sweep; {nearest(options.sweep, sweeps)}")
    return sweeps[options.sweep]


@job(
    "sweep",
    argument("round", metavar="ROUND", type=int),
    argument("chunk", metavar="CHUNK", type=int),
    argument("--made-by", help="digest of code and versions (default: computed)"),
    example="explore knn 0 3",
    warm=True,
    threads=lambda options: _planned(options).spec.threads,
)
def _explore(options: Arguments, say: Say) -> None:
    """Score the settings of one job of a sweep."""
    from handbook.sweeps.explore import explore

    sweep = _planned(options)
    made_by = options.made_by or sweep.made_by
    explore(sweep.spec, (options.round, options.chunk), sweep.folder, made_by=made_by, say=say)


@job("sweep", example="rank knn", warm=True)
def _rank(options: Arguments, say: Say) -> None:
    """Bring the jobs of a sweep together and rank its trials."""
    from handbook.sweeps.rank import rank

    sweep = _planned(options)
    ranking = rank(sweep.spec, sweep.folder, made_by=sweep.made_by)
    say(", ".join(f"{count} {state}" for state, count in ranking.states.items()))


@job("sweep", example="show-sweep knn", warm=True)
def _show_sweep(options: Arguments, say: Say) -> None:
    """Draw a sweep and write its page."""
    from handbook.report.figures.sweeps import draw_sweep
    from handbook.report.site.standalone import write_sweep_page
    from handbook.tasks.figures import SWEEP_FIGURES

    folder = _planned(options).folder
    draw_sweep(folder.record, {name: folder.figure(name) for name in SWEEP_FIGURES})
    write_sweep_page(folder.record, folder.times, folder.page)


@job("sweep", example="track-sweep knn")
def _track_sweep(options: Arguments, say: Say) -> None:
    """Bring a sweep into MLflow, one run per trial."""
    from handbook.records.tracking.sweeps import track_sweeps

    store, artifacts = mlflow_store(read_params(options).tier)
    folder = _planned(options).folder
    track_sweeps(
        [folder.record], store_uri=store, artifacts=artifacts, output=folder.tracked, say=say
    )


@job(example="list-sweeps")
def _list_sweeps(options: Arguments, say: Say) -> None:
    """Write which sweeps have results, and whether they are current."""
    from handbook.core.files import write_json
    from handbook.core.folders import SWEEP_LIST
    from handbook.workflow.sweeps import planned, sweeps_with_results

    sweeps = sweeps_with_results(SWEEP_LIST.parent, planned(read_params(options)))
    write_json(SWEEP_LIST, sweeps)
