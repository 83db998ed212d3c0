"""Subcommands that look back: compare, list, explain a plan, and repeat a run."""

from __future__ import annotations

import json
from pathlib import Path

from handbook.commands import Arguments, Command, Say

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


def _takes_names(added: object) -> None:
    for name, what in (("model", "model"), ("data", "data set"), ("variant", "variant")):
        added.add_argument(  # type: ignore[attr-defined]
            f"--{name}", nargs="+", default=[], help=f"only runs of this {what}"
        )


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
