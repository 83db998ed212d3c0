"""`mlflow server` for the time of a test: it can be stopped and started again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.services.server import HOST, answers, free_port, serving


class Server:
    """MLflow's server, which keeps its runs in a database and hands files on to a folder.

    Parameters
    ----------
    backend : str
        The database's address.
    folder : Path
        Where files and the log go.
    """

    def __init__(self, backend: str, folder: Path) -> None:
        self.backend = backend
        self.folder = folder
        self.port = free_port()
        self._running = ExitStack()

    @property
    def uri(self) -> str:
        """What clients set as ``MLFLOW_TRACKING_URI``."""
        return f"http://{HOST}:{self.port}"

    @property
    def artifacts(self) -> Path:
        """Where the server keeps files."""
        return self.folder / "served"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            *(sys.executable, "-m", "mlflow", "server"),
            *("--host", HOST, "--port", str(self.port), "--workers", "4"),
            *("--backend-store-uri", self.backend),
            *("--artifacts-destination", str(self.artifacts)),
        ]
        quiet = {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        running = serving(
            command,
            self.folder / "server.log",
            lambda: answers(self.port),
            seconds=300,
            environment=quiet,
            cwd=self.folder,
        )
        self._running.enter_context(running)

    def stop(self) -> None:
        """End it with all its processes."""
        self._running.close()


@contextmanager
def served(backend: str, folder: Path) -> Iterator[Server]:
    """Serve until the end of the context."""
    server = Server(backend, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
