"""Subcommands on records: compare, list, explain a plan, and repeat a run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handbook.commands.command import Arguments, Say, argument, path, subcommand
from handbook.core.errors import HandbookError, nearest

# The names of a run, and their titles.
_NAMES = {"model": "model", "data": "data set", "variant": "variant"}
_STATES = ("finished", "failed", "outdated", "missing")


def _several(text: str) -> list[str]:
    """Read an option's values, apart by commas.

    Examples
    --------
    >>> _several("ridge, lasso")
    ['ridge', 'lasso']
    """
    return [value.strip() for value in text.split(",") if value.strip()]


def _state(text: str) -> list[str]:
    states = _several(text)
    for state in states:
        if state not in _STATES:
            raise argparse.ArgumentTypeError(f"{state!r} is unknown; {nearest(state, _STATES)}")
    return states


def _cores(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of cores; expected 1 or more")
    return int(text)


def _choice(name: str, about: str, kind: Callable[[str], list[str]] = _several) -> Any:
    """Describe an option that takes several values: apart by commas, or each with its own."""
    return argument(
        f"--{name}", action="extend", type=kind, default=[], metavar="A,B,...", help=about
    )


_OF_RUNS = [_choice(name, f"only runs of this {title}") for name, title in _NAMES.items()]
_JSON = argument("--json", action="store_true", help="print everything as JSON")


def _shape(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    _JSON(group)
    group.add_argument("--csv", action="store_true", help="one line per run, one column per metric")


@subcommand(
    argument(
        "sides",
        nargs="+",
        metavar="SIDE",
        help="a git revision, a DVC experiment, an MLflow run, a job key, a run as "
        "model/data/variant, a folder that holds results, a run there as "
        "FOLDER:model/data/variant, or 'workspace' (which a single one is compared with); rev:, "
        "exp:, mlflow: or run: before it says which kind is meant",
    ),
    *_OF_RUNS,
    argument("--details", action="store_true", help="show every run in full"),
    argument("--diff", action="store_true", help="show the lines of code that differ"),
    _JSON,
    path("--html", metavar="FILE", help="also write a page"),
    example="compare HEAD~1 workspace",
)
def _compare(options: Arguments, say: Say) -> None:
    """Show what differs between revisions, experiments or runs, and whether it is real."""
    from handbook.records.compare import table
    from handbook.records.compare.differences import compare
    from handbook.records.compare.resolve import Resolver
    from handbook.records.sources import Sources

    names = options.sides if len(options.sides) > 1 else [*options.sides, "workspace"]
    sides = [*map(Resolver(Path()).side, names)]
    wanted = {name: getattr(options, name) for name in _NAMES}
    compared = compare(sides, Sources(Path()), wanted=wanted, diff=options.diff)
    if options.html:
        from handbook.core.files import write_text
        from handbook.report.site.standalone import comparison_page

        write_text(options.html, comparison_page(compared, sides))
        say(f"page: {options.html.resolve().as_uri()}")
    if options.json:
        print(json.dumps(compared, indent=2, ensure_ascii=False))
    else:
        print(*table.lines(compared, details=options.details), sep="\n")


@subcommand(
    path("folder", nargs="?", default=Path()),
    *_OF_RUNS,
    _choice("task", "only runs of this task"),
    _choice(
        "state",
        f"only runs of this state, of {', '.join(_STATES)}; without it, all that were started",
        _state,
    ),
    argument(
        "--where",
        action="extend",
        type=_several,
        default=[],
        metavar="BOUND",
        help="only runs within a bound, such as 'accuracy>0.9', 'cv_rmse<=5' or 'seconds<60'; "
        "several apart by commas, or each with its own --where",
    ),
    argument("--sort", metavar="METRIC", help="best first; cv_... for means over folds"),
    argument("--reverse", action="store_true", help="the other way round"),
    _shape,
    example="runs --where 'accuracy>0.9' --sort roc_auc",
)
def _runs(options: Arguments, say: Say) -> None:
    """List the runs of a folder, failed ones too."""
    from handbook.records import listing

    bounds = [listing.Bound(text) for text in options.where]
    wanted = {name: getattr(options, name) for name in (*_NAMES, "task", "state")}
    records = listing.select(options.folder, wanted, bounds)
    if options.sort:
        records = listing.order(records, options.sort, reverse=options.reverse)
    elif options.reverse:
        records.reverse()
    if options.json:
        print(json.dumps(listing.as_json(records), indent=2, ensure_ascii=False))
    elif options.csv:
        print(listing.to_csv(records), end="")
    else:
        more = [bound.name for bound in bounds] + [options.sort] * bool(options.sort)
        print(*listing.lines(records, more), sep="\n")
        if gone := listing.unlisted(options.folder):
            say(f"besides, {listing.said_of_unlisted(gone)}")


@subcommand(
    argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="a file of the results, or a name of a model, a data set, a run or a rule; without "
        "any, everything",
    ),
    argument("--profile", default="default", help="of workflow/profiles, as for the run itself"),
    argument("--details", action="store_true", help="name every job and every change"),
    _JSON,
    example="why ridge",
)
def _why(options: Arguments, say: Say) -> None:
    """Show what changed for each job that would run."""
    from handbook.catalogue import file
    from handbook.records.sources import Sources
    from handbook.records.why.choose import choose
    from handbook.records.why.plan import plan
    from handbook.records.why.reasons import explain
    from handbook.records.why.words import lines
    from handbook.workflow.profiles import folder_of

    folder = folder_of(options.profile)
    if not options.json:
        say("asking Snakemake what it would run")
    files = [target for target in options.targets if target.startswith(("results/", "data/"))]
    names = [target for target in options.targets if target not in files]
    jobs = explain(plan(files, options.profile), folder, Sources(Path()))
    if names:
        jobs = choose(jobs, names, file.usual())
    if options.json:
        print(json.dumps([job.as_json() for job in jobs], indent=2, ensure_ascii=False))
    else:
        print(*lines(jobs, details=options.details), sep="\n")


@subcommand(
    argument(
        "run",
        help="a job key, an MLflow run, or model/data/variant, of the working tree or, as "
        "FOLDER:model/data/variant, of a folder that holds results",
    ),
    path("--folder", help="where to do it; by default a temporary one"),
    argument("--keep", action="store_true", help="leave the folder there"),
    argument("--folds", action="store_true", help="cross-validate it again, too"),
    argument(
        "--tolerance",
        type=float,
        default=1e-6,
        help="relative difference that still counts as the same (%(default)g)",
    ),
    _JSON,
    example="reproduce ridge/diabetes/book",
)
def _reproduce(options: Arguments, say: Say) -> None:
    """Make a recorded run again from its commit, and compare it with the record."""
    from handbook.records.reproduce.outcome import lines
    from handbook.records.reproduce.reproduction import reproduce

    compared = reproduce(
        options.run,
        Path(),
        folder=options.folder,
        keep=options.keep,
        folds=options.folds,
        tolerance=options.tolerance,
        say=say,
    )
    if options.json:
        print(json.dumps(compared, indent=2, ensure_ascii=False))
    else:
        print(*lines(compared), sep="\n")
    if compared["verdict"] == "different":
        raise HandbookError(
            f"{compared['run']} did not come out the same; --keep leaves what was made"
        )


@subcommand(
    path("folder", nargs="?", default=Path(), help="where the workflow ran, such as build/demo"),
    argument("--cores", type=_cores, help="lay all jobs out on so many, as if they ran anew"),
    _JSON,
    example="times",
)
def _times(options: Arguments, say: Say) -> None:
    """Show where the time of a rebuild went: longest chain, work and idle cores by rule."""
    from handbook.records.times import lines, times

    reckoned = times(options.folder, options.cores)
    if options.json:
        print(json.dumps(reckoned.as_json(), indent=2, ensure_ascii=False))
    else:
        print(*lines(reckoned), sep="\n")
