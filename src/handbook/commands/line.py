"""The command line: what it takes, and the call of the subcommand that it names."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import shlex
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NoReturn

from handbook import commands
from handbook.catalogue import file
from handbook.commands.command import SUBCOMMANDS, Arguments, Say
from handbook.core import limits, terminal
from handbook.core.contention import giving_way
from handbook.core.errors import HandbookError, nearest
from handbook.workflow import lifeline, memory, own_modules, session, several
from handbook.workflow.environment import CATALOGUE, limit_threads
from handbook.workflow.warm.client import ended_by, hand_over

__all__ = ["LOG_ALONE", "parser", "run"]

#: Environment variable: whether what a job says goes to its log alone.
LOG_ALONE = "HANDBOOK_LOG_ALONE"


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


class _Version(argparse.Action):
    """Prints the version; looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        """Print it, and exit."""
        from importlib.metadata import version

        print(f"handbook {version('handbook')}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="handbook",
        description="Rebuild every model of the handbook from raw data.",
        usage="handbook COMMAND ...",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version, and end")
    parsers = top.add_subparsers(
        required=True, prog="handbook", metavar="COMMAND", help=argparse.SUPPRESS
    )
    for info in pkgutil.iter_modules(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(info.name)  # each declares its subcommands
    for name, entry in sorted(SUBCOMMANDS.items()):
        added: argparse.ArgumentParser = parsers.add_parser(
            name,
            description=entry.about,
            epilog=f"example:\n  handbook {entry.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(entry=entry, parser=added)
        added.add_argument("--log", type=Path, help="also write every line to this file")
        for add in entry.arguments:
            add(added)
        if entry.job:
            added.add_argument(
                "--catalogue",
                default=os.environ.get(CATALOGUE, file.usual()),
                metavar="FILE",
                help="what is asked for (default: %(default)s)",
            )
        if entry.warm:
            usual = "as the catalogue says" if entry.threads else "one"
            added.add_argument("--threads", type=int, help=f"to compute with (default: {usual})")
    people, jobs = (
        "\n".join(f"  {name:<20} {entry.about}" for name, entry in sorted(SUBCOMMANDS.items())
                  if entry.job == job)
        for job in (False, True)
    )  # fmt: skip
    top.epilog = (
        f"for people:\n{people}\n\nfor jobs of the workflow, and for people who want one by itself:"
        f"\n{jobs}\n\n`handbook COMMAND --help` tells more and gives an example."
    )
    return top


def run(arguments: Sequence[str]) -> int:
    """Run one subcommand; return the exit status."""
    options, unknown = parser().parse_known_args(arguments)
    if "assignments" in options:  # argparse takes those behind an option for strays
        options.assignments += [word for word in unknown if re.match(r"\w+=", word)]
        unknown = [word for word in unknown if word not in options.assignments]
    if unknown:
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if options.entry.job and not several.leads():
        options.log = None  # the first process writes it
    say = _speaker(options.log, arguments)
    own_modules.let_import()
    try:
        threads = _threads(options)
        if options.entry.name != "warm":  # what jobs fork from never has a second thread
            computes = options.entry.warm or options.entry.threads is not None
            limits.require(threads, computes=computes)
        if several.launcher() and options.entry.devices and options.entry.devices(options) > 1:
            return several.start(arguments)
        if options.entry.warm and threads == 1:
            status = hand_over(arguments)
            if status is not None:
                if status > 128:
                    say(ended_by(status - 128))
                return status
        limit_threads(threads)
        with _joined(options, say), giving_way(threads):
            status = options.entry.call(options, say)
            sys.stdout.flush()
            if options.entry.job and options.log is not None:
                memory.note(options.log)
            return status or 0
    except HandbookError as error:
        say(f"error: {error}")
        return 1
    except BrokenPipeError:  # who reads what this prints, as `head` does, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        say("interrupted; the same command goes on")
        return 128 + signal.SIGINT
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("handbook"):
            say(f"error: {error.name} is not installed: pip install 'handbook[pipeline]' brings it")
            return 1
        if lacking := limits.shortage(error):
            if options.log is not None:
                _keep_traceback(options.log)
            say(f"error: {lacking}")
            return 1
        if options.log is None:
            if not (options.entry.job and isinstance(error, FileNotFoundError)):
                raise
            # Typed by a person before the jobs that it builds on, which the workflow runs first.
            path = "".join(re.findall(r"'([^']+)'", str(error))[:1])
            command = f"snakemake --workflow-profile workflow/profiles/default {path}"
            say(f"error: {path}: missing; `{command}` makes it")
            return 1
        _keep_traceback(options.log)
        say(f"error: {type(error).__name__}: {error} (traceback in {options.log.resolve()})")
        return 1


def _joined(options: Arguments, say: Say) -> AbstractContextManager[None]:
    """Make a job a part of the run that started it, or wait for that of this folder to end."""
    if options.entry.job and not several.leads():
        return several.aside()
    if options.entry.job and lifeline.VARIABLE not in os.environ:
        return session.alone(Path(), say)
    if options.entry.job and options.entry.name != "warm":  # that goes by its standard input
        lifeline.watch()
    return nullcontext()


def _keep_traceback(log: Path) -> None:
    with log.open("a", encoding="utf-8") as file:
        traceback.print_exc(file=file)


def _threads(options: Arguments) -> int:
    """Return the threads that a subcommand works with."""
    if "threads" in options and options.threads is not None:
        return int(options.threads)
    if options.entry.threads is not None:
        return int(options.entry.threads(options))
    return 1


def _speaker(log: Path | None, arguments: Sequence[str]) -> Say:
    """Return a function that prints a line on the terminal and writes it into the job's log.

    Where the run shows one line for all jobs, the log alone has it. It begins with the command.
    """
    label = "" if log is None else f"[{'/'.join(log.with_suffix('').parts[1:])}] "
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"$ handbook {shlex.join(arguments)}\n", encoding="utf-8")
    alone = log is not None and bool(os.environ.get(LOG_ALONE))
    if log is not None and alone:
        _print_into(log)

    def say(line: str) -> None:
        if not alone:
            terminal.say(f"{label}{line}")
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    return say


def _print_into(log: Path) -> None:
    """Let all that libraries print, and bars that they draw, go to the end of a log.

    A fork that does the work inherits it.
    """
    with log.open("ab") as file:
        for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
            stream.flush()
            os.dup2(file.fileno(), number)
