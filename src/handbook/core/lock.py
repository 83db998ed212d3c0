"""One process at a time where two would harm each other.

Locks are the system's own (``flock``): it lets go of those of a process that was killed, so none
is ever left behind. Network drives lock no handle that is open for reading alone, and some of them
nothing at all.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from handbook.core.terminal import say

__all__ = ["alone_in", "flock", "lock"]

_LOCKS = Path("/proc/locks")  # Linux only: elsewhere nobody can say who holds a lock
_LONGEST_COMMAND = 80
_FILE = ".lock"
# What file systems without locks answer
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


@contextmanager
def alone_in(folder: Path, say: Callable[[str], None] = say) -> Iterator[None]:
    """Wait until no other process is in `folder`, and keep others waiting meanwhile.

    The folder itself is locked, so no file is left behind. Where that cannot be, as on NFS, a file
    in it is, and stays.

    Parameters
    ----------
    folder : Path
    say : callable
        Takes the line that says that this process waits, and for whom.
    """
    folder.mkdir(parents=True, exist_ok=True)
    why = f"{folder.resolve()}: in use by"
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            lock(handle, why, say)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
            os.close(handle)
            handle = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o666)
            lock(handle, why, say)
        yield
    finally:
        os.close(handle)


def flock(handle: int, operation: int) -> bool:
    """Call the system's ``flock``, and tell whether the file system has locks at all."""
    try:
        fcntl.flock(handle, operation)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return False
    return True


@functools.cache  # once for each file system
def _say_without(device: int, say: Callable[[str], None]) -> None:
    say(
        "no folder can be locked here, since the file system has no locks (flock): two commands in "
        "one do not see each other, so start one at a time"
    )


def lock(handle: int, why: str, say: Callable[[str], None] = say) -> None:
    """Lock a file open for writing until it is closed; where others hold it, say so and wait.

    Where the file system has no locks, that is said, and nothing is waited for.

    Parameters
    ----------
    handle : int
        Descriptor of the open file.
    why : str
        Begins the line of a process that waits: what is locked.
    say : callable
        Takes that line.
    """
    try:
        if not flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB):
            _say_without(os.fstat(handle).st_dev, say)
    except BlockingIOError:
        others = _holders(handle) or ["another process"]
        say(f"{why} {', '.join(others)}; waiting for its end (Ctrl-C stops waiting)")
        fcntl.flock(handle, fcntl.LOCK_EX)


def _holders(handle: int) -> list[str]:
    """Return the processes here that lock an open file, each with its command and its start.

    Empty where nobody does, and where the system does not say.
    """
    try:
        table = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
    inode = os.fstat(handle).st_ino
    # 1: FLOCK  ADVISORY  WRITE 4242 08:01:1311 0 EOF; who waits has an arrow before FLOCK.
    entries = (line.split() for line in table)
    numbers = [
        int(entry[4])
        for entry in entries
        if entry[1] == "FLOCK" and int(entry[5].rpartition(":")[2]) == inode
    ]
    return [_described(number) for number in numbers]


def _described(number: int) -> str:
    import psutil  # by those who wait alone

    try:
        process = psutil.Process(number)
        command = shlex.join(process.cmdline())
        since = datetime.fromtimestamp(process.create_time())
    except psutil.Error:
        return f"process {number}"
    if len(command) > _LONGEST_COMMAND:
        command = f"{command[:_LONGEST_COMMAND]}..."
    return f"process {number} ({command}, since {since:%H:%M})"
