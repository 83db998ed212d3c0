"""Let OpenMP's threads sleep while they wait, as long as other processes want the processors.

A thread of libgomp that waits for the others of its team spins for some milliseconds before it
sleeps. On a quiet machine that is quickest. Beside other work the thread that it waits for may
itself be waiting for a processor, which the spinning one takes. libgomp spins next to nothing where
it has more threads than there are processors, and that can be had at any time: with a second team
that does nothing.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["giving_way", "waited"]

_INTERVAL_S = 0.5
# Share of the time in which threads of this process wanted to run and had to wait for a processor:
# above the first the machine is busy, below the second it is quiet again.
_BUSY, _QUIET = 0.15, 0.05
_CALM = 6  # quiet intervals in a row before threads spin again


@contextmanager
def giving_way(threads: int) -> Iterator[None]:
    """Watch for other work on this machine while the block computes, and give way to it.

    Results do not depend on it: the number of threads that compute stays the same.

    Parameters
    ----------
    threads : int
        That compute; a single one never waits for others.
    """
    if threads < 2 or waited() is None:
        yield
        return
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(threads, ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def waited() -> tuple[int, int] | None:
    """Return how long threads of this process have run and have waited for a processor, in ns.

    None where the system does not tell.
    """
    run = waiting = 0
    for file in Path("/proc/self/task").glob("*/schedstat"):
        with suppress(OSError, ValueError):  # a thread that has ended
            times = file.read_text().split()
            run, waiting = run + int(times[0]), waiting + int(times[1])
    return (run, waiting) if run else None


def _watch(threads: int, ended: threading.Event) -> None:
    """Hold idle teams as long as the machine is busy."""
    before, calm, idle = waited(), 0, _IdleTeams(threads)
    while not ended.wait(_INTERVAL_S):
        now = waited()
        if before and now:
            run, waiting = now[0] - before[0], now[1] - before[1]
            share = waiting / (run + waiting) if run > 0 and waiting >= 0 else 0.0
            calm = calm + 1 if share < _QUIET else 0
            if share > _BUSY:
                idle.hold()
            elif calm >= _CALM:
                idle.release()
        before = now
    idle.release()


class _IdleTeams:
    """A team that does nothing in each copy of libgomp that this process has loaded."""

    def __init__(self, threads: int) -> None:
        processors = len(os.sched_getaffinity(0))
        self.size = max(2, processors - threads + 2)
        self.held: threading.Event | None = None
        self.keepers: list[threading.Thread] = []

    def hold(self) -> None:
        if self.held is not None:
            return
        self.held = threading.Event()
        for path in _loaded():
            keeper = threading.Thread(target=_keep, args=(path, self.size, self.held), daemon=True)
            keeper.start()
            self.keepers.append(keeper)

    def release(self) -> None:
        if self.held is None:
            return
        self.held.set()
        for keeper in self.keepers:
            keeper.join()
        self.held, self.keepers = None, []


def _loaded() -> set[str]:
    """Return the paths of the copies of libgomp: PyTorch and scikit-learn bring their own."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    paths = {line[line.index("/") :] for line in lines if "/" in line}
    return {path for path in paths if Path(path).name.startswith("libgomp")}


def _keep(path: str, size: int, released: threading.Event) -> None:
    """Start a team from a thread of its own, and keep that thread, to which the team belongs."""
    library = ctypes.CDLL(path)
    # A function of the library's own, which each thread of the team calls once.
    nothing = ctypes.cast(library.omp_get_thread_num, ctypes.c_void_p)
    library.GOMP_parallel.argtypes = [
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_uint,
        ctypes.c_uint,
    ]
    library.GOMP_parallel.restype = None
    library.GOMP_parallel(nothing, None, size, 0)
    released.wait()
