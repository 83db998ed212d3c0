"""Subcommands that bring results together: one table, MLflow, the end of a rebuild."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.catalogue import file
from handbook.commands.command import Arguments, Say, argument, job, path, read_params, subcommand
from handbook.core.errors import HandbookError

if TYPE_CHECKING:
    from handbook.catalogue.overview import Overview

__all__ = [
    "CATALOGUES", "LATER", "bring_in", "latest_catalogue", "mlflow_store", "show_deployed",
]  # fmt: skip

#: Environment variable: whether MLflow gets the runs only when somebody opens it.
LATER = "HANDBOOK_MLFLOW_LATER"

#: What a rebuild was asked for, and what the last part of one belongs to.
CATALOGUES = (Path("results/catalogue.json"), Path("logs/catalogue.json"))


def mlflow_store(tier: str) -> tuple[str, Path]:
    """Return MLflow's store, which its own variable may name, and the folder for its files.

    A demo in a folder of its own, beside the project, keeps to it: its figures mean nothing, and a
    store that a shell names may be that of a team.
    """
    store = "sqlite:///mlflow.db"
    if tier != "demo" or file.usual().exists():
        store = os.environ.get("MLFLOW_TRACKING_URI", store)
    if not store.startswith("sqlite:///"):
        return store, Path("mlartifacts")
    # Figures and models lie beside the store, wherever it is.
    return store, Path(store.removeprefix("sqlite:///")).parent / "mlartifacts"


def bring_in(
    say: Say,
    catalogue: Overview,
    *,
    results: Path,
    logs: Path,
    output: Path,
    failed_only: bool = False,
) -> str:
    """Track runs and sweeps in MLflow's store; return its address."""
    from handbook.records.tracking.sweeps import track_sweeps
    from handbook.records.tracking.tracker import track

    store, artifacts = mlflow_store(catalogue["tier"])
    track(
        results,
        catalogue,
        logs=logs,
        store_uri=store,
        artifacts=artifacts,
        output=output,
        failed_only=failed_only,
        say=say,
    )
    if not failed_only:
        sweeps = sorted((results / "sweeps").glob("*/sweep.json"))
        track_sweeps(sweeps, store_uri=store, artifacts=artifacts, say=say)
        show_deployed(store, artifacts, say)
    return store


def show_deployed(store: str, artifacts: Path, say: Say) -> None:
    """Let MLflow show what is deployed of each data set; the history on disk is what counts."""
    from handbook.deployment.history import histories

    try:
        deployments = {history.data: history.changes() for history in histories()}
    except HandbookError as error:  # no reason to stop a rebuild
        say(f"MLflow does not show what is deployed: {error}")
        return
    if not any(deployments.values()):
        return
    from handbook.records.tracking.deployed import Deployment, show

    show(
        store,
        artifacts,
        {
            data: [
                Deployment(change.run, change.job_key, change.tags)
                for change in changes
                if change.action != "shadow"
            ]
            for data, changes in deployments.items()
        },
        say,
    )


@job(path("--results", default=Path("results")), example="collect")
def _collect(options: Arguments, say: Say) -> None:
    """Bring the results of all runs into one table."""
    from handbook.catalogue.overview import overview
    from handbook.core.files import write_json
    from handbook.records.collect import collect

    results = options.results
    catalogue = overview(read_params(options))
    collected = collect(results, catalogue)
    write_json(results / "catalogue.json", catalogue)
    write_json(results / "runs.json", collected.table)
    write_json(results / "metrics.json", collected.metrics)
    write_json(results / "primary.json", collected.primary)
    write_json(results / "comparisons.json", collected.comparisons)
    write_json(results / "times.json", collected.times)


@job(
    path("--results", default=Path("results")),
    path("--logs", default=Path("logs")),
    path("--output", default=Path("results/tracked.json")),
    argument("--failed-only", action="store_true", help="bring in failures, and move no title"),
    example="track",
)
def _track(options: Arguments, say: Say) -> None:
    """Bring every run record into MLflow."""
    from handbook.catalogue.overview import overview

    catalogue = overview(read_params(options))
    if os.environ.get(LATER):
        say("MLflow gets the runs when `make ui` opens it")
        if not options.failed_only:
            _list_alone(catalogue, options)
        return
    bring_in(
        say,
        catalogue,
        results=options.results,
        logs=options.logs,
        output=options.output,
        failed_only=options.failed_only,
    )


def _list_alone(catalogue: Overview, options: Arguments) -> None:
    """Write the list of runs that tracking leaves, without MLflow."""
    from handbook.core.files import write_json
    from handbook.records.champions import rows
    from handbook.records.reader import read

    write_json(options.output, rows(read(options.results, catalogue, options.logs)))


@subcommand(
    path("folder", nargs="?", default=Path()),
    argument("--port", type=int, help="not the next one from 5000 on that is free"),
    example="ui build/demo",
)
def _ui(options: Arguments, say: Say) -> None:
    """Open MLflow on the runs of a folder."""
    from handbook.records.tracking import server
    from handbook.records.tracking.patience import display
    from handbook.workflow import session

    port = server.port_for(options.port, say)
    catalogue = latest_catalogue(options.folder)
    # Adds what is not there yet: after a clone, or when the database was deleted, everything.
    os.chdir(options.folder)
    store, _ = mlflow_store(catalogue["tier"])
    if session.at_work(Path()) and Path(store.removeprefix("sqlite:///")).exists():
        say("a run is at work here: it brings its own runs in at its end")
    else:
        with session.alone(Path(), say):
            bring_in(
                say,
                catalogue,
                results=Path("results"),
                logs=Path("logs"),
                output=Path("logs/tracked.json"),
            )
    if store.startswith(("http://", "https://")):
        say(f"MLflow: {display(store)}")  # where it has a page already
        return
    command = server.command(store, port)
    os.execve(command[0], command, server.environment(Path("results"), store))


def latest_catalogue(folder: Path) -> Overview:
    """Return what the last run in a folder was asked for: a rebuild, or a part of one."""
    from handbook.core.files import read_json

    candidates = map(folder.joinpath, CATALOGUES)
    files = [candidate for candidate in candidates if candidate.is_file()]
    if not files:
        raise HandbookError(
            f"{folder / 'results'}: no results yet; `make demo`, `make rebuild` or `handbook run` "
            "makes them"
        )
    latest = max(files, key=lambda candidate: candidate.stat().st_mtime)
    catalogue: Overview = read_json(latest, made_by="make rebuild")
    return catalogue


@subcommand(path("folder", nargs="?", default=Path()), example="summary build/demo")
def _summary(options: Arguments, say: Say) -> None:
    """Print the best run of each data set, and where report and MLflow are."""
    from handbook.records import summary

    for line in summary.lines(options.folder):
        print(line)


@job(
    path(
        "record",
        nargs="?",
        default=Path(),
        help="a folder, for the last run there, or the events of a run, as its logger writes them",
    ),
    argument("--again", default="", help="the command that goes on"),
    path("--called", help="the folder of the run, as people call it from where they are"),
    example="failures build/demo",
)
def _failures(options: Arguments, say: Say) -> None:
    """Print which jobs failed and where their logs are."""
    from handbook.records.events import last_of
    from handbook.records.failures import lines, read_failures

    record, folder = options.record, Path()
    if record.is_dir():
        record, folder = last_of(record), record
    for line in lines(read_failures(record, folder, options.again), options.called or folder):
        say(line)
