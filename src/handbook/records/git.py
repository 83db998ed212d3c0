"""Reads revisions of this project from git without touching the working tree."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.workflow.revision import GIT

__all__ = ["Git"]

# Where DVC keeps the commits of experiments, and two folders there that hold none.
_EXPERIMENTS = "refs/exps"
_INTERNAL = ("refs/exps/exec/", "refs/exps/stash", "refs/exps/temp/")


class Git:
    """The repository that a folder lies in.

    Parameters
    ----------
    root : Path
        Top of a working tree.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def around(cls, folder: Path) -> Git | None:
        """Return the repository around a folder, None where there is none."""
        top = _run(folder, "rev-parse", "--show-toplevel")
        return None if top is None else cls(Path(top.decode().strip()))

    def commit(self, revision: str) -> str | None:
        """Return the full hash of the commit that a revision names, None if it names none."""
        if revision.startswith("-"):
            return None
        commit = _run(self.root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        return None if commit is None else commit.decode().strip()

    def experiments(self) -> dict[str, list[str]]:
        """Return the commits of DVC's experiments by name; one name may stand for several."""
        refs = _run(self.root, "for-each-ref", "--format=%(refname) %(objectname)", _EXPERIMENTS)
        commits: dict[str, list[str]] = {}
        for line in (refs or b"").decode().splitlines():
            ref, commit = line.split()
            if not ref.startswith(_INTERNAL):
                commits.setdefault(ref.rpartition("/")[2], []).append(commit)
        return commits

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file as it was at a commit, None where there was none."""
        return _run(self.root, "cat-file", "blob", f"{commit}:{path}")

    def conflicts(self) -> list[str]:
        """Return the files that a merge has left in conflict."""
        names = _run(self.root, "diff", "--name-only", "--diff-filter=U", "-z")
        return [name for name in (names or b"").decode().split("\0") if name]

    def files(self, commit: str, folder: str) -> dict[str, bytes]:
        """Return the files below a folder as they were at a commit, by path."""
        tree = _run(self.root, "ls-tree", "-r", "-z", "--name-only", commit, "--", folder)
        paths = [name for name in (tree or b"").decode().split("\0") if name]
        return dict(zip(paths, self._blobs(f"{commit}:{path}" for path in paths), strict=True))

    def versions(self, paths: Sequence[str], most: int = 200) -> Iterable[bytes]:
        """Yield the content of `paths` in all commits that changed them, the newest first."""
        log = _run(self.root, "log", "--all", f"--max-count={most}", "--format=%H", "--", *paths)
        commits = (log or b"").decode().split()
        yield from self._blobs(f"{commit}:{path}" for commit in commits for path in paths)

    def _blobs(self, names: Iterable[str]) -> list[bytes]:
        """Return objects of the repository, empty where there is none of that name."""
        request = "".join(f"{name}\n" for name in names)
        if not request:
            return []
        answer = _run(self.root, "cat-file", "--batch", text=request.encode()) or b""
        blobs, position = [], 0
        while position < len(answer):
            end = answer.index(b"\n", position)
            header, position = answer[position:end], end + 1
            if header.endswith(b" missing"):
                blobs.append(b"")
                continue
            size = int(header.rsplit(b" ", 1)[1])
            blobs.append(answer[position : position + size])
            position += size + 1
        return blobs

    def clone(self, folder: Path, commit: str) -> None:
        """Check a commit out into a folder of its own, which shares nothing with this tree."""
        # what a clone starts to read the other repository gets no options of this command
        reader = ("--upload-pack", f"{shlex.join(GIT)} upload-pack")
        for command in (
            ["clone", "--quiet", *reader, "--no-checkout", str(self.root), str(folder)],
            ["-C", str(folder), "checkout", "--quiet", "--detach", commit],
        ):
            done = subprocess.run([*GIT, *command], capture_output=True, text=True, check=False)
            if done.returncode:
                raise HandbookError(
                    f"{commit[:12]}: git cannot check this commit out into {folder}: "
                    f"{done.stderr.strip()}"
                )


def _run(folder: Path, *arguments: str, text: bytes | None = None) -> bytes | None:
    try:
        done = subprocess.run(
            [*GIT, *arguments], cwd=folder, input=text, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout
