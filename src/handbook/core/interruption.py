"""Signals that ask a process to end, put off until it can go on from where it ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["SIGNALS", "handle", "handled", "postponed"]

#: What a terminal sends on Ctrl-C and when it closes, and what a batch system sends.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def handle(handler: Callable[[int, Any], object]) -> None:
    """Call a handler for :data:`SIGNALS` from now on, with their number.

    A signal that this process was told to ignore stays ignored, as by ``nohup``.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


@contextmanager
def handled(handler: Callable[[int, Any], object]) -> Iterator[None]:
    """Do what :func:`handle` does within the context, and put back what was there before."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    handle(handler)
    try:
        yield
    finally:
        for number, usual in before.items():
            signal.signal(number, usual)


@contextmanager
def postponed() -> Iterator[Callable[[], bool]]:
    """Let :data:`SIGNALS` wait until the end of the context, where they have their usual effect.

    Yields
    ------
    callable
        Tells whether one has come: whoever puts the end off asks often, saves what is needed to
        go on, and leaves the context.

    Raises
    ------
    KeyboardInterrupt
        At the end of the context, where a signal has come that does not end the process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # Python handles signals in the main thread alone
        return
    arrived: list[int] = []
    with handled(lambda number, _: arrived.append(number)):
        yield lambda: bool(arrived)
    if arrived:
        signal.raise_signal(arrived[0])
        raise KeyboardInterrupt
