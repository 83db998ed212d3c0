"""Download a file over HTTP with retries and resumption, and check its size and digest."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Callable
from functools import partial as bind
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from handbook.core import files
from handbook.data.formats import shapes

if TYPE_CHECKING:
    import httpx

__all__ = ["Unavailable", "answer", "bar", "copy", "download"]

_CHUNK = 1 << 18
# What a download may take as a whole: so many seconds, and one for each so many bytes. A server
# that sends a byte now and then keeps every single read within its time.
_START, _RATE = 60, 2**15
# No compression: the pinned size and digest are of the file as it is stored.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "handbook"}


class Unavailable(Exception):
    """A source does not give the file; the message says why."""


class _TryAgain(Exception):
    """The request failed in a way that may not happen again."""


def answer(url: str, *, patience: float = 8.0) -> str:
    """Ask an address for a byte, and return why it does not give one; empty where it does.

    Parameters
    ----------
    url : str
    patience : float
        Seconds that it has for each step of an answer.
    """
    import httpx

    headers = _HEADERS | {"Range": "bytes=0-0"}
    try:
        with httpx.stream(
            "GET", url, headers=headers, timeout=patience, follow_redirects=True
        ) as response:
            status = response.status_code
            return "" if status in (200, 206) else f"HTTP {status} {response.reason_phrase}".strip()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _reason(error)


def download(
    url: str,
    partial: Path,
    *,
    size: int,
    sha256: str | None,
    title: str,
    attempts: int = 4,
    wait: float = 1.0,
    progress: bool | None = None,
    deadline: float | None = None,
) -> None:
    """Download `url` to `partial`, continuing what an earlier attempt left there.

    Parameters
    ----------
    url : str
    partial : Path
        Stays when the connection fails, removed when its content is wrong.
    size : int
        Exact size in bytes; the largest allowed where `sha256` is None.
    sha256 : str or None
        Digest of the content; None where it is not pinned, and then nothing is continued.
    title : str
        Shown beside the progress bar.
    attempts : int
        Number of requests before giving up, with pauses that double.
    wait : float
        Length of the first pause in seconds.
    progress : bool or None
        Whether to draw a progress bar on standard error; None: only on a terminal.
    deadline : float or None
        Seconds that all attempts and pauses may take together; None: a minute, and a second for
        each 32 KiB.

    Raises
    ------
    Unavailable
    """
    seconds = _START + size / _RATE if deadline is None else deadline
    asyncio.run(_download(url, partial, size, sha256, title, attempts, wait, progress, seconds))


async def _download(
    url: str,
    partial: Path,
    size: int,
    sha256: str | None,
    title: str,
    attempts: int,
    wait: float,
    progress: bool | None,
    seconds: float,
) -> None:
    import httpx
    import tenacity

    retry = tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception_type((_TryAgain, httpx.TransportError)),
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_exponential(wait, max=30 * wait) + tenacity.wait_random(0, wait),
        reraise=True,
    )
    partial.parent.mkdir(parents=True, exist_ok=True)
    if sha256 is None:
        partial.unlink(missing_ok=True)
    timeout = httpx.Timeout(30.0, connect=10.0)
    drawn = bind(bar, title, size, progress)
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(headers=_HEADERS, timeout=timeout, follow_redirects=True) as client,
        ):
            await retry(_attempt, client, url, partial, size, sha256, drawn)
    except TimeoutError:
        received = partial.stat().st_size if partial.exists() else 0
        raise Unavailable(
            f"given up after {seconds:,.4g} s, when {received:,} of {size:,} bytes had arrived"
        ) from None
    except (_TryAgain, httpx.HTTPError, httpx.InvalidURL) as error:
        tries = f" ({attempts} attempts)" if attempts > 1 else ""
        raise Unavailable(f"{_reason(error)}{tries}") from None


def _reason(error: BaseException) -> str:
    """Say why a request failed; without a connection, only the first cause of all knows why."""
    text, cause = str(error) or type(error).__name__, error
    while inner := cause.__cause__ or cause.__context__:
        cause = inner
    if isinstance(cause, ConnectionError) and cause.errno:
        return f"{text}: {os.strerror(cause.errno)}"
    return text


async def _attempt(
    client: httpx.AsyncClient,
    url: str,
    partial: Path,
    size: int,
    sha256: str | None,
    bar_from: Callable[[int], Any],
) -> None:
    start = partial.stat().st_size if partial.exists() else 0
    if start >= size:  # complete but not renamed yet, or another file: the digest decides
        if sha256 and start == size and files.sha256(partial) == sha256:
            return
        partial.unlink()
        start = 0
    request = {"Range": f"bytes={start}-"} if start else {}
    async with client.stream("GET", url, headers=request) as response:
        _check(response, partial, start, size)
        resumed = response.status_code == 206
        start = start if resumed else 0
        with partial.open("ab" if resumed else "wb") as file, bar_from(start) as drawn:
            # chunks of any size: of chunks of a fixed size, httpx drops one that is cut short
            async for chunk in response.aiter_raw():
                file.write(chunk)
                drawn.update(len(chunk))
                if file.tell() > size:
                    break
    received = partial.stat().st_size
    if received > size:
        partial.unlink()
        raise Unavailable(f"more than the {size:,} bytes of the file wanted")
    if sha256 and received < size:
        _refuse_page(partial)
        raise _TryAgain(f"ended after {received:,} of {size:,} bytes")
    if sha256 and (digest := files.sha256(partial)) != sha256:
        partial.unlink()
        message = _other(digest, sha256)
        # pieces of two releases may have been joined: a download from the start can be right
        raise _TryAgain(message) if resumed else Unavailable(message)


def _refuse_page(partial: Path) -> None:
    """Refuse a web page in place of the file: asked again, a proxy or a login sends it again."""
    with partial.open("rb") as file:
        name, _ = shapes.format_of(file.read(2048))
    if name.startswith("a web page"):
        partial.unlink()
        raise Unavailable(f"the answer is {name}, not the file: a proxy or a login is in the way")


def _check(response: httpx.Response, partial: Path, start: int, size: int) -> None:
    """Refuse a response that is neither a whole file nor the requested range."""
    status = response.status_code
    if status == 206:
        served = re.match(r"bytes (\d+)-(\d+)/(\d+|\*)$", response.headers.get("Content-Range", ""))
        if not (served and start and int(served[1]) == start and served[3] in ("*", str(size))):
            partial.unlink(missing_ok=True)
            raise _TryAgain("the server sent another range than the requested one")
    elif status == 416:
        partial.unlink(missing_ok=True)
        raise _TryAgain("the server has no such range")
    elif status in (408, 425, 429) or status >= 500:
        raise _TryAgain(f"HTTP {status} {response.reason_phrase}".rstrip())
    elif status != 200:
        raise Unavailable(f"HTTP {status} {response.reason_phrase}".rstrip())


def bar(title: str, size: int, progress: bool | None, start: int = 0) -> Any:
    """Return a progress bar in bytes; without `progress` it is drawn on a terminal only."""
    from tqdm import tqdm

    return tqdm(
        desc=title,
        initial=start,
        total=size,
        unit="B",
        unit_scale=True,
        disable=None if progress is None else not progress,
    )


def copy(
    source: IO[bytes],
    partial: Path,
    *,
    size: int,
    sha256: str,
    title: str,
    progress: bool | None = None,
) -> None:
    """Copy an open file to `partial`; remove it again where size or digest are wrong."""
    partial.parent.mkdir(parents=True, exist_ok=True)
    digest, copied = hashlib.sha256(), 0
    try:
        with partial.open("wb") as file, bar(title, size, progress) as drawn:
            for chunk in iter(bind(source.read, _CHUNK), b""):
                copied += len(chunk)
                if copied > size:
                    break
                digest.update(chunk)
                file.write(chunk)
                drawn.update(len(chunk))
        if copied != size:
            number = f"more than {size:,}" if copied > size else f"{copied:,}"
            raise Unavailable(f"{number} bytes, expected {size:,}")
        if digest.hexdigest() != sha256:
            raise Unavailable(_other(digest.hexdigest(), sha256))
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _other(digest: str, expected: str) -> str:
    return f"SHA-256 {digest[:12]}…, expected {expected[:12]}…: not the pinned release"
