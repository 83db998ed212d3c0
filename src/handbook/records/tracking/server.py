"""MLflow's own page, for this machine alone and with no more processes than it needs."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping

from handbook.core.errors import HandbookError

__all__ = ["HOST", "command", "environment", "require_free"]

#: Who is at this machine, and nobody else.
HOST = "127.0.0.1"

# What tells MLflow and the web server below it where to listen, whom to trust and what else to
# start; all of it may stand in the environment for other servers than this one.
_OF_SERVERS = ("MLFLOW_", "_MLFLOW_", "UVICORN_", "GUNICORN_", "HUEY_", "FLASK_")
_OF_ALL = ("WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS")
# Where runs and their files are, and who may read them there.
_OF_STORES = ("MLFLOW_TRACKING_", "MLFLOW_S3_")
_OURS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    # Seven processes for what nobody asks for here: evaluations by language models.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


def command(store_uri: str, port: int) -> list[str]:
    """Return the command that shows a store at a port."""
    return [
        *(sys.executable, "-m", "handbook.records.tracking.page"),
        *("--host", HOST, "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", store_uri, "--registry-store-uri", store_uri),
    ]


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return an environment for :func:`command`, without what is meant for other servers.

    Examples
    --------
    >>> given = {"HOME": "/root", "MLFLOW_HOST": "0.0.0.0", "MLFLOW_TRACKING_TOKEN": "abc"}
    >>> sorted(environment(given))[:3]
    ['HOME', 'MLFLOW_DISABLE_TELEMETRY', 'MLFLOW_LOGGING_LEVEL']
    >>> environment(given)["MLFLOW_TRACKING_TOKEN"]
    'abc'
    """
    kept = {
        name: value
        for name, value in given.items()
        if name.startswith(_OF_STORES) or not (name.startswith(_OF_SERVERS) or name in _OF_ALL)
    }
    return kept | _OURS


def require_free(port: int) -> None:
    """Refuse a port where something listens already, or where nothing may.

    Raises
    ------
    HandbookError
    """
    if not 0 < port < 65536:
        raise HandbookError(f"{port} is no port; ports are numbers from 1 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise HandbookError(
                f"{HOST}:{port} cannot be used ({error.strerror}), perhaps since MLflow runs there "
                f"already; end that, or take another port: `handbook ui --port {port % 65535 + 1}`"
            ) from None
