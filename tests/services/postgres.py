"""PostgreSQL for the time of a test, with a database of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.server import HOST, answers, free_port, program, serving

_USER = "postgres"  # Debian's, since the server refuses to run as root


@dataclass(frozen=True)
class Database:
    """A database that is served.

    Attributes
    ----------
    uri : str
        Its address, as SQLAlchemy writes it.
    version : str
        Of the server.
    """

    uri: str
    version: str


@contextmanager
def served() -> Iterator[Database]:
    """Serve an empty database until the end of the context."""
    port = free_port()
    # Not below pytest's own folder, into which no other user may look.
    folder = Path(tempfile.mkdtemp(prefix="postgres"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, _USER)
        data = folder / "data"
        _run("initdb", "--pgdata", str(data), "--username", _USER, "--auth", "trust", "--no-sync")
        server = ["postgres", "-D", str(data), "-h", HOST, "-p", str(port), "-k", str(folder)]
        with serving(_as_user(server), folder / "server.log", lambda: answers(port)):
            _run("createdb", "--host", HOST, "--port", str(port), "--username", _USER, "mlflow")
            version = _run("postgres", "--version").split()[2]
            yield Database(f"postgresql+psycopg2://{_USER}@{HOST}:{port}/mlflow", version)
    finally:
        shutil.rmtree(folder)


def _run(*command: str) -> str:
    done = subprocess.run(_as_user(command), check=True, capture_output=True, text=True, cwd="/")
    return done.stdout


def _as_user(command: Sequence[str]) -> list[str]:
    """Return a command of PostgreSQL, as its own user where this one is root."""
    own = [program(command[0]), *command[1:]]
    if os.getuid() != 0:
        return own
    return ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", *own]
