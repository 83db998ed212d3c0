"""Projects under Git and DVC, worked on by people who share a cache, a remote or a branch."""

from __future__ import annotations

import grp
import hashlib
import os
import pwd
import subprocess
from pathlib import Path

from tests.project import ROOT, SNAKEMAKE, Project

NOTHING_TO_DO = "Nothing to be done"

# Clones of each other's folders are taken, as from a server.
_GIT = """\
[user]
    name = Person
    email = person@example.org
[safe]
    directory = *
"""


class Clone(Project):
    """A clone of a project in which a user of this machine works.

    Parameters
    ----------
    root : Path
    user : str
        Another one than this process's needs its rights.
    """

    def __init__(self, root: Path, user: str = "root") -> None:
        super().__init__(root)
        self.user = user

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command as the user, who may read what root may, such as an environment."""
        return super().run(*self._switch(), *command, **self._own(), **environment)

    def _switch(self) -> list[str]:
        if os.geteuid() == pwd.getpwnam(self.user).pw_uid:
            return []
        group = grp.getgrnam("nogroup").gr_name
        users = ["--reuid", self.user, "--regid", group, "--clear-groups"]
        reads = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
        return ["setpriv", *users, *reads, "--"]

    def _own(self) -> dict[str, str]:
        """Return the variables that name the user and a home, in which Git finds settings."""
        home = self.root.parent
        if not (home / ".gitconfig").exists():
            (home / ".gitconfig").write_text(_GIT)
        return {"HOME": str(home), "LOGNAME": self.user, "HANDBOOK_MLFLOW_LATER": "1"}

    def rebuild(self) -> str:
        """Do what `make rebuild` does; return what it printed."""
        return self.succeed(*SNAKEMAKE) + self.succeed("handbook", "keep")

    def commit(self, message: str) -> None:
        """Commit all that changed."""
        self.succeed("git", "add", "-A")
        self.succeed("git", "commit", "-qm", message)


def versioned(built: Project, folder: Path) -> Clone:
    """Return a copy of a built project with all in a commit, its results in DVC's cache."""
    project = Clone(built.copy(folder).root)
    for name in ("Makefile", ".dvc/config"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    project.succeed("git", "init", "-q", "-b", "main")
    project.succeed("dvc", "init", "-q", "-f")
    assert "results are in DVC's cache" in project.succeed("handbook", "keep")
    project.commit("Results")
    return project


def cloned(origin: Project, folder: Path, user: str = "root") -> Clone:
    """Return a clone of a project, owned by a user, without its results."""
    folder.parent.mkdir(exist_ok=True)
    os.chown(folder.parent, pwd.getpwnam(user).pw_uid, grp.getgrnam("nogroup").gr_gid)
    project = Clone(folder, user)
    folder.mkdir()
    os.chown(folder, pwd.getpwnam(user).pw_uid, grp.getgrnam("nogroup").gr_gid)
    project.succeed("git", "clone", "-q", str(origin.root), ".")
    return project


def changed_objects(cache: Path) -> list[str]:
    """List the objects of a cache that do not hold what their names say."""
    objects = (path for path in (cache / "files/md5").rglob("*") if path.is_file())
    return [
        str(path)
        for path in objects
        if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        != (path.parent.name + path.name).removesuffix(".dir")
    ]
