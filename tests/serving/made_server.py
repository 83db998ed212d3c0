"""The real server as a process, for the time of a test."""

from __future__ import annotations

import atexit
import functools
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tests.project import ROOT
from tests.services.server import HOST, free_port, wait
from tests.serving.made_models import DATA, ROWS

from handbook.serving.requests import read

JSON = {"content-type": "application/json"}
SPLIT = {"columns": list(ROWS.columns), "data": ROWS.values.tolist()}


@dataclass(frozen=True)
class Reply:
    """What a request got."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    port: int
    pid: int
    folder: Path
    log: Path

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> Reply:
        """Send a request on a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            own = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, address, body, own)
            reply = connection.getresponse()
            text = reply.read().decode()
        finally:
            connection.close()
        return Reply(reply.status, {name.lower(): v for name, v in reply.getheaders()}, text)

    def get(self, address: str) -> Reply:
        return self.ask("GET", address)

    def post(self, content: Any, address: str = "/invocations") -> Reply:
        """Send JSON: an object, or text as it is."""
        body = content if isinstance(content, str | bytes) else json.dumps(content)
        return self.ask("POST", address, body, content_type="application/json")

    def predict(self, *ages: float) -> Reply:
        """Ask for rows of given ages."""
        rows = [{"age": age, "balance": 0, "job": "clerk"} for age in ages]
        return self.post({"dataframe_records": rows})

    def counts(self) -> dict[str, float]:
        """Return what ``/metrics`` tells."""
        lines = self.get("/metrics").text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def processes(self) -> list[psutil.Process]:
        """Return the workers, and the shadow as the last."""
        return sorted(psutil.Process(self.pid).children(), key=lambda own: own.create_time())

    def logged(self) -> Any:
        """Return the rows of the log."""
        return read(self.folder / "served" / DATA)

    def output(self) -> str:
        return self.log.read_text()


@functools.cache
def _beginner() -> subprocess.Popen[str]:
    """Start :mod:`tests.serving.begun`: imports take most of the time until a server is there."""
    path = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    beginner = subprocess.Popen(
        [sys.executable, "-m", "tests.serving.begun"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    atexit.register(beginner.kill)
    assert beginner.stdout is not None
    assert beginner.stdout.readline() == "ready\n"
    return beginner


@contextmanager
def running(folder: Path, *options: str, file_size: int | None = None) -> Iterator[Server]:
    """Run ``handbook serve`` in a folder until the end of the context."""
    port, log = free_port(), folder / f"server-{time.monotonic_ns()}.log"
    words = ["serve", DATA, "--port", str(port), *options]
    beginner = _beginner()
    assert beginner.stdin is not None
    assert beginner.stdout is not None
    print(json.dumps([str(folder), words, str(log), file_size]), file=beginner.stdin, flush=True)
    server = Server(port, int(beginner.stdout.readline()), folder, log)

    def ready() -> bool:
        assert psutil.pid_exists(server.pid), server.output()
        try:
            return server.get("/ping").status == 200
        except OSError:
            return False

    try:
        wait("the server serves", ready)
        yield server
    finally:
        with suppress(psutil.NoSuchProcess):
            own = psutil.Process(server.pid)
            family = [own, *own.children(recursive=True)]
            own.terminate()
            _, alive = psutil.wait_procs(family, 12)
            for process in alive:
                process.kill()


def load(server: Server, clients: int, enough: Callable[[], bool]) -> list[tuple[int, Reply]]:
    """Ask from several clients until it is enough; return each age with its reply.

    A request whose connection broke is left out.
    """

    def client(number: int) -> list[tuple[int, Reply]]:
        replies = []
        for turn in range(100_000):
            if ended.is_set():
                break
            age = 20 + (number * 31 + turn) % 60
            try:
                replies.append((age, server.predict(age)))
            except (OSError, http.client.HTTPException):
                broken.append(age)
        return replies

    ended, broken = threading.Event(), list[int]()
    with ThreadPoolExecutor(clients) as pool:
        futures = [pool.submit(client, number) for number in range(clients)]
        try:
            wait("the load is enough", enough)
        finally:
            ended.set()
        return [reply for future in futures for reply in future.result()]
