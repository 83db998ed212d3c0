"""Files of a commit as DVC has them, in its cache or in a remote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dvc.api import DVCFileSystem
from dvc.exceptions import DvcException
from dvc_data.index import DataIndexDirError

__all__ = ["ABSENT", "Pulled"]

# What is raised where neither the cache nor a remote has a file.
ABSENT = (DvcException, DataIndexDirError, OSError)


class Pulled:
    """The outputs of a commit; the working tree is not touched.

    Parameters
    ----------
    root : Path
        Top of the project.
    commit : str
    """

    def __init__(self, root: Path, commit: str) -> None:
        self._files = DVCFileSystem(str(root), rev=commit)

    def paths(self, folder: str) -> Iterable[str]:
        """Yield the files below a folder, sorted."""
        yield from sorted(path.removeprefix("/") for path in self._files.find(folder))

    def json(self, path: str) -> Any:
        """Return the content of a JSON file."""
        return json.loads(self._files.read_bytes(path))

    def copy(self, folder: str, to: Path) -> None:
        """Copy a folder of the commit to a place elsewhere."""
        self._files.get(folder, str(to), recursive=True)
