"""The subcommand that makes the catalogue, or a part: one model, data set, run, lab or claim."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.commands.command import Arguments, Say, argument, subcommand
from handbook.core.errors import HandbookError

if TYPE_CHECKING:
    from handbook.catalogue.params import Params

RESULTS, LOGS = Path("results"), Path("logs")
#: The report of a run that made a part, or that failed.
REPORT = LOGS / "report"


@subcommand(
    argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="a model, a data set, a lab or a claim, or a run as model/data/variant; patterns such "
        "as 'ridge/*/book' choose several; without any, all of the catalogue",
    ),
    argument(
        "--profile",
        default="default",
        help="of workflow/profiles: default, demo (generated data), quick (few real rows) or slurm "
        "(on a cluster)",
    ),
    argument("--dry-run", action="store_true", help="list the jobs and run none"),
    example="run ridge bank-marketing",
)
def _run(options: Arguments, say: Say) -> None:
    """Make all of the catalogue or a part of it, from raw data to a report and MLflow."""
    from handbook.catalogue import file, reading
    from handbook.core.processes import call
    from handbook.workflow import profiles, selection
    from handbook.workflow.environment import for_jobs

    params = reading.read_with(file.usual(), profiles.overrides_of(options.profile))
    os.environ[selection.VARIABLE] = " ".join(options.names)
    say(_size(selection.selected(params).part))
    for_jobs(Path.cwd())
    snakemake = [sys.executable, "-m", "snakemake", *profiles.arguments(options.profile)]
    more = ["--dry-run", "--quiet", "rules"] if options.dry_run else []
    target = ["--", "part"] if options.names else []
    if call([*snakemake, *more, *target]):
        raise HandbookError("not finished; what is there is kept, and the same command goes on")
    folder = profiles.folder_of(options.profile)
    if options.dry_run:
        return
    if options.names:
        _show(params, folder, say)
    else:
        _end(folder)


def _size(part: Params) -> str:
    """Say how much a part of the catalogue is."""
    runs = list(part.runs())
    counts = {
        "run": len(runs),
        "data set": len(part.data),
        "lab": len(part.labs),
        "claim": len(part.claims),
    }
    return ", ".join(
        f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in counts.items() if number
    )


def _end(folder: Path) -> None:
    """Let DVC keep what the whole catalogue gave, and print the best of it."""
    from handbook.records import summary
    from handbook.workflow import keeping

    if folder == Path() and keeping.DVC_STAGE not in os.environ:  # DVC keeps its stage itself
        print(keeping.keep(folder))
    for line in summary.lines(folder):
        print(line)


def _show(params: Params, folder: Path, say: Say) -> None:
    """Bring the runs that are here into MLflow, write the report of a part, and print its scores.

    Nothing goes into the folder of results: its tables and its report are of the whole.
    """
    from handbook.catalogue.leaving_out import leave_out
    from handbook.catalogue.overview import overview
    from handbook.commands.report import write_report
    from handbook.commands.tracking import CATALOGUES, LATER, bring_in
    from handbook.core.files import write_json
    from handbook.records import summary
    from handbook.records.reader import read
    from handbook.report.site.part import first_page
    from handbook.workflow import selection, session, supplies

    os.chdir(folder)
    whole, part, _ = selection.selected(leave_out(params, supplies.left_out()))
    catalogue = overview(whole)
    with session.alone(Path(), say):
        write_json(CATALOGUES[-1], catalogue)
        if not os.environ.get(LATER):
            bring_in(say, catalogue, results=RESULTS, logs=LOGS, output=LOGS / "tracked.json")
        write_report(whole, results=RESULTS, logs=LOGS, output=REPORT)
    for line in summary.scores(read(RESULTS, overview(part), LOGS)):
        print(line)
    print(f"Report:  {(REPORT / first_page(part)).resolve().as_uri()}")
    print(f"MLflow:  {summary.ui(folder)}")
