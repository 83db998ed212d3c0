"""The command `handbook`: reads the command line and calls a subcommand of `handbook.commands`."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from handbook.commands import Arguments, Say, comparing, jobs, people, sweeping
from handbook.core.errors import HandbookError
from handbook.workflow.environment import limit_threads
from handbook.workflow.warm.client import hand_over

__all__ = ["main", "parser"]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="handbook", description="Rebuild every model of the handbook from raw data."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(
        call: Callable[[Arguments, Say], None], about: str, *, warm: bool = False
    ) -> argparse.ArgumentParser:
        name = call.__name__.removeprefix("_").replace("_", "-")
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(call=call, warm=warm)
        added.add_argument("--log", type=Path, help="also write what is said to this file")
        return added

    for module in (jobs, people, sweeping, comparing):
        module.add(command)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; return the exit status."""
    options = parser().parse_args(arguments)
    spec = options.spec if "spec" in options else {}
    threads = spec.get("job_threads", spec.get("threads", 1))
    if options.warm and threads == 1:
        status = hand_over(sys.argv[1:] if arguments is None else arguments)
        if status is not None:
            return status
    say = _speaker(options.log)
    limit_threads(threads)
    try:
        options.call(options, say)
    except HandbookError as error:
        say(f"error: {error}")
        return 1
    except Exception as error:
        if options.log is None:
            raise
        with options.log.open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
        say(f"error: {type(error).__name__}: {error} (traceback in {options.log})")
        return 1
    return 0


def _speaker(log: Path | None) -> Say:
    """Return a function that says a line on the terminal and in the job's log."""
    label = "" if log is None else f"[{'/'.join(log.with_suffix('').parts[1:])}] "
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", encoding="utf-8")

    def say(line: str) -> None:
        print(f"{label}{line}", file=sys.stderr, flush=True)
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    return say
