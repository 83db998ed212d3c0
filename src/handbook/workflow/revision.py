"""Which state of this project's own repository made a result."""

from __future__ import annotations

import subprocess
from typing import TypedDict

__all__ = ["GIT", "Revision", "revision"]

#: Git, also in a folder of another user, where it does nothing by itself for fear of the programs
#: that the repository's configuration names. The code of this folder is being run already.
GIT = ("git", "-c", "safe.directory=*")

# What makes results. Results themselves do not count: each rebuild rewrites those in Git.
_SOURCES = (
    *("Snakefile", "workflow", "src", "models"),
    *("params.yaml", "overrides.yaml", "requirements.lock"),
)


class Revision(TypedDict):
    """A commit, and whether what makes results differed from it; None outside a repository."""

    commit: str | None
    dirty: bool | None


def revision() -> Revision:
    """Return the commit that the working tree stands on."""
    commit = _git("rev-parse", "HEAD")
    # From the top of the repository: jobs of the demo run in a folder of their own.
    changes = _git("status", "--porcelain", "--", *(f":(top){path}" for path in _SOURCES))
    return {"commit": commit, "dirty": None if changes is None else bool(changes)}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run([*GIT, *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
