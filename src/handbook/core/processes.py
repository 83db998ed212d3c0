"""Commands that run in a process of their own."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence
from types import FrameType

from handbook.core.interruption import SIGNALS

__all__ = ["call"]


def call(command: Sequence[str]) -> int:
    """Run a command and return its exit status, negative where a signal ended it.

    A signal that asks this process to end is passed on to the command once, whose end is waited
    for: `subprocess.run` kills it after a quarter of a second.
    """
    # A group of its own: a terminal's Ctrl-C comes from here alone, and not twice.
    process = subprocess.Popen(command, process_group=0)

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
