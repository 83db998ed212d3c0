"""What subcommands share: how they are added, and what they read.

Each module of this package has a function ``add(command)`` that adds its subcommands; each
subcommand is a function that parses, calls and reports. Heavy libraries are imported inside it, so
that a job pays for its own imports only.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from handbook.catalogue.params import Params

__all__ = ["Arguments", "Command", "Say", "read_params", "takes"]

Arguments: TypeAlias = argparse.Namespace
Say = Callable[[str], None]


class Command(Protocol):
    """Adds the subcommand that is named as its function is, and returns its parser."""

    def __call__(
        self,
        call: Callable[[Arguments, Say], None],
        about: str,
        *,
        example: str = "",
        job: bool = False,
        warm: bool = False,
        threads: Callable[[Arguments], int] | None = None,
    ) -> argparse.ArgumentParser:
        """Add a subcommand.

        Parameters
        ----------
        call : callable
            Does the work.
        about : str
            What it does, in one line.
        example : str
            A command line that works in a built project.
        job : bool
            Whether rules call it: it then reads a catalogue and writes where the workflow expects.
        warm : bool
            Whether it imports so much that it forks from a server that has it all.
        threads : callable or None
            Returns the threads that it works with where ``--threads`` is not given; without it,
            one.
        """


def read_params(options: Arguments) -> Params:
    """Read the catalogue that a job is called with."""
    from handbook.catalogue import reading

    return reading.read(Path(options.catalogue))


def takes(added: argparse.ArgumentParser, **kinds: Any) -> None:
    """Add options that must be given; a list's only item is the kind of each of any number.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> takes(parser, spec=int, figures=[str])
    >>> given = parser.parse_args(["--spec", "1"])
    >>> given.spec, given.figures
    (1, [])
    """
    for name, kind in kinds.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(kind, list):
            added.add_argument(option, type=kind[0], nargs="*", default=[])
        else:
            added.add_argument(option, type=kind, required=True)
