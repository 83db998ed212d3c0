"""What a shell allows its processes, and errors that only say that it was too little."""

from __future__ import annotations

import errno
import re
import resource
import threading
from collections.abc import Iterator

from handbook.core.errors import HandbookError

__all__ = ["require", "shortage"]

_MIB = 2**20
# Address space of a small training on two threads, torch and scikit-learn imported: with less,
# libraries end the process with words of their own, or with none.
_NEEDED = 3072 * _MIB
# Threads that libraries start beside those that compute.
_BESIDE = 4

_MEMORY = (
    r"cannot allocate memory|can't allocate memory|unable to allocate|bad_alloc|out of memory|"
    r"failed to map segment|malloc of size \d+ failed"
)
_THREADS = r"can't start new thread|pthread_create|resource temporarily unavailable"
_ROOM = r"no space left on device|disk quota exceeded"  # of many files at once
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


def require(threads: int = 1, *, computes: bool = True) -> None:
    """Refuse to begin where the shell's limits would end the process in the middle.

    Parameters
    ----------
    threads : int
        That compute.
    computes : bool
        Whether the large libraries are imported.

    Raises
    ------
    HandbookError
        Address space (`ulimit -v`) or threads and processes (`ulimit -u`) are too few.
    """
    allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
    if computes and allowed != resource.RLIM_INFINITY and allowed < _NEEDED:
        raise HandbookError(
            f"this shell allows a process {allowed // _MIB:,} MiB of memory (ulimit -v), and "
            f"{_NEEDED // _MIB:,} are needed; run `ulimit -v unlimited`, or ask whoever set it"
        )
    _start(threads + _BESIDE)


def _start(number: int) -> None:
    """Start idle threads, all at once, and end them."""
    ended = threading.Event()
    started: list[threading.Thread] = []
    try:
        for _ in range(number):
            thread = threading.Thread(target=ended.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        raise HandbookError(_few_threads(f"only {len(started)} of {number} threads")) from None
    finally:
        ended.set()
        for thread in started:
            thread.join()


def _few_threads(what: str) -> str:
    return (
        f"{what} could be started: this user, this shell (ulimit -u: "
        f"{_limit(resource.RLIMIT_NPROC)}, ulimit -v: {_limit(resource.RLIMIT_AS)}) or this "
        "container allows no more; end other processes, raise the limit, or run with fewer cores "
        "(snakemake --cores 1)"
    )


def _limit(kind: int) -> str:
    """Write a limit as `ulimit` does, which counts memory in KiB."""
    allowed = resource.getrlimit(kind)[0]
    if allowed == resource.RLIM_INFINITY:
        return "unlimited"
    return str(allowed // 1024 if kind == resource.RLIMIT_AS else allowed)


def shortage(error: BaseException) -> str | None:
    """Return what ran out and what to do, where an error comes of that; None where it does not.

    Examples
    --------
    >>> shortage(RuntimeError("can't start new thread"))  # doctest: +ELLIPSIS
    'no more threads or processes could be started: ...
    >>> shortage(ValueError("no such column"))
    """
    for cause in _causes(error):
        text, number = str(cause), getattr(cause, "errno", None)
        if number == errno.ENOSPC or number == errno.EDQUOT or _says(_ROOM, text):
            file = getattr(cause, "filename", None)
            where = f" for {file}" if file else ""
            return (
                f"the disk has no room left{where}; make room (TMPDIR can name another "
                "folder for passing files), and the same command goes on"
            )
        if isinstance(cause, OSError) and number in _CLOSED and cause.filename:
            return (
                f"{cause.filename}: {cause.strerror}; work where you may write: in a clone of your "
                "own, or let a link of that folder's name lead to another one"
            )
        if isinstance(cause, MemoryError) or number == errno.ENOMEM or _says(_MEMORY, text):
            return (
                f"memory ran out (ulimit -v: {_limit(resource.RLIMIT_AS)}); end other processes, "
                "raise the limit, or run fewer jobs at once (snakemake --cores 1)"
            )
        if number == errno.EAGAIN or (isinstance(cause, RuntimeError) and _says(_THREADS, text)):
            return _few_threads("no more threads or processes")
        if number == errno.EMFILE or number == errno.ENFILE:
            allowed = _limit(resource.RLIMIT_NOFILE)
            return f"too many files are open (ulimit -n: {allowed}); run `ulimit -n 4096`"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it followed from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
