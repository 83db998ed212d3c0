"""Tell where the raw files of each data set are, or would come from, before any is brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from handbook.data import raw
from handbook.data.acquire import from_dvc
from handbook.data.download import Unavailable, answer
from handbook.data.origins import origins
from handbook.data.source import RawFile

__all__ = ["DataWhereabouts", "FileWhereabouts", "whereabouts"]


@dataclass(frozen=True)
class FileWhereabouts:
    """A raw file, and where it is or would come from.

    Parameters
    ----------
    path : str
        Where it belongs.
    size : int
        In bytes; 0 where it is not known.
    here : bool
        Whether there is a file: that it is the right one shows where it is read.
    source : str
        The first source that has it, in short; empty where none has.
    failures : tuple of str
        Why each source before that one has not.
    transfer : (str, int)
        What would travel, and its size in bytes. Files that are written from the objects of one
        Git repository have the same: it travels once.
    """

    path: str
    size: int
    here: bool
    source: str = ""
    failures: tuple[str, ...] = ()
    transfer: tuple[str, int] = ("", 0)

    @property
    def missing(self) -> bool:
        """Whether it is not there and cannot be brought."""
        return not self.here and not self.source


@dataclass(frozen=True)
class DataWhereabouts:
    """A data set and its raw files."""

    data: str
    release: str
    files: tuple[FileWhereabouts, ...]

    @property
    def to_fetch(self) -> tuple[FileWhereabouts, ...]:
        """Files that will be brought."""
        return tuple(file for file in self.files if not file.here and file.source)

    @property
    def missing(self) -> tuple[FileWhereabouts, ...]:
        """Files that cannot be had."""
        return tuple(file for file in self.files if file.missing)

    @property
    def why(self) -> str:
        """Why it cannot be had, in one line; empty where it can."""
        if not self.missing:
            return ""
        first = self.missing[0]
        return f"{Path(first.path).name} cannot be had ({'; '.join(first.failures)})"


def whereabouts(
    releases: Mapping[str, str], *, mirror: str = "", root: Path = Path(), repo: Path = Path()
) -> list[DataWhereabouts]:
    """Look for the raw files of data sets; ask only for those that are not there.

    Parameters
    ----------
    releases : mapping of str to str
        Data set to release.
    mirror : str
        As for :func:`handbook.data.acquire.acquire`.
    root : Path
        Folder that holds ``data/raw``.
    repo : Path
        Root of the project, whose DVC remote is asked.
    """
    pins = raw.owners(releases)
    absent = {path: owned for path, owned in pins.items() if not (root / path).is_file()}
    here = {path: FileWhereabouts(path, pins[path].file.size, here=True) for path in pins}
    if absent:
        with ThreadPoolExecutor(16) as pool:
            ask = partial(_ask, mirror=mirror, repo=repo)
            here |= dict(zip(absent, pool.map(ask, absent, absent.values()), strict=True))
    return [
        DataWhereabouts(name, release, tuple(here[path] for path in raw.pins(name, release)))
        for name, release in releases.items()
    ]


def _ask(path: str, owned: raw.Owned, *, mirror: str, repo: Path) -> FileWhereabouts:
    pin = owned.file
    probes: dict[str, Callable[[str], str]] = {
        "folder": partial(_lies_there, pin),
        "address": answer,
        "dvc": partial(_dvc_has, repo),
        "archive": answer,
        "git": _git_answers,
    }
    failures: list[str] = []
    for origin in origins(raw.source(owned.data, owned.release).folder, pin, mirror):
        reason = probes.get(origin.kind, str)(origin.where)
        if not reason:
            source = f"mirror {mirror}" if origin.name == "mirror" else origin.name
            travels = (origin.where, pin.git.size) if origin.kind == "git" and pin.git else None
            transfer = travels or (path, pin.size)
            return FileWhereabouts(path, pin.size, False, source, tuple(failures), transfer)
        if origin.kind != "nowhere" or origin.label != "mirror":
            failures.append(f"{origin.name}: {reason}")
    return FileWhereabouts(path, pin.size, here=False, failures=tuple(failures))


def _lies_there(pin: RawFile, where: str) -> str:
    path = Path(where)
    if not path.is_file():
        return "it does not have this file"
    size = path.stat().st_size
    return "" if pin.size in (0, size) else f"{size:,} bytes, expected {pin.size:,}"


def _git_answers(url: str) -> str:
    if url.startswith("file://"):
        return "" if Path(url.removeprefix("file://")).is_dir() else "there is no such folder"
    return answer(f"{url}/info/refs?service=git-upload-pack")


def _dvc_has(repo: Path, tracked: str) -> str:
    try:
        from_dvc(repo, lambda stream, _: stream.read(1), tracked, Path())
    except Unavailable as reason:
        return str(reason)
    return ""
