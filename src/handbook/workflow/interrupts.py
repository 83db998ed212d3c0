"""The end of a run before its time: by Ctrl-C, by a terminal that closes, by a batch system.

Snakemake starts no further job, but waits for those at work, for hours where they take hours. Here
they are told to end: a training saves its state, and is gone on with by the next run. Snakemake
then does what it does after any job, so results stay complete or are made again.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

import psutil

from handbook.core.interruption import handle
from handbook.core.processes import CALLER
from handbook.workflow.lifeline import PATIENCE_S

__all__ = [
    "STOPPING",
    "STOPPING_ELSEWHERE",
    "all_ended",
    "cancel_elsewhere",
    "end_with_caller",
    "exit_at_once",
    "pass_on",
    "stopped",
]

#: What a run says first when it is asked to end.
STOPPING = "Stopping: jobs save what they can go on from. Ctrl-C again kills them."

#: The same where a batch system runs the jobs.
STOPPING_ELSEWHERE = "Stopping: the cluster's jobs are cancelled."

_BETWEEN_S = 0.1  # looks at which jobs are left, and at whether the caller is

_MAKES = {"make", "gmake"}
_SNAKEMAKE = logging.getLogger("snakemake.logging")

# Signals that have come, first the one that ended the run.
_come: list[int] = []
_no_job_left = threading.Event()


def exit_at_once() -> None:
    """End this process at a signal as at its last line, so that its locks are taken off.

    For the time before jobs run.
    """

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    handle(leave)


def end_with_caller() -> None:
    """Ask this process to end once make or `handbook sweep` has, where that called it.

    They pass signals on, but not where they are killed. A shell may end before its commands do.
    """
    caller = os.getppid()
    with suppress(psutil.Error):
        if os.environ.get(CALLER) == str(caller) or psutil.Process(caller).name() in _MAKES:
            threading.Thread(target=_await_end_of, args=(caller,), daemon=True).start()


def _await_end_of(caller: int) -> None:
    while os.getppid() == caller:
        time.sleep(_BETWEEN_S)
    os.kill(os.getpid(), signal.SIGTERM)


def pass_on(server: int | None) -> None:
    """End the run in order at a signal, within seconds; a second Ctrl-C kills what is left.

    To be called in Snakemake's process, before its first job.

    Parameters
    ----------
    server : int or None
        The process that jobs fork from: its forks are told by their clients.
    """
    graceful: Any = signal.getsignal(signal.SIGTERM)  # Snakemake's: no job is started any more

    def stop(number: int, frame: FrameType | None) -> None:
        _come.append(number)
        if len(_come) == 1:
            # A thread, because the handler interrupts code that may hold the lock it asks for.
            threading.Thread(target=_end, args=(graceful, server), daemon=True).start()

    handle(stop)


def cancel_elsewhere() -> None:
    """End the run in order at a signal, where a batch system runs its jobs: they are cancelled.

    To be called in Snakemake's process, before its first job.
    """

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        _come.append(number)
        if len(_come) == 1:
            # A thread, because the handler interrupts code that may hold the lock it asks for.
            threading.Thread(target=_say_stopping, args=(STOPPING_ELSEWHERE,)).start()
        for job in _jobs(None):  # those that run where the workflow was called
            _send(job, signal.SIGTERM)
        sys.exit(128 + number)  # Snakemake then cancels all jobs

    handle(stop)


def all_ended() -> None:
    """Take note that jobs have ended: what this process starts from here on is none."""
    _no_job_left.set()


def stopped() -> bool:
    """Tell whether this run was asked to end."""
    return bool(_come)


def _say_stopping(words: str) -> None:
    with suppress(OSError):  # whoever read it may have ended first, as `tee` does at Ctrl-C
        # By way of the log, whose readers take what fails from here on for stopped.
        _SNAKEMAKE.warning(words)


def _end(graceful: Callable[..., object], server: int | None) -> None:
    _say_stopping(STOPPING)
    graceful()
    latest, told = time.monotonic() + PATIENCE_S, set[psutil.Process]()
    while not _no_job_left.is_set():
        impatient = _come.count(signal.SIGINT) > 1 or time.monotonic() > latest
        for job in _jobs(server):
            if impatient or job not in told:
                told.add(job)
                _send(job, signal.SIGKILL if impatient else signal.SIGTERM)
        time.sleep(_BETWEEN_S)


def _jobs(server: int | None) -> list[psutil.Process]:
    """Return the processes at work, without the shells that wait for them."""
    children = psutil.Process().children(recursive=True)
    parents = {}
    for process in children:
        with suppress(psutil.NoSuchProcess):
            parents[process.pid] = process.ppid()
    waiting = set(parents.values())
    return [
        process
        for process in children
        if process.pid not in waiting and not _within(process.pid, server, parents)
    ]


def _within(number: int, server: int | None, parents: dict[int, int]) -> bool:
    while number in parents:
        if number == server:
            return True
        number = parents[number]
    return False


def _send(process: psutil.Process, number: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
