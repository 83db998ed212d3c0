"""What was read of files before, so that those that have not changed are not read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handbook.core.files import read_json
from handbook.workflow.memo import write_memo

__all__ = ["Compared"]


class Compared:
    """A value computed from the content of each of many files, remembered on disk.

    A file counts as unchanged while its size, the time of the last change of its content and that
    of its node are the same: no program can set the last one. What the disk alone changes goes
    unseen.

    Parameters
    ----------
    memo : Path
        Where the values are kept.
    root : Path
        What the names of files in `memo` are relative to.
    anew : bool
        Whether every file is read again.
    """

    def __init__(self, memo: Path, root: Path, *, anew: bool = False) -> None:
        self._memo, self._root = memo, root
        try:
            self._before: dict[str, list[Any]] = {} if anew else dict(read_json(memo))
        except (OSError, ValueError, TypeError):
            self._before = {}
        self._now: dict[str, list[Any]] = {}

    def value(self, path: Path, read: Callable[[Path], Any]) -> Any:
        """Return what `read` returns for a file, which is plain data.

        Raises
        ------
        FileNotFoundError
        """
        state = path.stat()
        stamps = [state.st_size, state.st_mtime_ns, state.st_ctime_ns]
        name = path.relative_to(self._root).as_posix()
        entry = self._before.get(name)
        if entry is None or entry[:-1] != stamps:
            entry = [*stamps, read(path)]
        self._now[name] = entry
        return entry[-1]

    def save(self) -> None:
        """Remember the values of the files that were asked about."""
        if self._now != self._before:
            write_memo(self._memo, json.dumps(self._now))
