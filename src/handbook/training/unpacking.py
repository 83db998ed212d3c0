"""Saved models unpacked within a limit of memory, before anything in them is looked at.

A zip can hold a thousand times its size, say that it holds less, or have one array named in a
thousand places, each of which skops reads anew.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError

__all__ = ["read", "unpacked"]

_MIB = 2**20
#: Most bytes that a model may have unpacked. The largest here, extra trees on all customers of the
#: bank, has 170 MiB in a file of 35 MiB.
_MOST = 1024 * _MIB
# A file may unpack to so many times its size (models here: up to 17 times), and to so much in any
# case: small tables of zeros and ones are packed very tightly.
_RATIO, _FREE = 64, 64 * _MIB
# Part of the limit that the description of the objects may have: each object that it describes
# takes far more memory than the description (a hundred trees: 0.6 MiB).
_SCHEMA_PART = 64
_VARIABLE = "HANDBOOK_MODEL_LIMIT"  # in MiB
_CHUNK = 2**16


def read(path: Path) -> bytes:
    """Return the content of a skops file without compression, see :func:`unpacked`.

    Raises
    ------
    HandbookError
        Opening it would take more memory than allowed.
    zipfile.BadZipFile, zlib.error, KeyError, ValueError
        It is damaged.
    """
    if path.stat().st_size > (most := _given() or _MOST):
        raise _refusal(str(path), "has", most)
    return unpacked(path.read_bytes(), str(path))


def unpacked(data: bytes, where: str) -> bytes:
    """Return a skops file without compression, after counting what opening it will take.

    Parameters
    ----------
    data : bytes
        The file.
    where : str
        What it is called in messages.

    Raises
    ------
    As :func:`read`.
    """
    limit = _given() or min(_MOST, max(_FREE, _RATIO * len(data)))
    contents = _members(data, limit, where)
    schema = contents["schema.json"]
    if len(schema) > (described := (_given() or _MOST) // _SCHEMA_PART):
        raise _refusal(f"{where}: schema.json", "has", described)
    if sum(len(contents[name]) for name in _named(json.loads(schema))) > limit:
        raise _refusal(where, "names arrays so often that they take", limit)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in contents.items():
            target.writestr(name, content)
    return out.getvalue()


def _members(data: bytes, limit: int, where: str) -> dict[str, bytes]:
    """Return the members of a zip by their names, stopping where they have too many bytes."""
    contents = {}
    left = limit
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        if sum(entry.file_size for entry in file.infolist()) > limit:
            raise _refusal(where, "says that it unpacks to", limit)
        for entry in file.infolist():
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile(f"{entry.filename} is packed as no skops file is")
            with file.open(entry) as stream:
                # In pieces: asked for all, zipfile unpacks all, whatever size the entry names.
                pieces = []
                while piece := stream.read(_CHUNK):
                    left -= len(piece)
                    if left < 0:
                        raise _refusal(where, "unpacks to", limit)
                    pieces.append(piece)
            contents[entry.filename] = b"".join(pieces)
    return contents


def _named(node: Any) -> Iterator[str]:
    """Yield the name of a member as often as the description of the objects has it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("file"), str):
                yield node["file"]
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _given() -> int:
    """Return the limit that the environment gives, in bytes; 0 where it gives none."""
    given = os.environ.get(_VARIABLE, "")
    if given and not given.isdecimal():
        raise HandbookError(f"{_VARIABLE}={given}: give a number of MiB, such as 4096")
    return int(given or 0) * _MIB


def _refusal(where: str, what: str, limit: int) -> HandbookError:
    return HandbookError(
        f"{where}: {what} more than the {limit / _MIB:,.0f} MiB that a model of its size may take; "
        f"if it is your own, set the variable {_VARIABLE} to a larger number of MiB, else delete "
        "it and train the model again"
    )
