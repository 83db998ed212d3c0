"""Subcommands of `params.yaml`."""

from __future__ import annotations

import json
from pathlib import Path

from handbook.commands.command import Arguments, Command, Say, read_params

__all__ = ["add"]


def add(command: Command) -> None:
    """Add the subcommands of the catalogue."""
    added = command(
        _check,
        "check params.yaml, estimators included, before any job runs",
        example="handbook check",
    )
    added.add_argument("params", type=Path, nargs="?", default=Path("params.yaml"))

    command(
        _schema,
        "print the JSON schema of params.yaml",
        example="handbook schema > workflow/schemas/params.schema.json",
    )

    added = command(
        _catalogue,
        "write what tables, tracking and report say of the catalogue",
        example="handbook catalogue --output results/catalogue.json",
        job=True,
    )
    added.add_argument("--output", type=Path, default=Path("results/catalogue.json"))


def _check(options: Arguments, say: Say) -> None:
    from handbook.catalogue import estimators, reading

    estimators.check(reading.read(options.params))
    say(f"{options.params}: every name, type, estimator and parameter is known")


def _schema(options: Arguments, say: Say) -> None:
    from handbook.catalogue.reading import schema

    print(json.dumps(schema(), indent=2))


def _catalogue(options: Arguments, say: Say) -> None:
    from handbook.catalogue.specs import overview
    from handbook.core.files import write_json

    write_json(options.output, overview(read_params(options)))
