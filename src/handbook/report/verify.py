"""Holds two folders of results against each other, byte by byte but for what was measured.

Two makings of the same results differ in nothing but how long they took, how much memory that
needed, when it was and at which commit. These stand in files of their own, and on pages in
``<data class="measured">``, which the templates write by one macro. Nothing else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from handbook.core.errors import HandbookError

__all__ = ["MEASURED", "Difference", "differences", "files", "masked"]

#: Files that hold nothing but what was measured; the journals of sweeps hold it line by line.
MEASURED = ("**/context.json", "times.json", "sweeps/*/times.csv", "sweeps/.trials/**/*.jsonl")

_ON_PAGES = re.compile(rb'<data class="measured" value="[^"]*">.*?</data>', re.DOTALL)
# How much of a line is shown around the first byte that differs.
_BEFORE, _SHOWN = 40, 100


class Difference(NamedTuple):
    """A file that is not the same in two folders.

    Parameters
    ----------
    path : str
        From the top of both folders.
    where : str
        The first difference, or which of them lacks the file.
    """

    path: str
    where: str


def masked(page: bytes) -> bytes:
    """Return a page without what was measured.

    Examples
    --------
    >>> masked(b'<td><data class="measured" value="1.5">1.5 s</data></td>')
    b'<td><data class="measured"></data></td>'
    """
    return _ON_PAGES.sub(b'<data class="measured"></data>', page)


def files(folder: Path) -> dict[str, Path]:
    """Return the files below a folder by their path from there.

    Raises
    ------
    HandbookError
        There are none, so that nothing would be compared.
    """
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    by_name = {path.relative_to(folder).as_posix(): path for path in paths}
    if not by_name:
        raise HandbookError(f"{folder}: no results to compare; `make demo` makes some")
    return by_name


def differences(first: Path, second: Path) -> Iterator[Difference]:
    """Yield each file that differs between two folders of results, by name.

    A file of :data:`MEASURED` need only be there in both.
    """
    ours, theirs = files(first), files(second)
    apart = {
        path.relative_to(top).as_posix()
        for top in (first, second)
        for pattern in MEASURED
        for path in top.glob(pattern)
    }
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            yield Difference(name, f"only in {first}")
        elif name not in ours:
            yield Difference(name, f"only in {second}")
        elif name not in apart:
            before, after = _compared(ours[name]), _compared(theirs[name])
            if before != after:
                yield Difference(name, _first(before, after))


def _compared(path: Path) -> bytes:
    content = path.read_bytes()
    return masked(content) if path.suffix == ".html" else content


def _first(before: bytes, after: bytes) -> str:
    """Say where two contents begin to differ, and what stands there."""
    pairs = enumerate(zip(before, after, strict=False))
    position = next((i for i, (x, y) in pairs if x != y), min(len(before), len(after)))
    if b"\0" in before or b"\0" in after:
        return f"byte {position:,}, of {len(before):,} and {len(after):,}"
    start = before.rfind(b"\n", 0, position) + 1
    line = before.count(b"\n", 0, start) + 1
    begin = max(start, position - _BEFORE)
    ends = (
        text[begin:].partition(b"\n")[0][:_SHOWN].decode(errors="replace")
        for text in (before, after)
    )
    return f"line {line}: {' | '.join(map(repr, ends))}"
