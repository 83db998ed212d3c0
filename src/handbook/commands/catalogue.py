"""Subcommands of `params.yaml`."""

from __future__ import annotations

import json

from handbook.catalogue import file
from handbook.commands.command import Arguments, Say, path, subcommand
from handbook.core import limits


@subcommand(path("params", nargs="?", default=file.usual()), example="check")
def _check(options: Arguments, say: Say) -> None:
    """Check params.yaml, estimators included, before any job runs."""
    limits.require()
    from handbook.catalogue import estimators, reading
    from handbook.workflow import trials

    params = reading.read(options.params)
    say(f"{options.params}: making each estimator of {len(params.models)} models once")
    estimators.check(params)
    trials.check(params, options.params.parent / trials.MEMO)
    say(f"{options.params}: every name, type, estimator and parameter is known")


@subcommand(example="schema > workflow/schemas/params.schema.json")
def _schema(options: Arguments, say: Say) -> None:
    """Print the JSON schema of params.yaml."""
    from handbook.catalogue.reading import schema

    print(json.dumps(schema(), indent=2))
