"""Subcommands that answer rows over HTTP."""

from __future__ import annotations

from pathlib import Path

from handbook.commands.command import Arguments, Say, argument, subcommand
from handbook.core.errors import HandbookError

_PORT, _BYTES, _SECONDS, _ROWS = 8080, 10_000_000, 30.0, 100_000


@subcommand(
    "data",
    argument("--run", help="as model/data/variant; not the deployed one, or the champion"),
    argument("--shadow", help="a run that answers the same rows, for the log alone"),
    argument("--host", default="127.0.0.1", help="0.0.0.0 for other machines (default: this one)"),
    argument("--port", type=int, default=_PORT, help="0 for any (default: %(default)s)"),
    argument("--workers", type=int, default=1, help="processes that answer (default: %(default)s)"),
    argument("--max-bytes", type=int, default=_BYTES, help="of a body (default: %(default)s)"),
    argument("--timeout", type=float, default=_SECONDS, help="for a body to arrive, and for its "
             "answer, in seconds (default: %(default)g)"),
    argument("--max-rows", type=int, default=_ROWS, help="that wait in a worker; more are refused "
             "(default: %(default)s)"),
    argument("--no-log", action="store_true", help="keep no requests in served/"),
    argument("--unlogged", action="store_true", help="answer also what cannot be kept there"),
    example="serve bank-marketing --port 0",
)  # fmt: skip
def _serve(options: Arguments, say: Say) -> None:
    """Answer rows over HTTP with the model of a data set."""
    from handbook.serving.settings import Settings
    from handbook.serving.workers import serve

    for name in ("workers", "max_bytes", "timeout", "max_rows"):
        if getattr(options, name) <= 0:
            option = name.replace("_", "-")
            raise HandbookError(f"--{option} {getattr(options, name):g}: expected more than 0")
    if options.no_log and options.shadow:
        raise HandbookError("--shadow follows the log of requests: leave out --no-log")
    serve(
        Settings(
            options.data,
            options.run,
            options.shadow,
            Path(),
            options.host,
            options.port,
            options.workers,
            options.max_bytes,
            options.timeout,
            options.max_rows,
            log=not options.no_log,
            unlogged=options.unlogged,
        ),
        say,
    )
