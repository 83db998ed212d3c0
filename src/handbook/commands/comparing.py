"""Subcommands that look back: compare, list, explain a plan, and repeat a run."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from handbook.commands import Arguments, Command, Say
from handbook.errors import HandbookError

__all__ = ["add"]


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
        "model/data/variant, or 'workspace' (which a single one is compared with); "
        "rev:, exp:, mlflow: or run: before it says which kind is meant",
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


def _takes_names(added: argparse.ArgumentParser) -> None:
    for name, what in (("model", "model"), ("data", "data set"), ("variant", "variant")):
        added.add_argument(f"--{name}", nargs="+", default=[], help=f"only runs of this {what}")


def _named(options: Arguments, name: str) -> bool:
    """Tell whether a run is one of those that the options choose."""
    chosen = (options.model, options.data, options.variant)
    return all(
        not asked or part in asked for asked, part in zip(chosen, name.split("/"), strict=True)
    )


def _compare(options: Arguments, say: Say) -> None:
    from handbook.comparison import table
    from handbook.comparison.differences import compare
    from handbook.comparison.resolve import Resolver
    from handbook.comparison.sources import Sources

    names = options.sides if len(options.sides) > 1 else [*options.sides, "workspace"]
    root = Path()
    compared = compare(
        Resolver(root).sides(names),
        Sources(root),
        keep=lambda name: _named(options, name),
        diff=options.diff,
    )
    if options.html:
        from handbook.records import write_text
        from handbook.report.compared import page

        write_text(options.html, page(compared))
        say(f"page: {options.html.resolve().as_uri()}")
    if options.json:
        print(json.dumps(compared, indent=2, ensure_ascii=False))
    else:
        print(*table.lines(compared, details=options.details), sep="\n")


def _runs(options: Arguments, say: Say) -> None:
    from handbook import listing

    tests = [listing.bound(text) for text in options.where]
    fields = ("model", "data", "variant", "task", "state")
    asked = {field: getattr(options, field) for field in fields}
    rows = listing.listed(options.folder)
    if all(row["state"] == "missing" for row in rows) and not options.state:
        raise HandbookError(
            f"{options.folder / 'results'}: no run has started here yet; `make demo` or "
            "`make rebuild` makes results, `dvc pull` brings those of this commit"
        )
    asked["state"] = options.state or [state for state in listing.STATES if state != "missing"]
    rows = listing.choose(rows, asked, tests)
    if options.sort:
        rows = listing.order(rows, options.sort, reverse=options.reverse)
    elif options.reverse:
        rows.reverse()
    if options.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    elif options.csv:
        print(listing.to_csv(rows), end="")
    else:
        named = [re.split(r"[<>=]", text)[0].strip() for text in options.where]
        print(*listing.lines(rows, [*named, *filter(None, [options.sort])]), sep="\n")
