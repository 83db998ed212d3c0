"""MLflow's own page, for this machine alone and with no more processes than it needs."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from handbook.core.errors import HandbookError

__all__ = [
    "HOST",
    "RESULTS",
    "STORE",
    "USUAL_PORT",
    "VIEW",
    "command",
    "environment",
    "port_for",
]

#: Who is at this machine, and nobody else.
HOST = "127.0.0.1"

#: What stands behind an address for the view of runs and registered models; without it, MLflow
#: shows that of language models.
VIEW = "workflowType=machine_learning"

#: Environment variables of the server: the folder of results, and the store that it shows.
RESULTS, STORE = "HANDBOOK_UI_RESULTS", "HANDBOOK_UI_STORE"

#: MLflow's own, and that of other programs.
USUAL_PORT = 5000
_TRIED = 100

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


def environment(
    results: Path, store_uri: str, given: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return an environment for :func:`command`, without what is meant for other servers.

    Parameters
    ----------
    results : Path
        Folder of results, whose report is shown too.
    store_uri : str
        MLflow's store.
    given : mapping of str to str

    Examples
    --------
    >>> given = {"HOME": "/root", "MLFLOW_HOST": "0.0.0.0", "MLFLOW_TRACKING_TOKEN": "abc"}
    >>> own = environment(Path("results"), "sqlite:///mlflow.db", given)
    >>> "MLFLOW_HOST" in own, own["HOME"], own["HANDBOOK_UI_STORE"]
    (False, '/root', 'sqlite:///mlflow.db')
    >>> own["MLFLOW_TRACKING_TOKEN"]
    'abc'
    """
    kept = {
        name: value
        for name, value in given.items()
        if name.startswith(_OF_STORES) or not (name.startswith(_OF_SERVERS) or name in _OF_ALL)
    }
    return kept | _OURS | {RESULTS: str(results.resolve()), STORE: store_uri}


def port_for(wanted: int | None, say: Callable[[str], None]) -> int:
    """Return a port that nothing listens at: the one that is wanted, or one near the usual one.

    Parameters
    ----------
    wanted : int or None
        None takes the usual one, or the next one that is free.
    say : callable
        Takes the line that says that it is not the usual one.

    Raises
    ------
    HandbookError
        The port that is wanted is none, or is in use, or none near the usual one is free.
    """
    if wanted is not None:
        if not 0 < wanted < 65536:
            raise HandbookError(f"{wanted} is no port; ports are numbers from 1 to 65535")
        reason = _fault(wanted)
        if reason:
            raise HandbookError(
                f"{HOST}:{wanted} cannot be used ({reason}), perhaps since MLflow runs there "
                "already; end that, or leave the port out: the next one that is free is taken"
            )
        return wanted
    reasons = {}
    for port in range(USUAL_PORT, USUAL_PORT + _TRIED):
        reasons[port] = _fault(port)
        if not reasons[port]:
            if port != USUAL_PORT:
                say(f"port {USUAL_PORT} cannot be used ({reasons[USUAL_PORT]}): {port} is taken")
            return port
    raise HandbookError(
        f"no port of {HOST} from {USUAL_PORT} to {port} can be used ({reasons[port]}); name "
        "another one: make ui PORT=..."
    )


def _fault(port: int) -> str:
    """Say why a port cannot be used; empty where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""
