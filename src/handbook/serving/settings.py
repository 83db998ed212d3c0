"""How a server is set up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from handbook.serving.requests import LOGS

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """What `handbook serve` is told.

    Parameters
    ----------
    data : str
        Data set whose model answers.
    run : str or None
        ``model/data/variant``; None for the deployed one, and for the champion before any is.
    shadow : str or None
        A run that answers the same rows as well; None for the one that the history names.
    folder : Path
        The top of the project.
    host, port : str and int
        Where to listen; port 0 for any that is free.
    workers : int
        Processes that answer.
    most_bytes : int
        Of a request's body.
    seconds : float
        For a body to arrive, and again for its answer.
    most_rows : int
        That wait in a worker; what comes beyond is refused.
    log : bool
        Whether requests are kept.
    unlogged : bool
        Whether to answer all the same what cannot be written into the log.
    server : str
        Stands in the names of the log's files.
    """

    data: str
    run: str | None = None
    shadow: str | None = None
    folder: Path = Path()
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    most_bytes: int = 10_000_000
    seconds: float = 30.0
    most_rows: int = 100_000
    log: bool = True
    unlogged: bool = False
    server: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def log_folder(self) -> Path:
        """Folder of the log of requests."""
        return self.folder / LOGS / self.data
