"""The command `handbook`: reads the command line and calls a subcommand of `handbook.commands`."""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from handbook.commands import (
    catalogue,
    comparing,
    data,
    labs,
    processes,
    report,
    runs,
    sweeping,
    tracking,
)
from handbook.commands.command import Arguments, Say
from handbook.core.errors import HandbookError, nearest
from handbook.workflow.environment import limit_threads
from handbook.workflow.warm.client import hand_over

__all__ = ["main", "parser"]

_GROUPS = (catalogue, comparing, sweeping, tracking, data, runs, labs, report, processes)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors name the nearest known word."""

    def error(self, message: str) -> NoReturn:
        """Print usage, the error and what may have been meant, and exit with status 2."""
        wrong = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message)
        if wrong:
            choices = [choice.strip("' ") for choice in wrong[2].split(",")]
            message = f"{wrong[1]!r} is unknown; {nearest(wrong[1], choices)}"
        unknown = re.match(r"unrecognized arguments: (--[\w-]+)", message)
        if unknown:
            options = [option for action in self._actions for option in action.option_strings]
            message = f"{unknown[1]} is unknown; {nearest(unknown[1], options)}"
        super().error(message)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="handbook",
        description="Rebuild every model of the handbook from raw data.",
        usage="handbook COMMAND ...",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND", help=argparse.SUPPRESS)
    listed: dict[bool, list[str]] = {False: [], True: []}

    def command(
        call: Callable[[Arguments, Say], None],
        about: str,
        *,
        example: str = "",
        job: bool = False,
        warm: bool = False,
        threads: Callable[[Arguments], int] | None = None,
    ) -> argparse.ArgumentParser:
        name = call.__name__.removeprefix("_").replace("_", "-")
        listed[job].append(f"  {name:<20} {about}")
        added: argparse.ArgumentParser = commands.add_parser(
            name,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=f"example:\n  {example}" if example else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(call=call, warm=warm, threads_of=threads, parser=added)
        added.add_argument("--log", type=Path, help="also write every line to this file")
        if job:
            added.add_argument(
                "--catalogue",
                default="params.yaml",
                metavar="FILE",
                help="what is asked for (default: %(default)s)",
            )
        if warm:
            usual = "one" if threads is None else "as the catalogue says"
            added.add_argument("--threads", type=int, help=f"to compute with (default: {usual})")
        return added

    for group in _GROUPS:
        group.add(command)
    people, jobs = ("\n".join(sorted(lines)) for lines in (listed[False], listed[True]))
    top.epilog = (
        f"for people:\n{people}\n\nfor jobs of the workflow, and for people who want one by itself:"
        f"\n{jobs}\n\n`handbook COMMAND --help` tells more and gives an example."
    )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; return the exit status."""
    options, unknown = parser().parse_known_args(arguments)
    if unknown:
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    say = _speaker(options.log)
    try:
        threads = _threads(options)
        if options.warm and threads == 1:
            status = hand_over(sys.argv[1:] if arguments is None else arguments)
            if status is not None:
                return status
        limit_threads(threads)
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


def _threads(options: Arguments) -> int:
    """Return the threads that a subcommand works with."""
    if "threads" in options and options.threads is not None:
        return int(options.threads)
    if options.threads_of is not None:
        return int(options.threads_of(options))
    spec = options.spec if "spec" in options else {}
    return int(spec.get("threads", 1))


def _speaker(log: Path | None) -> Say:
    """Return a function that prints a line on the terminal and writes it into the job's log."""
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
