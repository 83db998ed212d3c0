"""Subcommands that carry results between machines without a shared folder."""

from __future__ import annotations

from pathlib import Path

from handbook.commands.command import Arguments, Say, path, subcommand

_folder = path("--folder", default=Path(), help="where the workflow runs (default: here)")


@subcommand("address", _folder, example="send cluster:scratch/handbook")
def _send(options: Arguments, say: Say) -> None:
    """Make a folder of another machine hold these results and their records."""
    from handbook.workflow import carrying, session

    with session.alone(options.folder, say):
        print(carrying.send(options.folder, options.address))


@subcommand("address", _folder, example="fetch cluster:scratch/handbook")
def _fetch(options: Arguments, say: Say) -> None:
    """Make this folder hold the results and records of another machine's."""
    from handbook.workflow import carrying, session

    with session.alone(options.folder, say):
        print(carrying.fetch(options.folder, options.address))
