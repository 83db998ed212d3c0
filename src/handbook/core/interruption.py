"""Signals that ask a process to end: at once, or at the next moment from which it can go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["SIGNALS", "Interrupted", "ending_cleanly", "postponed"]

#: What a terminal sends on Ctrl-C and when it closes, and what a batch system sends.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(SystemExit):
    """The end of a process that was asked to end; its code is 128 + n, n the signal.

    Examples
    --------
    >>> Interrupted(signal.SIGTERM).code
    143
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


class _Asked:
    """Whether the end is asked for, and whether the process takes it now."""

    number: int | None = None
    postponed = False
    raised = False


def _handle(number: int, frame: FrameType | None) -> None:
    # One request often comes twice: from the terminal, and from whoever runs this process.
    if _Asked.raised:
        return
    _Asked.number = number
    if not _Asked.postponed:
        _end()


def _end() -> None:
    assert _Asked.number is not None
    _Asked.raised = True
    raise Interrupted(_Asked.number)


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """Raise :class:`Interrupted` in the main thread when one of :data:`SIGNALS` comes.

    A signal that this process was told to ignore stays ignored, as by ``nohup``.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python handles signals in the main thread alone
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    _Asked.number, _Asked.raised = None, False
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _handle)
    try:
        yield
    finally:
        _Asked.number = None
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def postponed() -> Iterator[Callable[[], bool]]:
    """Put the end off until the end of the context.

    Yields
    ------
    callable
        Tells whether it was asked for: whoever postpones it asks often, saves what is needed to
        go on, and leaves the context.

    Raises
    ------
    Interrupted
        At the end of the context, where it was asked for.
    """
    _Asked.postponed = True
    try:
        yield lambda: _Asked.number is not None
    finally:
        _Asked.postponed = False
    if _Asked.number is not None and not _Asked.raised:
        _end()
