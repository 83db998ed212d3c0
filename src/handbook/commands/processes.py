"""The subcommand that keeps a process with the libraries of jobs already imported."""

from __future__ import annotations

from handbook.commands.command import Arguments, Say, job, path


@job(path("--socket", required=True), example="warm --socket /tmp/handbook/socket")
def _warm(options: Arguments, say: Say) -> None:
    """Fork warm processes for other commands until standard input ends."""
    from handbook.workflow.warm.server import serve

    job = serve(options.socket)
    if job is not None:  # in a fork, which ends as its job does
        raise SystemExit(job())
