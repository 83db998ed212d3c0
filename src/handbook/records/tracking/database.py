"""Opening MLflow's store: made where it is missing, and by one process at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import event
from sqlalchemy.engine import Engine

from handbook.core.errors import HandbookError
from handbook.records.tracking.lock import alone_in

__all__ = ["alone", "connect", "create", "pages"]

_SQLITE = "sqlite:///"


@event.listens_for(Engine, "connect")
def _without_waiting(connection: Any, record: Any) -> None:
    """Leave it to the system when to bring rows to the disk.

    A killed process loses nothing by that, and what a power cut may spoil is made again from the
    records. Waiting would take a quarter of the time that tracking takes.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def alone(store_uri: str) -> AbstractContextManager[None]:
    """Let one process at a time track: what another is bringing in looks cut short."""
    if not store_uri.startswith(_SQLITE):
        return nullcontext()
    return alone_in(Path(store_uri.removeprefix(_SQLITE)).parent)


def connect(store_uri: str) -> MlflowClient:
    """Return a client of the store, which must be one that this MLflow can use."""
    try:
        client = MlflowClient(store_uri, store_uri)
        client.search_experiments(max_results=1)
    except MlflowException as error:
        raise HandbookError(
            f"{store_uri}: MLflow cannot use this store ({error.message.splitlines()[0]}); delete "
            "it and track again: it is rebuilt from the records on disk"
        ) from error
    return client


def create(store_uri: str, artifacts: Path) -> None:
    """Make the SQLite file whole or not at all: a half migrated one is of no use."""
    if not store_uri.startswith(_SQLITE):
        return
    path = Path(store_uri.removeprefix(_SQLITE))
    if path.exists():
        return
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    SqlAlchemyStore(f"{_SQLITE}{partial}", artifacts.resolve().as_uri()).engine.dispose()
    partial.replace(path)


def pages(search: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
    """Yield what one of the client's searches finds, page after page."""
    token: str | None = ""
    while token is not None:
        page = search(*arguments, page_token=token or None)
        yield from list(page)
        token = page.token or None
