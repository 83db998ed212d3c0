"""Start the server beside a run of the workflow, and end it with that run."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from handbook.catalogue.params import Run
from handbook.core.folders import RunFolder
from handbook.workflow.warm.client import VARIABLE

__all__ = ["missing", "start", "targets"]

# The server imports for as long as three jobs do; what runs meanwhile gains nothing. One that
# imports what its jobs do, and nothing else, takes as long as one of them.
_WORTH_IT, _WORTH_ONE = 12, 3
_TARGETS = "--target-jobs"
# The shortest limit of a socket's address: 104 bytes on macOS, 108 on Linux.
_LONGEST = 100


def missing(runs: Iterable[Run]) -> int:
    """Return how many runs have no record yet."""
    return sum(not RunFolder(run.path).record.exists() for run in runs)


def targets(arguments: Sequence[str]) -> int:
    """Return how many jobs Snakemake is called for, in a process that another one has started.

    Examples
    --------
    >>> targets(["--target-jobs", "lab:lab=a", "lab:lab=b", "--cores", "1"])
    2
    """
    behind = [*itertools.dropwhile(lambda word: word != _TARGETS, arguments)][1:]
    return len([*itertools.takewhile(lambda word: not word.startswith("--"), behind)])


def start(jobs: int, modules: Sequence[str] = ()) -> int | None:
    """Let the commands started from this process find a server, where it pays.

    Parameters
    ----------
    jobs : int
        How many are about to run; a few run faster without.
    modules : sequence of str
        What they import, where all are of a kind; else the server imports what any job does.

    Returns
    -------
    int or None
        The server's process.
    """
    os.environ.pop(VARIABLE, None)
    least = _WORTH_ONE if modules else _WORTH_IT
    if jobs < least or not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
        return None
    # Not beside the results: addresses of sockets are short.
    folder = Path(tempfile.mkdtemp(prefix="handbook-"))
    address = folder / "socket"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if len(os.fsencode(address)) > _LONGEST:
        return None
    # Its standard input ends with this process, even where this process is killed. A session of
    # its own keeps Ctrl-C away: that goes to the clients, who pass it on.
    try:
        server = subprocess.Popen(
            ["handbook", "warm", "--socket", str(address), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:  # jobs will say what is missing
        return None
    atexit.register(_stop, server)
    os.environ[VARIABLE] = str(address)
    return server.pid


def _stop(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.terminate()
    server.wait()
