"""Commands that run in a process of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from types import FrameType

from handbook.core.interruption import SIGNALS

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

    def forward(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, forward)
    try:
        return process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
