"""Files of a commit as DVC has them, in its cache or in a remote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dvc.api import DVCFileSystem
from dvc.config import NoRemoteError
from dvc.exceptions import DvcException
from dvc.repo import Repo
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
        self._root, self._commit = root, commit
        self._files = DVCFileSystem(str(root), rev=commit)

    def fetch(self) -> None:
        """Bring all that the cache lacks from the remote, if there is one, many files at once."""
        with Repo(str(self._root)) as repo, suppress(NoRemoteError):
            repo.fetch(revs=[self._commit], workspace=False)

    def records(self) -> Iterable[str]:
        """Return the paths of all ``run.json`` below ``models``."""
        paths = (path.removeprefix("/") for path in self._files.find("results/models"))
        return [path.removeprefix("results/") for path in paths if path.endswith("/run.json")]

    def json(self, path: Path) -> Any:
        """Return the content of one of the results, None where the commit has no such file."""
        whole = f"results/{path.as_posix()}"
        return json.loads(self._files.read_bytes(whole)) if self._files.exists(whole) else None

    def copy(self, folder: str, target: Path) -> None:
        """Copy a folder of the commit."""
        self._files.get(folder, str(target), recursive=True)
