"""What is wrong with MLflow's store, in one line that says what to do.

MLflow itself tries a database that it cannot open again for 100 seconds, and ends with a traceback.
"""

from __future__ import annotations

import errno
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
from mlflow.exceptions import MlflowException
from requests import RequestException
from sqlalchemy.exc import SQLAlchemyError

from handbook.core.errors import HandbookError
from handbook.records.tracking.patience import (
    ConnectionLost,
    Overtaken,
    display,
    is_gone,
    is_lost,
    unanswered,
)

__all__ = ["SQLITE", "check", "reported"]

#: How the address of a SQLite file begins.
SQLITE = "sqlite:///"

# For how long another program may hold the database, in seconds.
_PATIENCE = 5.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("disk is full", "disk I/O error", "No space left", "quota exceeded", "too large")
_DAMAGED_WORDS = ("malformed", "not a database", "no such table")
_NO_RIGHTS = ("PERMISSION_DENIED", "UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED")
_AGAIN = "nothing is lost, since MLflow is filled from the records in results/"


def check(database: Path) -> None:
    """Refuse a SQLite file that is damaged, locked or not to be written.

    Raises
    ------
    HandbookError
        It names the file, its fault and the remedy.
    """
    try:
        address = f"{database.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as connection:
            fault = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            connection.execute("BEGIN IMMEDIATE")  # as who writes would
            connection.rollback()
    except sqlite3.Error as error:
        fault = str(error)
    fault = " ".join(fault.split())  # some have several lines
    if fault != "ok":
        raise HandbookError(_explained(fault, database) or _unusable(database, fault))


@contextmanager
def reported(store_uri: str, artifacts: Path) -> Iterator[None]:
    """Turn what a full disk, a broken database or a lost server raises into an error for people.

    Parameters
    ----------
    store_uri : str
        MLflow's store.
    artifacts : Path
        Folder for figures and models.

    Raises
    ------
    ConnectionLost
        A server does not answer any more.
    Overtaken
        Somebody else has removed what was to be used.
    """
    database = None if not store_uri.startswith(SQLITE) else Path(store_uri.removeprefix(SQLITE))
    logger = logging.getLogger("mlflow.store.db.utils")  # shows a traceback before it raises
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    except (MlflowException, SQLAlchemyError) as error:
        message = None if database is None else _explained(str(error), database)
        if message is not None:
            raise HandbookError(message) from error
        if database is None and is_lost(error):
            raise ConnectionLost(unanswered(store_uri, error)) from error
        if database is None and getattr(error, "error_code", "") in _NO_RIGHTS:
            raise HandbookError(_refused(store_uri, error)) from error
        if database is None and is_gone(error):
            raise Overtaken(_overtaken(store_uri, error)) from error
        raise
    except RequestException as error:  # what a server answers to a file
        raise HandbookError(_refused(store_uri, error)) from error
    except OSError as error:
        if error.errno not in _FULL and not any(word in str(error) for word in _FULL_WORDS):
            raise
        raise HandbookError(_full(_place(error) or artifacts, _reason(error))) from error
    finally:
        logger.setLevel(level)


def _refused(store_uri: str, error: Exception) -> str:
    return (
        f"{display(store_uri)}: MLflow's server refuses what it was sent ({str(error).strip()}); "
        f"{_AGAIN}. Ask who runs it for the right to create experiments, runs, their files and "
        f"registered models, then run the same command again"
    )


def _overtaken(store_uri: str, error: Exception) -> str:
    return (
        f"{display(store_uri)}: somebody else removed, again and again, what this tracking had "
        f"just seen ({str(error).strip()}); {_AGAIN}: run the same command again once the others "
        "have ended"
    )


def _explained(fault: str, database: Path) -> str | None:
    """Return the error for people, None where a fault is not the disk's or the file's."""
    words = [word for word in _FULL_WORDS if word in fault]
    if words:
        return _full(database, words[0])
    if "is locked" in fault:
        users = ", ".join(_users(database)) or "another program"
        return (
            f"{database}: locked by {users} for more than {_PATIENCE:.0f} s; end that, and run the "
            "same command again"
        )
    if any(word in fault for word in _DAMAGED_WORDS):
        return _unusable(database, fault.splitlines()[0])
    return None


def _unusable(database: Path, fault: str) -> str:
    return (
        f"{database}: MLflow's database cannot be used ({fault}); delete it and run the same "
        f"command again: {_AGAIN}"
    )


def _full(place: Path, reason: str) -> str:
    return (
        f"{place}: cannot be written ({reason}); {_AGAIN}. Make room and run the same command "
        "again, which goes on where this one ended"
    )


def _reason(error: OSError) -> str:
    return error.strerror or "No space left on device"


def _place(error: OSError) -> Path | None:
    """Return the file that could not be written, where an error names it."""
    if isinstance(error, shutil.Error):  # of a folder: source, target and reason of each file
        return Path(error.args[0][0][1])
    name = error.filename2 or error.filename
    return Path(name) if isinstance(name, str) else None


def _users(database: Path) -> Iterator[str]:
    """Yield the other processes that have a file open."""
    path, own = str(database.resolve()), psutil.Process().pid
    for process in psutil.process_iter(["pid", "name", "open_files"]):
        about = process.info
        if about["pid"] != own and path in {file.path for file in about["open_files"] or ()}:
            yield f"process {about['pid']} ({about['name']})"
