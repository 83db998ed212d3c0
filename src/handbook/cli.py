"""The command `handbook`: hands a job over to the server that waits for it, else runs it here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from handbook.workflow.warm.client import at_once

if TYPE_CHECKING:
    import argparse

__all__ = ["main", "parser"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    status = at_once(given)
    if status is not None:
        return status
    # Most jobs of the workflow end above. Importing this takes ten times as long as they do there.
    from handbook.commands import line

    return line.run(given)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    from handbook.commands import line

    return line.parser()
