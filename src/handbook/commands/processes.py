"""The subcommand that keeps a process with the libraries of jobs already imported."""

from __future__ import annotations

from pathlib import Path

from handbook.commands.command import Arguments, Command, Say

__all__ = ["add"]


def add(command: Command) -> None:
    """Add the subcommand of warm processes."""
    added = command(
        _warm,
        "fork warm processes for other commands until standard input ends",
        example="handbook warm --socket /tmp/handbook/socket",
        job=True,
    )
    added.add_argument("--socket", type=Path, required=True)


def _warm(options: Arguments, say: Say) -> None:
    from handbook.workflow.warm.server import serve

    job = serve(options.socket)
    if job is not None:  # in a fork, which ends as its job does
        raise SystemExit(job())
