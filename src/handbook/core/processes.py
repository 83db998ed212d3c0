"""Commands that run in a process of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from handbook.core.interruption import handled

__all__ = ["CALLER", "call"]

#: Environment variable by which a command knows the process that called it, and can end with it.
CALLER = "HANDBOOK_CALLER"


def call(command: Sequence[str]) -> int:
    """Run a command and return its exit status, negative where a signal ended it.

    A signal that asks this process to end is passed on to the command once, whose end is waited
    for: `subprocess.run` kills it after a quarter of a second.
    """
    # A group of its own: a terminal's Ctrl-C comes from here alone, and not twice.
    environment = os.environ | {CALLER: str(os.getpid())}
    process = subprocess.Popen(command, process_group=0, env=environment)
    with handled(lambda number, _: process.send_signal(number)):
        return process.wait()
