"""The server's side: import the libraries once, fork for every request, report every end."""

from __future__ import annotations

import gc
import importlib
import os
import select
import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from handbook.workflow.lifeline import PATIENCE_S
from handbook.workflow.warm.client import JOBS, interpreter
from handbook.workflow.warm.fork import Job, job, keeps_modules

__all__ = ["LIBRARIES", "serve"]

#: What jobs import, the slowest parts of one library apart, so that the server can end between.
#: MLflow is missing: one job of a whole run imports it.
LIBRARIES: tuple[str, ...] = (
    "numpy",
    "pandas",
    "pyarrow.feather",
    "scipy.stats",
    "scipy.optimize",
    "scipy.signal",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.neural_network",
    "sklearn.svm",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "torch",
    "torch._dynamo",  # which an optimizer's first step would import
    "sympy",
    "skops.io",
    "grimp",
    "jinja2",
    "PIL.Image",
    "great_expectations",
    "optuna",
)

# No second thread, not even in the background: a fork has only the thread that forked. The command
# line sees to OpenMP, OpenBLAS and MKL; Snakemake says the first two to its jobs as well.
_ALONE = {
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
_LIFELINE = 0  # standard input, a pipe from whoever started the server
_PATIENCE_S = 1.0
_BETWEEN_S = 0.05  # looks at which jobs have ended
_HANDLED = (signal.SIGCHLD, signal.SIGTERM)


def serve(
    address: Path,
    jobs: Mapping[str, bool] | None = None,
    prepare: Callable[[], None] | None = None,
    modules: Sequence[str] | None = None,
) -> Job | None:
    """Import modules, then fork for each job asked for, until standard input ends.

    Parameters
    ----------
    address : Path
        Where to make the socket, in a private folder; at the end it is removed, and the folder
        with it where nothing else is in it.
    jobs : mapping of str to bool, optional
        The commands that forks may do, and whether they need to be told to use one thread.
    prepare : callable, optional
        Imports what jobs need of this package; called where it is a copy that nobody edits.
    modules : sequence of str, optional
        What the jobs import, in place of :data:`LIBRARIES`. Since they would import the same, those
        that are asked for meanwhile wait; else they find no server and begin by themselves.

    Returns
    -------
    callable or None
        Like a fork, this returns more than once: None in the server, at its end; in each fork
        what runs the job there. It returns the exit status, or ends the process itself.
    """
    own, server = os.getpid(), _Server(address, jobs or {})
    os.environ.update(_ALONE)
    try:
        if modules is not None:
            server.listen()
        for name in LIBRARIES if modules is None else modules:
            if _ended():
                return None
            importlib.import_module(name)
        if prepare is not None and keeps_modules():
            prepare()
        gc.collect()
        gc.freeze()  # forks then leave the pages of these objects shared
        if modules is None:
            server.listen()
        server.open()
        print(f"warm: serving at {address}", flush=True)
        return server.wait_for_job()
    finally:
        if os.getpid() == own:
            server.close()


def _ended() -> bool:
    return bool(select.select([_LIFELINE], [], [], 0)[0])


class _Server:
    """A loop around one socket, with the jobs that it has forked.

    Parameters
    ----------
    address : Path
        Of the socket.
    jobs : mapping of str to bool
        The commands that forks may do, and whether they need to be told to use one thread.
    """

    def __init__(self, address: Path, jobs: Mapping[str, bool]) -> None:
        self._address = address
        self._named = "".join(
            f"{name} --threads\n" if told else f"{name}\n" for name, told in jobs.items()
        )
        self._interpreter = interpreter()  # before any library changes it
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._signals, self._wake = socket.socketpair()
        # Not epoll: forks would share its state.
        self._selector = selectors.PollSelector()
        # Process of a job -> connection to its client, and the pipe that ends with the client.
        self._jobs: dict[int, tuple[socket.socket, int]] = {}

    def listen(self) -> None:
        """Let requests come from now on; each waits until it is taken."""
        mask = os.umask(0o177)
        self._listener.bind(str(self._address))
        os.umask(mask)
        self._listener.listen(128)
        self._address.with_name(JOBS).write_text(self._named, encoding="utf-8")

    def open(self) -> None:
        """Take signals and requests from now on."""
        self._signals.setblocking(False)
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno())
        for number in _HANDLED:
            signal.signal(number, lambda *_: None)
        for source in (_LIFELINE, self._signals, self._listener):
            self._selector.register(source, selectors.EVENT_READ)

    def wait_for_job(self) -> Job | None:
        """Return the job in each fork, None in the server once it is to end."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == _LIFELINE:
                    return None
                if key.fileobj is self._signals:
                    if signal.SIGTERM in self._signals.recv(4096):
                        return None
                    self._report_ends()
                elif key.fileobj is self._listener:
                    forked = self._accept()
                    if forked is not None:
                        return forked
                elif key.data in self._jobs:  # its client has ended
                    self._selector.unregister(key.fileobj)
                    _send(key.data, signal.SIGKILL)

    def close(self) -> None:
        """End all jobs and leave nothing behind."""
        signal.set_wakeup_fd(-1)  # a signal from here on would write to a socket that is gone
        for process in self._jobs:
            _send(process, signal.SIGTERM)
        latest = time.monotonic() + PATIENCE_S
        while self._jobs and time.monotonic() < latest:
            self._report_ends()
            time.sleep(_BETWEEN_S)
        for process in self._jobs:
            _send(process, signal.SIGKILL)
        for path in (self._address, self._address.with_name(JOBS)):
            with suppress(OSError):
                path.unlink()
        with suppress(OSError):
            self._address.parent.rmdir()

    def _accept(self) -> Job | None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # the client has gone already
            return None
        connection.settimeout(_PATIENCE_S)
        try:
            _, received, *_ = socket.recv_fds(connection, 1, 4)
            *streams, alive = received
            connection.settimeout(None)
            process = os.fork()
        except (OSError, ValueError):
            connection.close()  # the client does the work itself
            return None
        if process == 0:
            self._let_go()
            os.close(alive)
            return job(connection, streams, self._interpreter)
        with suppress(OSError):
            os.setpgid(process, process)  # the fork does so too: whoever is first
        for stream in streams:
            os.close(stream)
        self._jobs[process] = (connection, alive)
        self._selector.register(alive, selectors.EVENT_READ, process)
        return None

    def _report_ends(self) -> None:
        while self._jobs:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == 0:
                return
            connection, alive = self._jobs.pop(process)
            with connection, suppress(OSError):
                connection.sendall(b"ended %d\n" % os.waitstatus_to_exitcode(status))
            with suppress(KeyError):  # where the client has ended first
                self._selector.unregister(alive)
            os.close(alive)

    def _let_go(self) -> None:
        """Drop, in a fork, all that is the server's."""
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for number in _HANDLED:
            signal.signal(number, signal.SIG_DFL)
        self._selector.close()
        for end in (self._listener, self._signals, self._wake):
            end.close()
        for connection, alive in self._jobs.values():
            connection.close()
            os.close(alive)


def _send(process: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, number)
