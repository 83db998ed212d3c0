"""Processes that serve for the time of a test: started, waited for, ended with all they began."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

HOST = "127.0.0.1"

# Debian's packages that hold what these tests start; `python -m tests.services.install` takes them.
PACKAGES = {
    "apache2": "apache2",
    "createdb": "postgresql",
    "initdb": "postgresql",
    "ip": "iproute2",
    "mkfs.btrfs": "btrfs-progs",
    "munged": "munge",
    "postgres": "postgresql",
    "rsync": "rsync",
    "slurmctld": "slurm-wlm",
    "slurmd": "slurm-wlm",
    "sshd": "openssh-server",
}


def program(name: str) -> str:
    """Return the path of a server's program; a test that asks for one that is missing fails."""
    folders = [os.environ["PATH"], "/usr/sbin", "/sbin"]
    folders += map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))
    path = shutil.which(name, path=os.pathsep.join(folders))
    if path is None:
        pytest.fail(f"{name} is not installed: apt-get install {PACKAGES[name]}")
    return path


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def answers(port: int, host: str = HOST) -> bool:
    """Tell whether somebody listens on a port."""
    with socket.socket() as caller:
        caller.settimeout(1.0)
        return caller.connect_ex((host, port)) == 0


def wait(for_what: str, condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until a condition holds, and fail when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"{for_what}: not within {seconds:g} s")
        time.sleep(0.1)


@contextmanager
def serving(
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    *,
    seconds: float = 60.0,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server that stays in the foreground, until the end of the context.

    Parameters
    ----------
    command : sequence of str
        What to run.
    log : Path
        Where its output goes.
    ready : callable
        Tells whether it serves.
    seconds : float
        How long it may take until it does.
    environment : mapping of str to str, optional
        Variables besides those of this process.
    cwd : Path, optional
        Folder in which it runs.
    """
    with log.open("ab") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=cwd,
            start_new_session=True,
        )

    def is_ready() -> bool:
        if server.poll() is not None:
            pytest.fail(f"{command[0]} ended with {server.returncode}:\n{tail(log)}")
        return ready()

    try:
        wait(f"{command[0]} serves", is_ready, seconds)
        yield server
    finally:
        end(server)


def end(server: subprocess.Popen[bytes], patience_s: float = 10.0) -> None:
    """End a server and all processes that it began, by force those that do not end in time."""
    if server.poll() is None:
        family = [*psutil.Process(server.pid).children(recursive=True)]
        server.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.wait(patience_s)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def tail(log: Path, lines: int = 20) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
