"""Subcommands of sweeps: what people ask for, and what the rules of `sweep.smk` call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from handbook.commands.command import Arguments, Command, Say, takes
from handbook.commands.tracking import mlflow_store
from handbook.core.errors import HandbookError

__all__ = ["add"]

# Options of a sweep of the command line that have the names of keys in `params.yaml`.
_KEYS = ("data", "variant", "strategy", "budget", "rows", "seed", "prune", "name")
_SCORE = ("metric", "folds", "validation")


def add(command: Command) -> None:
    """Add the subcommands of sweeps."""
    added = command(
        _sweep, "try many settings of a model: a declared sweep, or --set beside a model"
    )
    added.add_argument("name", help="a sweep of params.yaml; beside --set, a model")
    added.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUES", dest="sets",
        help="YAML such as a,b,c or {low: 0.1, high: 1, log: true}; also low..high, "
        "log:low..high/points; NAME[OTHER=VALUE]= where it depends on another parameter",
    )  # fmt: skip
    for name in ("data", "variant", "metric", "name"):
        added.add_argument(f"--{name}", dest="own_name" if name == "name" else name)
    for name in ("budget", "rows", "seed", "folds"):
        added.add_argument(f"--{name}", type=int)
    added.add_argument("--validation", type=float, help="share of one split, instead of folds")
    added.add_argument("--strategy", choices=["grid", "random", "tpe"])
    added.add_argument("--prune", action="store_true", default=None)
    added.add_argument("--profile", type=Path, default=Path("workflow/profiles/default"))
    added.add_argument("--dry-run", action="store_true", help="list the jobs and run none")

    added = command(
        _adopt, "make the best setting of a sweep a variant of its model in params.yaml"
    )
    added.add_argument("sweep")
    added.add_argument("--variant", default="tuned")
    added.add_argument("--params", type=Path, default=Path("params.yaml"))
    added.add_argument("--results", type=Path, default=Path("results"))

    added = command(_explore, "score the settings of one job of a sweep", warm=True)
    takes(added, spec=json.loads, round=int, chunk=int, train=Path, earlier=[Path], trials=Path)
    takes(added, made_by=str, output=Path)

    added = command(_rank, "bring the jobs of a sweep together", warm=True)
    takes(added, spec=json.loads, train=Path, chunks=[Path], trials=Path, made_by=str)
    takes(added, table=Path, times=Path, best=Path, record=Path)

    added = command(_show_sweep, "draw a sweep and write its page", warm=True)
    takes(added, record=Path, times=Path, page=Path, figures=[Path])

    added = command(_track_sweep, "bring a sweep into MLflow, a run a trial")
    takes(added, record=Path, output=Path)

    added = command(_list_sweeps, "write down which sweeps have results")
    takes(added, sweeps=json.loads, output=Path)


def _sweep(options: Arguments, say: Say) -> None:
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


def _adopt(options: Arguments, say: Say) -> None:
    from handbook.sweeps.adopt import adopt

    for line in adopt(options.sweep, options.results, options.params, variant=options.variant):
        say(line)


def _explore(options: Arguments, say: Say) -> None:
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


def _rank(options: Arguments, say: Say) -> None:
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


def _show_sweep(options: Arguments, say: Say) -> None:
    from handbook.report.figures.sweeps import draw_sweep
    from handbook.report.site.standalone import write_sweep_page

    draw_sweep(options.record, {path.stem: path for path in options.figures})
    write_sweep_page(options.record, options.times, options.page)


def _track_sweep(options: Arguments, say: Say) -> None:
    from handbook.records.tracking.sweeps import track_sweeps

    store, artifacts = mlflow_store()
    track_sweeps(
        [options.record], store_uri=store, artifacts=artifacts, output=options.output, say=say
    )


def _list_sweeps(options: Arguments, say: Say) -> None:
    from handbook.core.files import write_json

    write_json(options.output, options.sweeps)
