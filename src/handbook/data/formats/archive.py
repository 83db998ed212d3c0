"""Reading members of zip files in memory, safe against hostile archives.

Nothing is ever unpacked to disk, so there is no path to escape from; what remains are links,
bombs and archives that are not what they claim to be.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from handbook.core.errors import HandbookError

__all__ = ["LIMIT", "member", "members", "names"]

LIMIT = 256 * 2**20
"""Largest size of an unpacked member by default, in bytes."""

_PIECE = 2**16
# what zipfile raises where bytes are not what they should be
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
# deflate cannot expand further (RFC 1951: 258 bytes from 2 bits), so a larger size is false
_RATIO = 1032


def member(archive: Path, name: str, limit: int = LIMIT) -> bytes:
    """Return one member of a zip file.

    Raises
    ------
    HandbookError
        No zip, no such member, or one that is unsafe or larger than `limit` bytes.
    """
    ((_, data),) = members(archive, [name], limit)
    return data


def members(archive: Path, names: Iterable[str], limit: int = LIMIT) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of members of a zip file, in the order of `names`; read no others."""
    with _opened(archive) as file:
        for name in names:
            try:
                info = file.getinfo(name)
            except KeyError:
                raise HandbookError(
                    f"{archive}: holds no {name!r}; it is not the pinned release, "
                    "delete it and acquire it again"
                ) from None
            yield name, _read(archive, file, info, limit)


def names(archive: Path) -> list[str]:
    """Return the names of a zip file's members, in its order, without folders."""
    with _opened(archive) as file:
        return [info.filename for info in file.infolist() if not info.is_dir()]


def _opened(archive: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(archive)
    except FileNotFoundError:
        raise
    except _DAMAGES as error:
        raise HandbookError(
            f"{archive}: not a zip archive ({error}); delete it and acquire it again"
        ) from None


def _read(archive: Path, file: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    fault = _fault(info, limit)
    if fault:
        raise HandbookError(f"{archive}: member {info.filename!r} {fault}; it is refused")
    try:
        with file.open(info) as stream:
            # In pieces: zipfile gives out at most the size in the header and checks the checksum,
            # but asked for all it unpacks all there is.
            data = b"".join(iter(lambda: stream.read(_PIECE), b""))
    except _DAMAGES as error:
        raise HandbookError(
            f"{archive}: member {info.filename!r} cannot be read ({error}); delete the archive and "
            "acquire it again"
        ) from None
    if len(data) != info.file_size:
        raise HandbookError(
            f"{archive}: member {info.filename!r} has {len(data):,} bytes, "
            f"its header says {info.file_size:,}; it is refused"
        )
    return data


def _fault(info: zipfile.ZipInfo, limit: int) -> str:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        return "points outside the archive"
    mode = info.external_attr >> 16
    if info.is_dir() or (stat.S_IFMT(mode) and not stat.S_ISREG(mode)):
        return "is no plain file"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed by another method than deflate, which unpacks without a bound"
    if info.file_size > limit:
        return f"has {info.file_size:,} bytes unpacked, more than the {limit:,} allowed"
    if info.file_size > _RATIO * max(info.compress_size, 1):
        return f"claims {info.file_size:,} bytes from {info.compress_size:,}"
    return ""
