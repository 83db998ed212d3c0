"""The client's side: hand the work of a command over to the server, and wait for its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

__all__ = ["ENDED_BY", "JOBS", "VARIABLE", "at_once", "hand_over", "interpreter"]

#: Environment variable that holds the address of the server.
VARIABLE = "HANDBOOK_WARM"

#: File beside the server's socket: the commands that it takes, a line each. Behind a name stands
#: ``--threads`` where the command works with several unless it is told to use one.
JOBS = "jobs"

# For an answer that a fork gives in milliseconds; a busy machine may need longer.
_PATIENCE_S = 10.0
#: Begins what is said of a job that a signal ended.
ENDED_BY = "ended by "
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def interpreter() -> dict[str, Any]:
    """Return what a process takes from its start and no later step can change.

    A fork of the server does the same work as this process only where both agree in it.
    """
    return {
        "executable": sys.executable,
        "version": sys.version,
        "path": list(sys.path),
        "flags": list(sys.flags),
        "variables": {
            name: value for name, value in os.environ.items() if name.startswith("PYTHON")
        },
    }


def at_once(arguments: Sequence[str]) -> int | None:
    """Hand a job over whose command line need not be read for that.

    Parameters
    ----------
    arguments : sequence of str
        The command line without the program's name.

    Returns
    -------
    int or None
        As of :func:`hand_over`; None too where the command line must be read.
    """
    address = os.environ.get(VARIABLE)
    if not address or not arguments:
        return None
    try:
        folder = address.rpartition("/")[0]
        # pathlib takes as long to import as all else here
        with open(f"{folder}/{JOBS}", encoding="utf-8") as file:  # noqa: PTH123
            jobs = dict(line.rstrip("\n").partition(" ")[::2] for line in file)
    except OSError:
        return None
    name, *options = arguments
    told = "--threads" in options
    if name not in jobs or (jobs[name] == "--threads" and not told):
        return None
    if told and options[options.index("--threads") + 1 :][:1] != ["1"]:
        return None
    return hand_over(arguments)


def hand_over(arguments: Sequence[str]) -> int | None:
    """Let the server that :data:`VARIABLE` names run ``handbook`` with these arguments.

    Parameters
    ----------
    arguments : sequence of str
        The command line without the program's name.

    Returns
    -------
    int or None
        The exit status of the work, 128 + n where signal n ended it. None where no server took
        the work: nothing of it has been done, and the caller does it.
    """
    address = os.environ.get(VARIABLE)
    if not address or not hasattr(socket, "send_fds"):
        return None
    # The server reads the end of this pipe when this process has ended, however it did.
    alive, held = os.pipe()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            try:
                server.settimeout(_PATIENCE_S)
                server.connect(address)
                socket.send_fds(server, [b"\0"], [0, 1, 2, alive])
                server.sendall(_request(arguments))
                answers = server.makefile("rb")
                word, _, process = answers.readline().partition(b" ")
                if word != b"ready":
                    return None
                # The fork does nothing before this word, so up to here there is a way back.
                server.sendall(b"go\n")
            except OSError:
                return None
            server.settimeout(None)
            return _end(answers, int(process))
    finally:
        os.close(alive)
        os.close(held)


def _request(arguments: Sequence[str]) -> bytes:
    mask = os.umask(0)
    os.umask(mask)
    request = {
        "arguments": list(arguments),
        "program": sys.argv[0],
        "folder": os.getcwd(),  # noqa: PTH109 - a string, for JSON
        "environment": dict(os.environ),
        "umask": mask,
        "interpreter": interpreter(),
    }
    return json.dumps(request).encode() + b"\n"


def _end(answers: Any, process: int) -> int:
    """Wait for the work's end, pass on signals meanwhile, and return the exit status."""

    def forward(number: int, _: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process, number)

    for number in _FORWARDED:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, forward)
    word, _, code = answers.readline().partition(b" ")
    if word != b"ended":
        forward(signal.SIGKILL, None)
        from handbook.core.terminal import say

        say(
            "handbook: the warm server ended during this job; run it again, "
            f"without {VARIABLE} if it happens again"
        )
        return 1
    status = int(code)
    return status if status >= 0 else 128 - status


def ended_by(number: int) -> str:
    """Say which signal ended a job, and what sends it.

    Examples
    --------
    >>> ended_by(15)
    'ended by SIGTERM: asked to end, by a person, a batch system or the end of the run'
    """
    reasons = {
        signal.SIGTERM: "asked to end, by a person, a batch system or the end of the run",
        signal.SIGKILL: "killed, by the system for want of memory, by a batch system or a person",
    }
    name = signal.Signals(number)
    return f"{ENDED_BY}{name.name}: {reasons.get(name, 'a library crashed, or somebody sent it')}"
