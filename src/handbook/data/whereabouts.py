"""Tell where the raw files of each data set are, or would come from, before any is brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handbook.data import raw
from handbook.data.source import RawFile

if TYPE_CHECKING:
    import httpx

__all__ = ["DataWhereabouts", "FileWhereabouts", "whereabouts"]

#: Seconds that an address has to answer in.
_PATIENCE = 8.0

_Probe = Callable[[], str]
"""Returns why a source does not have a file; empty where it does."""


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
        Whether a file of that size is there.
    source : str
        The first source that has it, in short; empty where none has.
    failures : tuple of str
        Why each source before that one has not.
    """

    path: str
    size: int
    here: bool
    source: str = ""
    failures: tuple[str, ...] = ()

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
    absent = {path: owned for path, owned in pins.items() if not _is_here(root / path, owned.file)}
    here = {path: FileWhereabouts(path, pins[path].file.size, here=True) for path in pins}
    if absent:
        with ThreadPoolExecutor(16) as pool, _client() as client:
            ask = partial(_ask, mirror=mirror, repo=repo, client=client)
            here |= dict(zip(absent, pool.map(ask, absent, absent.values()), strict=True))
    return [
        DataWhereabouts(name, release, tuple(here[path] for path in raw.pins(name, release)))
        for name, release in releases.items()
    ]


def _is_here(path: Path, pin: RawFile) -> bool:
    return path.is_file() and pin.size in (0, path.stat().st_size)


def _client() -> httpx.Client:
    import httpx

    headers = {"Accept-Encoding": "identity", "User-Agent": "handbook", "Range": "bytes=0-0"}
    return httpx.Client(headers=headers, timeout=_PATIENCE, follow_redirects=True)


def _ask(
    path: str, owned: raw.Owned, *, mirror: str, repo: Path, client: httpx.Client
) -> FileWhereabouts:
    failures: list[str] = []
    for label, probe in _sources(path, owned, mirror, repo, client):
        if not (reason := probe()):
            return FileWhereabouts(path, owned.file.size, False, label, tuple(failures))
        failures.append(f"{label}: {reason}")
    return FileWhereabouts(path, owned.file.size, here=False, failures=tuple(failures))


def _sources(
    path: str, owned: raw.Owned, mirror: str, repo: Path, client: httpx.Client
) -> Iterator[tuple[str, _Probe]]:
    """Yield what :func:`handbook.data.acquire.acquire` tries, in its order: label and probe."""
    name = path.removeprefix(f"{raw.FOLDER}/")
    if mirror.startswith(("http://", "https://")):
        address = f"{mirror.rstrip('/')}/{name}"
        yield "mirror", partial(_answers, client, address)
    elif mirror:
        file = Path(mirror).expanduser() / name
        yield "mirror", partial(_lies_there, file, owned.file)
    yield "DVC remote", partial(_dvc_has, repo, path)
    pin = owned.file
    addresses: Sequence[str] = (*pin.urls, *([pin.archive] if pin.archive else []))
    for address in addresses:
        yield _host(address), partial(_answers, client, address)
    if pin.git is not None:
        yield f"{_host(pin.git.url)}, by Git", partial(_git_answers, client, pin.git.url)


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _lies_there(file: Path, pin: RawFile) -> str:
    return "" if _is_here(file, pin) else "it does not have this file"


def _answers(client: httpx.Client, address: str) -> str:
    """Ask for one byte."""
    import httpx

    try:
        with client.stream("GET", address) as response:
            status = response.status_code
            return "" if status in (200, 206) else f"HTTP {status} {response.reason_phrase}"
    except httpx.ConnectError as error:
        return "no network" if "Name or service" in str(error) else str(error)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return str(error) or type(error).__name__


def _git_answers(client: httpx.Client, url: str) -> str:
    if url.startswith("file://"):
        return "" if Path(url.removeprefix("file://")).is_dir() else "there is no such folder"
    return _answers(client, f"{url}/info/refs?service=git-upload-pack")


def _dvc_has(repo: Path, tracked: str) -> str:
    if not (repo / ".dvc").is_dir():
        return "no DVC repository here"
    from dvc.api import DVCFileSystem

    try:
        files = DVCFileSystem(str(repo))
        if not files.isdvc(tracked):
            return f"dvc.lock does not list {tracked}"
        with files.open(tracked, "rb") as stream:
            stream.read(1)
    except Exception:  # each kind of remote has errors of its own: acquiring says which
        return "neither its cache nor a remote has the file"
    return ""
