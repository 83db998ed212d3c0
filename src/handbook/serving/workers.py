"""The processes of a server: forked from one that has read the model, begun again when they die."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import uvicorn

from handbook.core.errors import HandbookError
from handbook.core.interruption import SIGNALS, handle
from handbook.core.terminal import say
from handbook.deployment.chosen import choose
from handbook.serving.app import application
from handbook.serving.connections import limited
from handbook.serving.current import Current
from handbook.serving.metrics import Counters
from handbook.serving.settings import Settings
from handbook.serving.shadow import Shadow
from handbook.serving.worker import Worker

__all__ = ["serve"]

_LOOK_S = 0.1  # between looks at which processes have died
_AGAIN_S = 1.0  # at least, between two starts of one process
_GRACE_S = 8  # for requests that are at work when the server is to end
_LINE = 2048  # connections that wait to be accepted
_HEAD_S = 10.0  # for the head of a request to arrive


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until a signal asks for the end.

    Parameters
    ----------
    settings : Settings
    say : callable
        Takes the line that says where.

    Raises
    ------
    HandbookError
        There is no model, or the port cannot be used.
    """
    listener = _listener(settings)
    if settings.shadow is not None:
        choose(settings.data, settings.shadow, settings.folder)  # said at once, where it fails
    current = Current(settings.data, settings.run, settings.folder)
    counters = Counters(settings.workers + 1)
    processes = _Processes()
    for number in range(settings.workers):
        processes.add(partial(_work, settings, current, counters, number, listener))
    if settings.log:
        processes.add(partial(_follow, settings, counters))
    chosen = current.model.chosen
    host, port = listener.getsockname()[:2]
    gc.collect()
    gc.freeze()  # forks leave the pages of these objects shared
    listener.listen(_LINE)
    processes.run(lambda: say(f"{chosen.run} ({chosen.how}) answers at http://{host}:{port}"))
    listener.close()


def _listener(settings: Settings) -> socket.socket:
    """Return a socket at the port."""
    try:
        family, *_, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        # With its protocol: asyncio sends at once what is written to such sockets alone, and else
        # the system holds the end of an answer back until the client has confirmed its beginning.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        raise HandbookError(
            f"{settings.host}:{settings.port} cannot be used ({error}); end what runs there, or "
            "name another port: --port 8081, or 0 for any that is free"
        ) from error
    return listener


def _work(
    settings: Settings, current: Current, counters: Counters, number: int, listener: socket.socket
) -> None:
    """Be a worker."""
    counters.use(number)
    counters.add("worker_starts")
    worker = Worker(settings, current, counters)
    if current.changed():  # since the first process read it
        worker.follow()
    config = uvicorn.Config(
        application(worker),
        http=limited(min(_HEAD_S, settings.seconds), settings.seconds),
        ws="none",
        interface="asgi3",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_LINE,
        timeout_graceful_shutdown=_GRACE_S,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # not what clients send amiss
    uvicorn.Server(config).run([listener])


def _follow(settings: Settings, counters: Counters) -> None:
    """Be the shadow."""
    counters.use(settings.workers)
    Shadow(settings, counters).run()


class _Processes:
    """Forks of this process, each begun again when it dies."""

    def __init__(self) -> None:
        self._works: list[Callable[[], None]] = []
        self._begun: list[float] = []
        self._running: dict[int, int] = {}  # process -> its number
        self._ended = False

    def add(self, work: Callable[[], None]) -> None:
        """Add a process that does some work until it is told to end."""
        self._works.append(work)
        self._begun.append(-_AGAIN_S)

    def run(self, started: Callable[[], None]) -> None:
        """Keep all processes running until a signal comes; return when all have ended."""
        handle(self._end)
        self._begin()
        started()
        while not self._ended:
            time.sleep(_LOOK_S)
            self._reap()
            self._begin()
        for process in self._running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
        latest = time.monotonic() + _GRACE_S + 2
        while self._running and time.monotonic() < latest:
            self._reap()
            time.sleep(_LOOK_S / 4)
        for process in self._running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _end(self, *_: object) -> None:
        self._ended = True

    def _begin(self) -> None:
        now = time.monotonic()
        for number in set(range(len(self._works))) - set(self._running.values()):
            if not self._ended and now - self._begun[number] >= _AGAIN_S:
                self._begun[number] = now
                self._running[self._fork(number)] = number

    def _fork(self, number: int) -> int:
        process = os.fork()
        if process:
            return process
        status = 1
        try:
            for own in SIGNALS:
                if signal.getsignal(own) is not signal.SIG_IGN:
                    signal.signal(own, signal.SIG_DFL)
            self._works[number]()
            status = 0
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _reap(self) -> None:
        for process in list(self._running):
            with suppress(ChildProcessError):
                ended, status = os.waitpid(process, os.WNOHANG)
                if not ended:
                    continue
                if not self._ended:
                    code = os.waitstatus_to_exitcode(status)
                    say(f"process {process} ended with {code}: begun again")
            del self._running[process]
