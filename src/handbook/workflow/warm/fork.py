"""The fork's side: become the client's command and run it."""

from __future__ import annotations

import atexit
import importlib
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from handbook.workflow.snapshot import is_copy
from handbook.workflow.warm.client import VARIABLE

__all__ = ["Job", "job", "keeps_modules"]

Job: TypeAlias = Callable[[], int]


def job(connection: socket.socket, streams: Sequence[int], own: Mapping[str, Any]) -> Job:
    """Return what makes this fork the client's command and runs it.

    Parameters
    ----------
    connection : socket
        To the client.
    streams : sequence of int
        The client's standard streams.
    own : mapping
        What :func:`~handbook.workflow.warm.client.interpreter` says of the server.

    Returns
    -------
    callable
        Where the client asks for what this fork cannot be, it returns 0 without a word, and the
        client does the work itself. It ends the process once the work is done.
    """

    def run() -> int:
        with connection, connection.makefile("rb") as requests:
            line = requests.readline()
            request = json.loads(line) if line.endswith(b"\n") else {}
            if request.get("interpreter") != own:
                return 0  # without a word: the client does the work itself
            _become(request, streams)
            connection.sendall(b"ready %d\n" % os.getpid())
            if requests.readline() != b"go\n":
                return 0
        if not keeps_modules():
            # This package may have been edited since the server imported it.
            for name in [name for name in sys.modules if name.split(".")[0] == "handbook"]:
                del sys.modules[name]
            importlib.invalidate_caches()
        status = importlib.import_module("handbook.cli").main(request["arguments"])
        _exit(status)

    return run


def keeps_modules() -> bool:
    """Tell whether this package is a run's own copy, which nobody edits."""
    return is_copy(Path(__file__))


def _exit(status: int) -> NoReturn:
    """End as the interpreter does, but without taking apart half a gigabyte of objects."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _become(request: dict[str, Any], streams: Sequence[int]) -> None:
    """Take streams, folder, environment and arguments from the client."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["folder"])
    os.umask(request["umask"])
    os.environ.clear()
    os.environ.update(request["environment"])
    os.environ.pop(VARIABLE, None)
    sys.argv = [request["program"], *request["arguments"]]
