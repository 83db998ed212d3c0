"""The log of requests: rows that a server was sent and what it answered, as JSON lines.

Each worker of a server appends to files of its own, one a day. A line is on disk before its answer
leaves, so that a worker that is killed loses no request that was answered. What a shadow answers
lies beside it, see :mod:`handbook.serving.shadow`.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from handbook.core.errors import HandbookError
from handbook.serving import strict_json

__all__ = ["LOGS", "SHADOW", "Log", "Request", "files", "labelled", "read", "records"]

#: The folder of logs, with one for each data set.
LOGS = Path("served")

#: How the names of files with a shadow's answers end.
SHADOW = ".shadow.jsonl"

_PROBE = 65536  # bytes that must find room before a log counts as writable again

_KEYS = ["request", "row"]
_FIXED = [*_KEYS, "time", "run", "job_key"]


@dataclass(frozen=True)
class Request:
    """A request that was answered.

    Parameters
    ----------
    run, job_key : str
        The run that answered, and the digest of its job.
    rows : mapping of str to sequence
        The values of each column, as they came.
    answers : mapping of str to sequence
        Likewise, as :meth:`handbook.training.pyfunc.SavedModel.predict` names the columns.
    policy : str
        What was done with unfamiliar values, see :func:`handbook.data.intake.admit`.
    id : str
        A random one unless given.
    time : datetime
        When it was answered, in UTC.
    """

    run: str
    job_key: str
    rows: Mapping[str, Sequence[Any]]
    answers: Mapping[str, Sequence[Any]]
    policy: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def line(self) -> str:
        """Return it as a line of the log; what is no finite number is null there."""
        content = {
            "id": self.id,
            "time": self.time.isoformat(timespec="milliseconds"),
            "run": self.run,
            "job_key": self.job_key,
            "rows": self.rows,
            "answers": self.answers,
            "policy": self.policy,
        }
        return strict_json.dumps(content) + "\n"


class Log:
    """The part of a log that one process writes.

    Parameters
    ----------
    folder : Path
        That of the data set; made where it is missing.
    server : str
        Stands in the names of its files, as in those of all processes of one server.
    """

    def __init__(self, folder: Path, server: str = "") -> None:
        self._folder = folder
        self._process = f"{server or secrets.token_hex(4)}-{secrets.token_hex(4)}"
        self._day = ""
        self._handle: int | None = None
        self._lock = threading.Lock()

    def write(self, requests: Sequence[Request]) -> None:
        """Append requests, all of them or none.

        Raises
        ------
        OSError
            They could not be written; the log is as it was before.
        """
        lines = "".join(request.line() for request in requests).encode()
        with self._lock:
            handle, end = self._end()
            try:
                self._append(handle, lines)
            except OSError:
                os.ftruncate(handle, end)
                raise

    def check(self) -> None:
        """Raise what writing would, and leave the log as it is."""
        with self._lock:
            handle, end = self._end()
            try:
                self._append(handle, b" " * _PROBE)
            finally:
                os.ftruncate(handle, end)

    def close(self) -> None:
        """Close its file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _end(self) -> tuple[int, int]:
        """Return the handle of today's file, and where it ends."""
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        if self._handle is None or day != self._day:
            self.close()
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{day}-{self._process}.jsonl"
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            self._day = day
        return self._handle, os.lseek(self._handle, 0, os.SEEK_END)

    def _append(self, handle: int, content: bytes) -> None:
        written = 0
        while written < len(content):  # a disk that fills up takes a part
            written += os.write(handle, content[written:])


def files(folder: Path, server: str = "*") -> list[Path]:
    """Return the files of a log, without those of shadows, the oldest day first."""
    own = folder.glob(f"*-{server}-*.jsonl")
    return sorted(path for path in own if not path.name.endswith(SHADOW))


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file of the log; one that is still being written is left out.

    Raises
    ------
    HandbookError
        A line is damaged; the message names it.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                record = json.loads(line)
            except ValueError as error:
                raise HandbookError(
                    f"{path}: line {number} is no JSON ({error}); a disk or an editor damaged it: "
                    "delete this line, and the rest can be read"
                ) from error
            yield record


def read(folder: Path) -> pd.DataFrame:
    """Read the log of a data set.

    Parameters
    ----------
    folder : Path
        With files that :class:`Log` wrote.

    Returns
    -------
    DataFrame
        One row for each row that was answered, in the order of time: ``request`` (its id), ``row``
        (its number in the request, from 0), ``time`` (UTC), ``run``, ``job_key``; ``x:<column>``
        for the row as it came; a column for each one of the answer, such as ``predicted`` and
        ``p:<class>``; of a shadow ``shadow_run`` and ``shadow:<column>``. A value that a request
        did not have is missing.
    """
    shadows = {
        record["id"]: record
        for path in sorted(folder.glob(f"*{SHADOW}"))
        for record in records(path)
        if "answers" in record
    }
    table = _Columns()
    for path in files(folder):
        for record in records(path):
            table.add(record, shadows.get(record["id"]))
    frame = table.frame()
    frame["time"] = pd.to_datetime(frame["time"], utc=True, format="ISO8601")
    return frame.sort_values("time", kind="stable", ignore_index=True)


class _Columns:
    """Columns that grow request by request, each padded where a request has none of its values."""

    def __init__(self) -> None:
        self._values: dict[str, list[Any]] = {name: [] for name in _FIXED}
        self._rows = 0

    def add(self, record: Mapping[str, Any], shadow: Mapping[str, Any] | None) -> None:
        columns = {f"x:{name}": values for name, values in record["rows"].items()}
        columns |= record["answers"]
        n = max(map(len, columns.values()), default=0)
        columns["request"] = [record["id"]] * n
        columns["row"] = list(range(n))
        columns |= {name: [record[name]] * n for name in ("time", "run", "job_key")}
        if shadow is not None:
            columns["shadow_run"] = [shadow["run"]] * n
            columns |= {f"shadow:{name}": values for name, values in shadow["answers"].items()}
        for name, values in columns.items():
            column = self._values.setdefault(name, [])
            column.extend([None] * (self._rows - len(column)))
            column.extend(values)
        self._rows += n

    def frame(self) -> pd.DataFrame:
        for column in self._values.values():
            column.extend([None] * (self._rows - len(column)))
        return pd.DataFrame(self._values)


def labelled(frame: pd.DataFrame, labels: Path) -> pd.DataFrame:
    """Join labels that came later to rows of the log.

    Parameters
    ----------
    frame : DataFrame
        As :func:`read` returns it.
    labels : Path
        CSV with the columns ``request``, ``row`` and ``label``, one line a row.

    Returns
    -------
    DataFrame
        The same rows with a column ``label``, missing where there is none yet. It is text where
        predictions are classes.

    Raises
    ------
    HandbookError
        A column is missing, a row has two labels, or no label is of these rows.
    """
    classes = "predicted" in frame and not pd.api.types.is_numeric_dtype(frame["predicted"])
    types = {"request": str} | ({"label": str} if classes else {})
    try:
        table = pd.read_csv(labels, dtype=types)
    except (ValueError, OSError) as error:
        raise HandbookError(
            f"{labels}: cannot be read ({error}); expected a CSV with the columns request, row "
            "and label"
        ) from error
    absent = [name for name in (*_KEYS, "label") if name not in table.columns]
    if absent:
        raise HandbookError(
            f"{labels}: no column {', '.join(absent)}; expected request and row, as the server's "
            "answer and the order of its rows have them, and label"
        )
    double = np.flatnonzero(table.duplicated(_KEYS))
    if len(double):
        first = table.iloc[double[0]]
        raise HandbookError(
            f"{labels}: line {double[0] + 2} is a second label of row {first['row']} of request "
            f"{first['request']}; keep one of them"
        )
    joined = frame.merge(table[[*_KEYS, "label"]], on=_KEYS, how="left", validate="one_to_one")
    if len(table) and joined["label"].isna().all():
        raise HandbookError(
            f"{labels}: none of its {len(table)} labels is of a request in this log; `request` is "
            "the id in the server's answer"
        )
    return joined
