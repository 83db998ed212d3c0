"""What subcommands share: how they are declared, and the catalogue that they read.

A subcommand is a function of this package under :func:`subcommand` or :func:`job`; the first line
of its docstring says what it does. Heavy libraries are imported inside it, so that a job pays for
its own imports only.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from handbook.catalogue.params import Params
    from handbook.catalogue.sections import Claim, Lab
    from handbook.data.dataset import Dataset

__all__ = [
    "SUBCOMMANDS",
    "Arguments",
    "Say",
    "Subcommand",
    "argument",
    "job",
    "path",
    "read_params",
    "subcommand",
    "training_rows",
]

Arguments: TypeAlias = argparse.Namespace
Say = Callable[[str], None]
_Call = Callable[[Arguments, Say], int | None]
_Argument = Callable[[Any], Any]  # takes a parser, or a group of one


@dataclass(frozen=True)
class Subcommand:
    """A subcommand of `handbook`.

    Parameters
    ----------
    call : callable
        Does the work; takes the parsed arguments and a function that prints a line. It may
        return an exit status; nothing is 0.
    arguments : tuple
        Each adds one argument to a parser.
    example : str
        A command line that works in a built project, without the program's name.
    job : bool
        Whether rules call it: it reads a catalogue and writes where the workflow expects.
    warm : bool
        Whether it imports so much that it forks from a server that has it all.
    threads : callable or None
        Returns the threads that it works with where ``--threads`` is not given; None for one.
    devices : callable or None
        Returns the devices that it trains on, each with a process; None for one.
    """

    call: _Call
    arguments: tuple[_Argument, ...]
    example: str
    job: bool
    warm: bool
    threads: Callable[[Arguments], int] | None
    devices: Callable[[Arguments], int] | None

    @property
    def name(self) -> str:
        """Its name on the command line."""
        return self.call.__name__.removeprefix("_").replace("_", "-")

    @property
    def about(self) -> str:
        """What it does, in one line."""
        return (self.call.__doc__ or "").splitlines()[0]


#: Every subcommand by its name, once the modules of this package are imported.
SUBCOMMANDS: dict[str, Subcommand] = {}


def argument(*names: str, **settings: Any) -> _Argument:
    """Describe an argument as `ArgumentParser.add_argument` takes it."""
    return lambda parser: parser.add_argument(*names, **settings)


def path(*names: str, **settings: Any) -> _Argument:
    """Describe an argument that is a path.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> _ = path("--output", default=Path("out"))(parser)
    >>> parser.parse_args(["--output", "a"]).output == Path("a")
    True
    """
    return argument(*names, type=Path, **settings)


def subcommand(
    *arguments: str | _Argument,
    example: str,
    is_job: bool = False,
    warm: bool = False,
    threads: Callable[[Arguments], int] | None = None,
    devices: Callable[[Arguments], int] | None = None,
) -> Callable[[_Call], _Call]:
    """Declare a subcommand; a bare name is a required argument that is a word."""

    def declare(call: _Call) -> _Call:
        words = {name: partial(_word, name=name) for name in arguments if isinstance(name, str)}
        added = tuple(words[given] if isinstance(given, str) else given for given in arguments)
        entry = Subcommand(call, added, example, is_job, warm, threads, devices)
        SUBCOMMANDS[entry.name] = entry
        return call

    return declare


#: Declare a subcommand that rules call.
job = partial(subcommand, is_job=True)


def _word(parser: argparse.ArgumentParser, name: str) -> None:
    about = "as model/data/variant" if name == "run" else None
    parser.add_argument(name, metavar=name.upper(), help=about)


def read_params(options: Arguments) -> Params:
    """Read the catalogue that a job is called with."""
    from handbook.catalogue import reading

    return reading.read(Path(options.catalogue))


def training_rows(entry: Lab | Claim) -> Dataset | None:
    """Read the training rows of the data set that a lab or a claim names; None without one."""
    if entry.data is None:
        return None
    from handbook.core.folders import DataFolder
    from handbook.data.dataset import read

    return read(DataFolder(entry.data).train)
