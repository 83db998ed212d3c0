"""Acquire a pinned raw file from a mirror, the DVC remote or the public addresses."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from functools import partial as bind
from pathlib import Path
from typing import IO, Any, TypeAlias

from handbook.core.errors import HandbookError, nearest
from handbook.core.lock import alone_in
from handbook.core.terminal import say
from handbook.data import objects, raw, sprites
from handbook.data.download import Unavailable, copy, download
from handbook.data.formats import archive
from handbook.data.origins import MIRROR, origins
from handbook.data.source import RawFile, Source

__all__ = ["GIVEN_UP", "acquire", "find", "from_dvc"]

#: What the error says of a file that no source gave.
GIVEN_UP = "could not be acquired"

_Take: TypeAlias = Callable[[IO[bytes], Path], object]
"""Writes an open file to a path if it is the pinned one."""

_LARGEST = 2**30  # bytes of a file whose size is not known


def find(name: str, release: str, file: str) -> tuple[Source, RawFile]:
    """Return the source and the pin of a raw file, by data set, release and file name."""
    source = raw.source(name, release)
    if not source.files:
        raise HandbookError(f"{name}: has no raw files, it comes with scikit-learn")
    pins = {pin.name: pin for pin in source.files}
    if file not in pins:
        raise HandbookError(f"{name}: no raw file {file!r}; {nearest(file, pins)}")
    return source, pins[file]


def acquire(
    name: str,
    release: str,
    file: str,
    output: Path,
    *,
    mirror: str = "",
    repo: Path = Path(),
    attempts: int = 4,
    wait: float = 1.0,
    progress: bool | None = None,
) -> str:
    """Acquire a raw file from the first source that has the right bytes.

    Parameters
    ----------
    name, release, file : str
    output : Path
        Kept where it is the right file already, else replaced once there is one.
    mirror : str
        Folder or http(s) address that holds ``<folder>/<file>``; empty for none.
    repo : Path
        Root of the project, whose DVC remote is tried.
    attempts, wait, progress : int, float, bool or None
        As in :func:`~handbook.data.download.download`, for each address.

    Returns
    -------
    str
        The source, and why each source before it failed.

    Raises
    ------
    HandbookError
        All sources failed; the message says why each did and what to do.
    """
    source, pin = find(name, release, file)
    if output.exists():
        fault = pin.mismatch(output)
        if not fault:
            return "already there"
        say(f"{name}: {output}: {fault}; it is replaced")
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.with_name(output.name + ".partial")
    failures = []
    options: dict[str, Any] = {"title": f"{name}/{file}", "progress": progress}
    fetch = bind(download, attempts=attempts, wait=wait, **options)
    take = bind(copy, size=pin.size, sha256=pin.sha256, title=pin.name, progress=progress)
    if not pin.sha256:
        take = bind(_copy_unsized, pin)
    build = bind(_from_git, pin, output, attempts=attempts, wait=wait, **options)
    exact = bind(fetch, size=pin.size, sha256=pin.sha256)
    if not pin.sha256:
        exact = bind(_fetch_unsized, pin, fetch)
    bring: dict[str, Callable[[str, Path], None]] = {
        "nowhere": _refuse,
        "folder": bind(_from_folder, take),
        "address": exact,
        "dvc": bind(from_dvc, repo, take),
        "archive": bind(_from_archive, pin, fetch, take),
        "git": build,
    }
    for origin in origins(source.folder, pin, mirror):
        try:
            bring[origin.kind](origin.where, partial)
        except Unavailable as reason:
            failures.append(f"{origin.label}: {reason}")
        else:
            partial.replace(output)
            _tidy(source, pin, output)
            before = f" (before it: {'; '.join(failures)})" if failures else ""
            return f"{origin.label}{before}"
    raise HandbookError(_advice(name, source, pin, output, failures))


def _refuse(reason: str, partial: Path) -> None:
    raise Unavailable(reason)


def _fetch_unsized(pin: RawFile, fetch: Callable[..., None], url: str, partial: Path) -> None:
    fetch(url, partial, size=_LARGEST, sha256=None)
    _check(pin, partial)


def _copy_unsized(pin: RawFile, stream: IO[bytes], partial: Path) -> None:
    with partial.open("wb") as file:
        shutil.copyfileobj(stream, file)
    _check(pin, partial)


def _check(pin: RawFile, partial: Path) -> None:
    """Remove a file that has come whole but is not the pinned one."""
    if fault := pin.mismatch(partial):
        partial.unlink(missing_ok=True)
        raise Unavailable(f"{fault}: not the pinned release")


def _from_folder(take: _Take, path: str, partial: Path) -> None:
    try:
        with Path(path).open("rb") as stream:
            take(stream, partial)
    except OSError as error:
        raise Unavailable(error.strerror or str(error)) from None


def from_dvc(repo: Path, take: _Take, tracked: str, partial: Path) -> None:
    """Read from DVC's cache or remote, without its locks: a running stage may hold them."""
    if not (repo / ".dvc").is_dir():
        raise Unavailable("not configured: no DVC repository here")
    from dvc.api import DVCFileSystem

    try:
        files = DVCFileSystem(str(repo))
        if not files.isdvc(tracked):
            raise Unavailable(f"not configured: dvc.lock does not list {tracked}")
        with files.open(tracked, "rb") as stream:
            take(stream, partial)
    except Unavailable:
        raise
    except Exception as error:
        # Each kind of remote has a client with errors of its own: any of them means that this
        # source has failed, and the next one is tried.
        absent = isinstance(error, FileNotFoundError) or type(error).__name__ == "DataIndexDirError"
        raise Unavailable(
            "neither its cache nor a remote has the file (dvc remote list shows the remotes)"
            if absent
            else f"{type(error).__name__}: {error}"
        ) from None


def _from_archive(
    pin: RawFile, fetch: Callable[..., None], take: _Take, address: str, partial: Path
) -> None:
    """Download a zip file, whose own digest is not pinned, and extract the pinned file."""
    outer = partial.with_name(pin.name + ".archive.partial")
    try:
        # a publisher's archive holds the file and little besides
        fetch(address, outer, size=2 * pin.size + 2**26, sha256=None)
        data = archive.member(outer, pin.name, limit=pin.size)
        take(io.BytesIO(data), partial)
    except HandbookError as error:
        raise Unavailable(str(error)) from None
    finally:
        outer.unlink(missing_ok=True)


def _from_git(
    pin: RawFile,
    output: Path,
    url: str,
    partial: Path,
    *,
    attempts: int,
    wait: float,
    title: str,
    progress: bool | None,
) -> None:
    """Bring the objects that make up the file and write it from them.

    Files made of the same objects are written by jobs of their own: one brings the objects and
    the others, which wait for it, read them.
    """
    git = pin.git
    assert git is not None
    listed = sprites.listing(git.listing)
    repository = _repository(output)
    with alone_in(repository.parent):
        ids = [sprite.id for sprite in listed]
        objects.fetch(
            *(repository, url, ids),
            size=git.size,
            title=title,
            attempts=attempts,
            wait=wait,
            progress=progress,
        )
        sprites.write(partial, pin.name, listed, bind(objects.read, repository))
    _check(pin, partial)


def _repository(output: Path) -> Path:
    # beside the folder and not in it: DVC tracks all that is there
    return output.parent.with_name(f".{output.parent.name}.objects.git")


def _tidy(source: Source, pin: RawFile, output: Path) -> None:
    """Remove the objects once every file that is made of them is there."""
    repository = _repository(output)
    if pin.git and repository.is_dir():
        made = [file for file in source.files if file.git == pin.git]
        if not any(file.mismatch(output.with_name(file.name)) for file in made):
            shutil.rmtree(repository, ignore_errors=True)


def _advice(name: str, source: Source, pin: RawFile, output: Path, failures: list[str]) -> str:
    tried = "\n".join(f"  {number}. {text}" for number, text in enumerate(failures, 1))
    notes = f"\n  - {source.notes}" if source.notes and not (pin.urls or pin.git) else ""
    size = f" ({pin.size:,} bytes)" if pin.size else ""
    method = "SHA-256" if pin.sha256 else "SHA-1"
    return (
        f"{name}: {pin.name}{size} {GIVEN_UP}; tried in this order:\n"
        f"{tried}\n"
        "What to do, any one of these:\n"
        f"  - set {MIRROR} to a folder or address that holds {source.folder}/{pin.name}\n"
        f"  - place the file by hand at {output} ({method} {pin.digest}); see {source.homepage}\n"
        "  - fetch it from a colleague's DVC remote: dvc remote add, then dvc pull\n"
        "  - check the network and run again: what has arrived is kept and continued\n"
        "  - work with generated data: data_source: sample in params.yaml, or make demo"
        f"{notes}"
    )
