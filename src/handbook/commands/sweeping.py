"""Subcommands of sweeps: what people ask for, and what the rules of `sweep.smk` call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from handbook.commands.command import Arguments, Say, argument, job, path, subcommand
from handbook.commands.tracking import mlflow_store
from handbook.core.errors import HandbookError

# Options of a sweep of the command line that have the names of keys in `params.yaml`.
_KEYS = ("data", "variant", "strategy", "budget", "rows", "seed", "prune", "name")
_SCORE = ("metric", "folds", "validation")


def _json(name: str) -> Any:
    return argument(name, type=json.loads, required=True)


def _paths(name: str) -> Any:
    return path(name, nargs="*", default=[])


def _required(*names: str) -> list[Any]:
    return [path(name, required=True) for name in names]


_MADE_BY = argument("--made-by", required=True)


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
    *(argument(f"--{name}") for name in ("data", "variant", "metric")),
    argument("--name", dest="own_name"),
    *(argument(f"--{name}", type=int) for name in ("budget", "rows", "seed", "folds")),
    argument("--validation", type=float, help="share of one split, instead of folds"),
    argument("--strategy", choices=["grid", "random", "tpe"]),
    argument("--prune", action="store_true", default=None),
    path("--profile", default=Path("workflow/profiles/default")),
    argument("--dry-run", action="store_true", help="list the jobs and run none"),
    example="sweep lenet --set learning_rate=0.01,0.03,0.1",
)
def _sweep(options: Arguments, say: Say) -> None:
    """Try many settings of a model: a declared sweep, or --set beside a model."""
    from handbook.sweeps import run
    from handbook.workflow.environment import for_jobs

    given = {key: getattr(options, key) for key in _KEYS if key != "name"}
    given["name"] = options.own_name
    given["score"] = {key: value for key in _SCORE if (value := getattr(options, key)) is not None}
    given = {key: value for key, value in given.items() if value not in (None, {})}
    catalogue = _read(Path("params.yaml"))
    request = run.request(catalogue, options.name, given, options.sets)
    say(request.plan)
    for_jobs(Path.cwd())
    more = ["--dry-run", "--quiet", "rules"] if options.dry_run else []
    if run.run(request, options.profile, more):
        raise HandbookError(
            f"{request.name}: not finished; its scores are kept, and the same command goes on"
        )
    if not options.dry_run:
        for line in run.outcome(request, options.profile).splitlines():
            say(line)


def _read(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HandbookError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise HandbookError(f"{path}: not valid YAML: {error}") from None


@subcommand(
    argument("sweep"),
    argument("--variant", default="tuned"),
    path("--params", default=Path("params.yaml")),
    path("--results", default=Path("results")),
    example="adopt rbf",
)
def _adopt(options: Arguments, say: Say) -> None:
    """Make the best setting of a sweep a variant of its model in params.yaml."""
    from handbook.sweeps.adopt import adopt

    for line in adopt(options.sweep, options.results, options.params, variant=options.variant):
        say(line)


@job(
    _json("--spec"),
    argument("--round", type=int, required=True),
    argument("--chunk", type=int, required=True),
    *_required("--train", "--trials", "--output"),
    _paths("--earlier"),
    _MADE_BY,
    example="explore --help",
    warm=True,
)
def _explore(options: Arguments, say: Say) -> None:
    """Score the settings of one job of a sweep."""
    from handbook.catalogue.sweep_spec import SweepSpec
    from handbook.sweeps.explore import explore

    explore(
        SweepSpec(**options.spec),
        (options.round, options.chunk),
        options.train,
        options.earlier,
        options.trials,
        options.output,
        made_by=options.made_by,
        say=say,
    )


@job(
    _json("--spec"),
    *_required("--train", "--trials", "--table", "--times", "--best", "--record"),
    _paths("--chunks"),
    _MADE_BY,
    example="rank --help",
    warm=True,
)
def _rank(options: Arguments, say: Say) -> None:
    """Bring the jobs of a sweep together and rank its trials."""
    from handbook.catalogue.sweep_spec import SweepSpec
    from handbook.sweeps.rank import rank

    ranking = rank(
        SweepSpec(**options.spec),
        options.chunks,
        options.train,
        options.trials,
        made_by=options.made_by,
        table=options.table,
        times=options.times,
        best=options.best,
        record=options.record,
    )
    say(", ".join(f"{count} {state}" for state, count in ranking.states.items()))


@job(
    *_required("--record", "--times", "--page"),
    _paths("--figures"),
    example="show-sweep --help",
    warm=True,
)
def _show_sweep(options: Arguments, say: Say) -> None:
    """Draw a sweep and write its page."""
    from handbook.report.figures.sweeps import draw_sweep
    from handbook.report.site.standalone import write_sweep_page

    draw_sweep(options.record, {path.stem: path for path in options.figures})
    write_sweep_page(options.record, options.times, options.page)


@job(*_required("--record", "--output"), example="track-sweep --help")
def _track_sweep(options: Arguments, say: Say) -> None:
    """Bring a sweep into MLflow, one run per trial."""
    from handbook.records.tracking.sweeps import track_sweeps

    store, artifacts = mlflow_store()
    track_sweeps(
        [options.record], store_uri=store, artifacts=artifacts, output=options.output, say=say
    )


@job(_json("--sweeps"), *_required("--output"), example="list-sweeps --help")
def _list_sweeps(options: Arguments, say: Say) -> None:
    """Write which sweeps have results."""
    from handbook.core.files import write_json

    write_json(options.output, options.sweeps)
