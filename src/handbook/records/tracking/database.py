"""MLflow's store: made where it is missing, written by one process at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import event
from sqlalchemy.engine import Engine

from handbook.core.errors import HandbookError
from handbook.core.lock import alone_in
from handbook.records.tracking.faults import check, reported

__all__ = [
    "connect",
    "create",
    "experiment",
    "file_of",
    "log_metrics",
    "log_params",
    "named",
    "opened",
    "pages",
]

_SQLITE = "sqlite:///"


@event.listens_for(Engine, "connect")
def _without_waiting(connection: Any, record: Any) -> None:
    """Leave it to the system when to write rows to the disk.

    A killed process loses nothing by that; after a power cut the store can be rebuilt from the
    records. Waiting for the disk would take a quarter of the time of tracking.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def file_of(store_uri: str) -> Path | None:
    """Return the file that a store is, None where it is no SQLite file."""
    is_file = store_uri.startswith(_SQLITE)
    return Path(store_uri.removeprefix(_SQLITE)) if is_file else None


@contextmanager
def opened(store_uri: str, artifacts: Path) -> Iterator[MlflowClient]:
    """Make the store where it is missing, and have it alone.

    One process at a time writes: to it, runs that another is logging would look interrupted.

    Raises
    ------
    HandbookError
        What is wrong with the store, and what to do.
    """
    path = file_of(store_uri)
    with nullcontext() if path is None else alone_in(path.parent), reported(path, artifacts):
        create(store_uri, artifacts)
        yield connect(store_uri)


def connect(store_uri: str) -> MlflowClient:
    """Return a client of the store, which must be one that this MLflow can use."""
    path = file_of(store_uri)
    if path is not None:
        check(path)
    try:
        client = MlflowClient(store_uri, store_uri)
        client.search_experiments(max_results=1)
    except MlflowException as error:
        raise HandbookError(
            f"{store_uri}: MLflow cannot use this store ({str(error).splitlines()[0]}); delete "
            "it and track again: it is rebuilt from the records on disk"
        ) from error
    return client


def create(store_uri: str, artifacts: Path) -> None:
    """Make the SQLite file whole or not at all: a half migrated one cannot be used."""
    path = file_of(store_uri)
    if path is None or (path.exists() and path.stat().st_size > 0):
        return
    partial = path.with_name(path.name + ".partial")
    for left in (partial, path):  # what SQLite would take for a part of the new file
        for ending in ("", "-journal", "-wal", "-shm"):
            left.with_name(left.name + ending).unlink(missing_ok=True)
    SqlAlchemyStore(f"{_SQLITE}{partial}", artifacts.resolve().as_uri()).engine.dispose()
    partial.replace(path)


def pages(search: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
    """Yield all results of one of the client's searches, page after page."""
    token: str | None = ""
    while token is not None:
        page = search(*arguments, page_token=token or None)
        yield from list(page)
        token = page.token or None


def experiment(client: MlflowClient, data: str, artifacts: Path) -> str:
    """Return the experiment of a data set; make it, or restore it if it was deleted.

    Raises
    ------
    HandbookError
        Its files lie elsewhere, since the folder was moved.
    """
    location = (artifacts / data).as_uri()
    own = client.get_experiment_by_name(data)
    if own is None:
        own = client.get_experiment(client.create_experiment(data, location))
    if own.artifact_location != location:
        raise HandbookError(
            f"experiment {data!r} keeps its files in {own.artifact_location}, not in "
            f"{location}: the folder was moved; delete the MLflow database "
            f"{client.tracking_uri.removeprefix('sqlite:///')} and run the same "
            "command again, which rebuilds it from the records on disk"
        )
    if own.lifecycle_stage != "active":
        client.restore_experiment(own.experiment_id)
    return str(own.experiment_id)


def named(name: str) -> str:
    """Return a name that MLflow accepts: other characters become underscores.

    Examples
    --------
    >>> named("best.C (log)")
    'best.C _log_'
    """
    return "".join(c if c.isalnum() or c in "_-./ " else "_" for c in name)[:250]


def log_params(client: MlflowClient, run_id: str, params: Mapping[str, str]) -> None:
    """Log parameters of a run; MLflow takes 100 at once, and refuses long values."""
    log = [Param(named(key), value[:6000]) for key, value in params.items()]
    for start in range(0, len(log), 100):
        client.log_batch(run_id, params=log[start : start + 100])


def log_metrics(client: MlflowClient, run_id: str, metrics: Iterable[Metric]) -> None:
    """Log metrics of a run; MLflow takes 1000 at once."""
    log = list(metrics)
    for start in range(0, len(log), 1000):
        client.log_batch(run_id, metrics=log[start : start + 1000])
