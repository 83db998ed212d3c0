"""MLflow's store: made where it is missing; a SQLite file is written by one process at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from handbook.core.errors import HandbookError
from handbook.core.lock import alone_in
from handbook.records.tracking import connections
from handbook.records.tracking.faults import SQLITE, check, reported
from handbook.records.tracking.namespace import Namespace
from handbook.records.tracking.patience import display, wait_for

__all__ = [
    "Store",
    "connect",
    "create",
    "file_of",
    "log",
    "named",
    "opened",
    "pages",
]


# A server lets each request wait, for its database and its network.
_THREADS = 16


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
    is_file = store_uri.startswith(SQLITE)
    return Path(store_uri.removeprefix(SQLITE)) if is_file else None


@dataclass
class Store:
    """An open store.

    Parameters
    ----------
    uri : str
    client : MlflowClient
    artifacts : Path
        Folder for figures and models, where they lie on this disk.
    namespace : Namespace
    shared : bool
        Whether other processes may write to it: all but a SQLite file.
    """

    uri: str
    client: MlflowClient
    artifacts: Path
    namespace: Namespace
    shared: bool

    @classmethod
    def of(cls, uri: str, client: MlflowClient, artifacts: Path = Path()) -> Store:
        """Return what a client has connected to."""
        shared = file_of(uri) is None
        return cls(uri, client, artifacts.resolve(), Namespace.of(shared), shared)

    def each(self, call: Callable[..., None], arguments: Iterable[tuple[Any, ...]]) -> None:
        """Call for each of the arguments: on a server several at once, which waits for each."""
        if not self.shared:
            for own in arguments:
                call(*own)
            return
        with ThreadPoolExecutor(_THREADS) as pool:
            calls = [pool.submit(call, *own) for own in arguments]
            try:
                for done in as_completed(calls):
                    done.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


@contextmanager
def opened(store_uri: str, artifacts: Path, say: Callable[[str], None] = print) -> Iterator[Store]:
    """Make the store where it is missing; a file is had alone, a server by one process a folder.

    Raises
    ------
    HandbookError
        What is wrong with the store, and what to do.
    """
    path = file_of(store_uri)
    folder = (path or artifacts.resolve()).parent
    with alone_in(folder), reported(store_uri, artifacts):
        create(store_uri, artifacts)
        yield Store.of(store_uri, connect(store_uri, say), artifacts)


def connect(store_uri: str, say: Callable[[str], None] = print) -> MlflowClient:
    """Return a client of the store, which must be one that this MLflow can use."""
    path = file_of(store_uri)
    if path is not None:
        check(path)
    connections.hold(store_uri)
    try:
        client = MlflowClient(store_uri, store_uri)
        wait_for(client, store_uri, say)
    except (MlflowException, ImportError, SQLAlchemyError) as error:
        remedy = (
            "delete it and track again: it is rebuilt from the records on disk"
            if path is not None
            else "see MLFLOW_TRACKING_URI and, where it asks who you are, MLFLOW_TRACKING_USERNAME "
            "and _PASSWORD, or _TOKEN; without the first, runs go to mlflow.db here"
        )
        raise HandbookError(
            f"{display(store_uri)}: MLflow cannot use this store ({str(error).splitlines()[0]}); "
            f"{remedy}"
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
    SqlAlchemyStore(f"{SQLITE}{partial}", artifacts.resolve().as_uri()).engine.dispose()
    partial.replace(path)


def pages(search: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
    """Yield all results of one of the client's searches, page after page."""
    token: str | None = ""
    while token is not None:
        page = search(*arguments, page_token=token or None)
        yield from list(page)
        token = page.token or None


def named(name: str) -> str:
    """Return a name that MLflow accepts: other characters become underscores.

    Examples
    --------
    >>> named("best.C (log)")
    'best.C _log_'
    """
    return "".join(c if c.isalnum() or c in "_-./ " else "_" for c in name)[:250]


def log(
    client: MlflowClient, run_id: str, params: Mapping[str, str], metrics: Iterable[Metric] = ()
) -> None:
    """Log parameters and metrics of a run in as few calls as MLflow allows.

    It takes 100 parameters and 1000 values in all at once, and refuses long texts.
    """
    texts = [Param(named(key), value[:6000]) for key, value in params.items()]
    client.log_batch(run_id, metrics=list(metrics), params=texts)
