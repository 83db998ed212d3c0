"""How jobs know that the run which started them has ended, however it did.

A run locks a file of its own, which names its machine, for as long as it lives; the system lets go
of the lock at its end, also where it was killed. Each job waits for that lock, and ends when it
gets it. Meanwhile it holds a second file, so that the next run knows whether jobs of an earlier one
are still at work.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from handbook.core.lock import flock, lock

__all__ = ["VARIABLE", "await_jobs", "hold", "watch"]

#: Environment variable that names the file of the run that started a job.
VARIABLE = "HANDBOOK_LIFELINE"

#: Seconds in which a job must have ended that is asked to.
PATIENCE_S = 8.0

_JOBS = ".jobs"
_LONGEST_NAME = 256


def hold(folder: Path) -> int:
    """Make and lock the file of this run, and name it to the jobs that it starts.

    Parameters
    ----------
    folder : Path
        Holds one such file for each run in it that lives, and some of runs that were killed.

    Returns
    -------
    int
        The open file, which must stay so until the end of this process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.resolve() / str(os.getpid())
    path.with_suffix(_JOBS).touch()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    flock(handle, fcntl.LOCK_EX)
    os.write(handle, _machine())
    os.environ[VARIABLE] = str(path)
    return handle


def await_jobs(folder: Path, say: Callable[[str], None]) -> None:
    """Wait until the jobs of runs that were killed have ended, and remove what these left.

    To be called by a run that has the folder to itself, before it calls :func:`hold`.
    """
    for path in sorted(folder.glob(f"*{_JOBS}")):
        handle = os.open(path, os.O_RDWR)
        try:
            lock(handle, "jobs of a run that was killed are ending:", say)
        finally:
            os.close(handle)
        path.with_suffix("").unlink(missing_ok=True)
        path.unlink()


def watch() -> None:
    """End this process once the run that started it has ended; without one, do nothing.

    A job that was asked to end has :data:`PATIENCE_S` seconds to save what it has. On another
    machine, where the run's lock may not be seen, this does nothing if it is not: a batch system
    ends its jobs itself.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return
    # The usual effect of Ctrl-C in Python waits until the library at work returns.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        run = os.open(name, os.O_RDONLY)
        flock(os.open(Path(name).with_suffix(_JOBS), os.O_RDONLY), fcntl.LOCK_SH)
    except FileNotFoundError:  # its end was noticed by the next run already
        signal.raise_signal(signal.SIGTERM)
        return
    if os.read(run, _LONGEST_NAME) not in {_machine(), b""} and _is_free(run):
        os.close(run)
        return
    threading.Thread(target=_end_with, args=(run,), daemon=True).start()


def _machine() -> bytes:
    return os.fsencode(os.uname().nodename)


def _is_free(handle: int) -> bool:
    try:
        flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_with(run: int) -> None:
    if not flock(run, fcntl.LOCK_SH):  # nothing to wait for
        return
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os.kill(os.getpid(), signal.SIGKILL)
