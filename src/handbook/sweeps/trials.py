"""Trials by digest: one file a job that wrote some, found again by every sweep.

A trial is named by the digest of all that its score depends on, so what was computed once holds for
every sweep that asks for it, and a change to code, data, versions or a parameter asks for a new
one. Each line of a file is one fold of one trial, on disk before the next fold begins: a killed job
loses what it was at, and nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from handbook.core.files import digest, write_text

__all__ = ["Journal", "known", "trial_digest"]

# What a trial's score depends on, of a sweep's spec; its own arguments, data and code come on top.
_SHARED = ("task", "estimator", "folds", "rows", "seed", "threads")


def trial_digest(
    spec: Mapping[str, Any],
    params: Mapping[str, Any],
    preprocess: Mapping[str, Any] | None,
    *,
    made_by: str,
    data: str,
) -> str:
    """Return the name of a trial.

    Neither the sweep nor its metric counts: every metric is kept of every fold. How many folds are
    used does not count either, so that a validation split shares its scores with folds.

    Parameters
    ----------
    spec : mapping
        Of the sweep.
    params : mapping
        All arguments of the estimator.
    preprocess : mapping or None
    made_by : str
        Digest of code and versions.
    data : str
        Digest of the training rows' file.
    """
    shared = {name: spec[name] for name in _SHARED}
    return digest(
        shared
        | {"params": dict(params), "preprocess": preprocess and dict(preprocess)}
        | {"made_by": made_by, "data": data}
    )


def known(folder: Path) -> dict[str, dict[int, dict[str, Any]]]:
    """Read what all jobs have written: fold by fold, by trial.

    A line that a killed process left unfinished is passed over. Where several wrote the same fold,
    one that was not cut short counts.
    """
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in _whole_lines(path):
            folds = found.setdefault(line["trial"], {})
            before = folds.get(line["fold"])
            if before is None or "scores" not in before:
                folds[line["fold"]] = line
    return found


def _whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        if isinstance(line, dict) and {"trial", "fold"} <= line.keys():
            yield line


class Journal:
    """The file of one job, opened for writing; what it holds already is kept.

    Parameters
    ----------
    path : Path
        Its name ends in ``.jsonl``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, line: Mapping[str, Any]) -> None:
        """Append one fold of one trial; it is on disk when this returns."""
        if self._file is None:
            # Made anew, since the file may be a link into a cache, or end in half a line.
            before = _whole_lines(self._path) if self._path.exists() else ()
            write_text(self._path, "".join(_text(one) for one in before))
            self._file = self._path.open("a", encoding="utf-8")
        self._file.write(_text(line))
        self._file.flush()
        os.fsync(self._file.fileno())


def _text(line: Mapping[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n"
