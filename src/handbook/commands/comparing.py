"""Subcommands that look back: compare, list, explain a plan, and repeat a run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from handbook.commands.command import Arguments, Command, Say
from handbook.core.errors import HandbookError

__all__ = ["add"]

# The names of a run, and their titles.
_NAMES = {"model": "model", "data": "data set", "variant": "variant"}


def add(command: Command) -> None:
    """Add the subcommands that compare."""
    added = command(
        _compare,
        "tell what differs between revisions, experiments or runs, and whether it is real",
    )
    added.add_argument(
        "sides",
        nargs="+",
        metavar="SIDE",
        help="a git revision, a DVC experiment, an MLflow run, a job key, a run as "
        "model/data/variant, a folder that holds results, or 'workspace' (which a single one is "
        "compared with); rev:, exp:, mlflow: or run: before it says which kind is meant",
    )
    _takes_names(added)
    added.add_argument("--details", action="store_true", help="tell every run in full")
    added.add_argument("--diff", action="store_true", help="show the lines of code that differ")
    added.add_argument("--json", action="store_true", help="print everything as JSON")
    added.add_argument("--html", type=Path, metavar="FILE", help="also write a page")

    added = command(_runs, "list the runs of a folder, failed ones too")
    added.add_argument("folder", type=Path, nargs="?", default=Path())
    _takes_names(added)
    added.add_argument("--task", nargs="+", default=[], help="only runs of this task")
    added.add_argument(
        "--state",
        nargs="+",
        default=[],
        choices=["finished", "failed", "outdated", "missing"],
        help="only runs of this state; without it, all that were started",
    )
    added.add_argument(
        "--where",
        nargs="+",
        default=[],
        metavar="BOUND",
        help="only runs within bounds, such as 'accuracy>0.9', 'cv_rmse<=5' or 'seconds<60'",
    )
    added.add_argument("--sort", metavar="METRIC", help="best first; cv_... for means over folds")
    added.add_argument("--reverse", action="store_true", help="the other way round")
    shape = added.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print everything as JSON")
    shape.add_argument("--csv", action="store_true", help="print a line a run, a column a metric")

    added = command(_why, "say of each job that would run what changed")
    added.add_argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="a file that is made, or a name that jobs bear: of a model, a data set, a run, a "
        "rule; without any, everything",
    )
    added.add_argument(
        "--profile", default="default", help="of workflow/profiles, as for the run itself"
    )
    added.add_argument("--details", action="store_true", help="name every job and every change")
    added.add_argument("--json", action="store_true", help="print everything as JSON")

    added = command(
        _reproduce, "make a recorded run again from its commit, and say what came out the same"
    )
    added.add_argument(
        "run", help="a job key, an MLflow run, or model/data/variant of the working tree"
    )
    added.add_argument("--folder", type=Path, help="where to do it; by default a temporary one")
    added.add_argument("--keep", action="store_true", help="leave the folder there")
    added.add_argument("--folds", action="store_true", help="cross-validate it again, too")
    added.add_argument(
        "--tolerance",
        type=float,
        default=1e-6,
        help="relative difference that still counts as the same (%(default)g)",
    )
    added.add_argument("--json", action="store_true", help="print everything as JSON")


def _takes_names(added: argparse.ArgumentParser) -> None:
    for name, title in _NAMES.items():
        added.add_argument(f"--{name}", nargs="+", default=[], help=f"only runs of this {title}")


def _compare(options: Arguments, say: Say) -> None:
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

        write_text(options.html, comparison_page(compared))
        say(f"page: {options.html.resolve().as_uri()}")
    if options.json:
        print(json.dumps(compared, indent=2, ensure_ascii=False))
    else:
        print(*table.lines(compared, details=options.details), sep="\n")


def _runs(options: Arguments, say: Say) -> None:
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


def _why(options: Arguments, say: Say) -> None:
    from handbook.records.sources import Sources
    from handbook.records.why.choose import choose
    from handbook.records.why.plan import folder_of, plan
    from handbook.records.why.reasons import explain
    from handbook.records.why.words import lines

    files = [target for target in options.targets if target.startswith(("results/", "data/"))]
    names = [target for target in options.targets if target not in files]
    told = explain(plan(files, options.profile), folder_of(options.profile), Sources(Path()))
    if names:
        told = choose(told, names, Path("params.yaml"))
    if options.json:
        rows = [
            {
                "job": one.job.name,
                "reasons": list(one.reasons),
                "because": [job.name for job in one.because],
            }
            for one in told
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print(*lines(told, details=options.details), sep="\n")


def _reproduce(options: Arguments, say: Say) -> None:
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
