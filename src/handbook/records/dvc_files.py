"""Files of a commit as DVC has them, in its cache or in a remote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dvc.api import DVCFileSystem
from dvc.exceptions import DvcException
from dvc_data.index import DataIndexDirError

__all__ = ["ABSENT", "CommitFiles"]

#: What is raised where neither the cache nor a remote has a file.
ABSENT = (DvcException, DataIndexDirError, OSError)


class CommitFiles:
    """The results of a commit; the working tree is not touched.

    Parameters
    ----------
    root : Path
        Top of the project.
    commit : str
    """

    def __init__(self, root: Path, commit: str) -> None:
        self._files = DVCFileSystem(str(root), rev=commit)

    def paths(self, folder: str) -> Iterable[str]:
        """Return the paths of the files below a folder of the results."""
        found = self._files.find(f"results/{folder}")
        return [path.removeprefix("/").removeprefix("results/") for path in found]

    def json(self, path: str) -> Any:
        """Return the content of one of the results, None where the commit has no such file."""
        if not self._files.exists(f"results/{path}"):
            return None
        return json.loads(self._files.read_bytes(f"results/{path}"))

    def copy(self, folder: str, target: Path) -> None:
        """Copy a folder of the commit."""
        self._files.get(folder, str(target), recursive=True)
