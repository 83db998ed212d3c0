"""Bring objects of a public Git repository by their ids, without its history."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from handbook.data.download import Unavailable, bar

__all__ = ["fetch", "read"]

_BATCH = 1000  # objects a request: their ids, as arguments, are 41 kB
# What a request may take: so many seconds, and one for each so many bytes.
_START, _RATE = 120, 2**15
# No gc beside a running fetch, no hooks, no stored passwords; a server that sends less than a
# kilobyte a second for a minute is given up. Git before 2.26 asks for version 2 only when told.
_SETTINGS = (
    *("-c", "protocol.version=2", "-c", "gc.auto=0", "-c", "maintenance.auto=false"),
    *("-c", f"core.hooksPath={os.devnull}", "-c", "credential.helper=", "-c", "core.askPass="),
    *("-c", "fetch.unpackLimit=1", "-c", "fetch.fsckObjects=false"),
    *("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60"),
)
# Variables of Git that say how to reach a server; any other could lead into another repository.
_KEPT = ("GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_EXEC_PATH")


def fetch(
    repository: Path,
    url: str,
    ids: Sequence[str],
    *,
    size: int,
    title: str,
    attempts: int = 4,
    wait: float = 1.0,
    progress: bool | None = None,
    batch: int = _BATCH,
    deadline: float | None = None,
) -> None:
    """Bring objects into a repository of their own; those that are there are not asked for again.

    Parameters
    ----------
    repository : Path
        Bare repository; made where it is missing, anew where it is damaged.
    url : str
    ids : sequence of str
        Ids of blobs.
    size : int
        Sum of the objects' sizes in bytes, for the progress bar and the time allowed.
    title, attempts, wait, progress : str, int, float, bool or None
        As in :func:`~handbook.data.download.download`; attempts are counted for each request.
    batch : int
        Most objects of a request.
    deadline : float or None
        Seconds that a request may take; None: two minutes, and a second for each 32 KiB.

    Raises
    ------
    Unavailable
        Git is missing, or the remote does not give all of the objects.
    """
    import tenacity

    sizes = _present(repository, ids)
    missing = [name for name in dict.fromkeys(ids) if name not in sizes]
    seconds = deadline or _START + size * min(batch / max(len(ids), 1), 1) / _RATE
    retry = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(_TryAgain),
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_exponential(wait, max=30 * wait) + tenacity.wait_random(0, wait),
        reraise=True,
    )
    with bar(title, size, progress, sum(sizes.values())) as drawn:
        for start in range(0, len(missing), batch):
            part = missing[start : start + batch]
            try:
                retry(_request, repository, url, part, seconds)
            except _TryAgain as error:
                tries = f" ({attempts} attempts)" if attempts > 1 else ""
                raise Unavailable(f"{error}{tries}") from None
            arrived = _sizes(repository, part)
            drawn.update(sum(arrived.values()))
            if absent := [name for name in part if name not in arrived]:
                raise Unavailable(
                    f"it did not send {len(absent):,} of {len(part):,} objects, {absent[0]} first"
                )


class _TryAgain(Exception):
    """The request failed in a way that may not happen again."""


def _present(repository: Path, ids: Sequence[str]) -> dict[str, int]:
    """Return the sizes of the objects that are there; start anew where nothing can be read."""
    # what an interrupted request left half written
    for leftover in repository.glob("objects/pack/tmp_*"):
        leftover.unlink(missing_ok=True)
    if (repository / "HEAD").is_file():
        with suppress(Unavailable):
            return _sizes(repository, ids)
    shutil.rmtree(repository, ignore_errors=True)
    repository.parent.mkdir(parents=True, exist_ok=True)
    _git(None, "init", "--quiet", "--bare", "--template=", str(repository))
    return {}


def _sizes(repository: Path, ids: Sequence[str]) -> dict[str, int]:
    """Return the size of each object that the repository holds."""
    text = "".join(f"{name}\n" for name in ids).encode()
    shape = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
    lines = (line.split() for line in _git(repository, "cat-file", shape, text=text).splitlines())
    return {name.decode(): int(size[0]) for name, kind, *size in lines if kind == b"blob"}


def _request(repository: Path, url: str, ids: Sequence[str], seconds: float) -> None:
    try:
        # as arguments: --stdin is of Git 2.29
        _git(
            repository,
            *("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--", url, *ids),
            seconds=seconds,
        )
    except Unavailable as error:
        if gone := re.search(r"not our ref ([0-9a-f]{40})", str(error)):
            raise Unavailable(f"it has no object {gone[1]} (any more)") from None
        raise _TryAgain(str(error)) from None


def read(repository: Path, ids: Sequence[str]) -> Iterator[bytes]:
    """Yield the content of each object in the order of `ids`, checked against its id.

    Raises
    ------
    Unavailable
        An object is missing or damaged; the repository is removed, so that it is brought anew.
    """
    command = ["git", *_SETTINGS, "-C", str(repository), "cat-file", "--batch"]
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        done = subprocess.run(
            command,
            input="".join(f"{name}\n" for name in part).encode(),
            capture_output=True,
            env=_environment(),
            check=False,
        )
        position = 0
        for name in part:
            end = done.stdout.find(b"\n", position)
            header = done.stdout[position : max(end, position)].split()
            size = int(header[2]) if len(header) == 3 else 0
            content = done.stdout[end + 1 : end + 1 + size]
            position = end + 2 + size
            named = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
            named.update(content)
            if named.hexdigest() != name:
                shutil.rmtree(repository, ignore_errors=True)
                raise Unavailable(
                    f"object {name} was damaged on disk; all are brought again next time"
                )
            yield content


def _git(
    repository: Path | None, *arguments: str, text: bytes = b"", seconds: float | None = None
) -> bytes:
    """Run Git, by itself or in a repository, and return its output."""
    where = () if repository is None else ("-C", str(repository))
    try:
        # A group of its own: Git has helpers, and all of them end with it.
        process = subprocess.Popen(
            ["git", *_SETTINGS, *where, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            process_group=0,
        )
    except FileNotFoundError:
        raise Unavailable("git is not installed; install it and run again") from None
    with process:
        try:
            output, complaint = process.communicate(text, timeout=seconds)
        except BaseException as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise Unavailable(f"given up after {seconds:,.4g} s without an end") from None
            raise
    if process.returncode:
        lines = complaint.decode(errors="replace").strip().splitlines()
        raise Unavailable("; ".join(lines[:3]) or f"git ended with status {process.returncode}")
    return output


def _environment() -> Mapping[str, str]:
    """Return the environment without settings that lead elsewhere, files of users included."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    # Git before 2.32 knows no GIT_CONFIG_GLOBAL: there the home folder is what leads to it
    nowhere = dict.fromkeys(("GIT_CONFIG_GLOBAL", "HOME", "XDG_CONFIG_HOME"), os.devnull)
    return (
        kept
        | nowhere
        | {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "SSH_ASKPASS": "",
            "LC_ALL": "C",
        }
    )
