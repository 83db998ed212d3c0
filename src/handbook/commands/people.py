"""Subcommands for people: check what is asked for, say what came of it, open MLflow."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from handbook.commands import Arguments, Command, Say, bring_in
from handbook.core.errors import HandbookError

__all__ = ["add"]


def add(command: Command) -> None:
    """Add the subcommands for people."""
    added = command(_check, "check params.yaml, estimators included, before any job runs")
    added.add_argument("params", type=Path, nargs="?", default=Path("params.yaml"))

    added = command(_schema, "print the JSON schema of params.yaml")

    added = command(_summary, "say where the report is and how to open MLflow")
    added.add_argument("folder", type=Path, nargs="?", default=Path())

    added = command(_ui, "open MLflow on the runs of a folder")
    added.add_argument("folder", type=Path, nargs="?", default=Path())
    added.add_argument("--port", type=int, default=5000)

    added = command(_failures, "say which jobs failed and where their logs are")
    added.add_argument("record", type=Path, help="events of the run, as its logger writes them")


def _check(options: Arguments, say: Say) -> None:
    from handbook.catalogue import estimators, reading

    estimators.check(reading.read(options.params))
    say(f"{options.params}: every name, type, estimator and parameter is known")


def _schema(options: Arguments, say: Say) -> None:
    from handbook.catalogue.reading import schema

    print(json.dumps(schema(), indent=2))


def _summary(options: Arguments, say: Say) -> None:
    from handbook.records import summary

    for line in summary.lines(options.folder):
        print(line)


def _ui(options: Arguments, say: Say) -> None:
    results = options.folder / "results"
    if not (results / "catalogue.json").exists():
        raise HandbookError(f"{results}: no results yet; `make demo` or `make rebuild` makes them")
    # Adds what is not there yet: after a clone, or when the database was deleted, everything.
    os.chdir(options.folder)
    store = bring_in(
        say,
        catalogue=Path("results/catalogue.json"),
        results=Path("results"),
        logs=Path("logs"),
        output=Path("logs/tracked.json"),
    )
    say(f"MLflow: http://127.0.0.1:{options.port} (stop with Ctrl-C)")
    command = [sys.executable, "-m", "mlflow", "ui", "--port", str(options.port)]
    os.execv(sys.executable, [*command, "--backend-store-uri", store])


def _failures(options: Arguments, say: Say) -> None:
    from handbook.records import summary

    for line in summary.failures(options.record):
        print(line, file=sys.stderr)
