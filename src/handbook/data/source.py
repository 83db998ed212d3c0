"""Releases of data sets: their raw files with addresses and digests, licence and citation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GitObjects", "RawFile", "Source", "differing"]


@dataclass(frozen=True)
class GitObjects:
    """Files of a public Git repository, brought by their object ids, that make up raw files.

    An object's id is the digest of its content, so each object is its own check.
    """

    #: Address of the repository.
    url: str
    #: Compressed list of paths and ids, a file of the package ``handbook.data``.
    listing: str
    #: Number of different objects.
    count: int
    #: Sum of their sizes in bytes: about what travels.
    size: int


@dataclass(frozen=True)
class RawFile:
    """A raw file below ``data/raw/<folder>/``, pinned by its size in bytes and its digest."""

    name: str
    #: Where it is not known, 0.
    size: int
    #: SHA-256; empty where the publisher gives only `sha1`.
    sha256: str
    #: Public addresses that serve exactly these bytes, tried in order.
    urls: tuple[str, ...] = ()
    #: Public address of a zip file that holds this file under its own name, tried last.
    archive: str = ""
    #: Public Git repository from whose objects this file is written, byte for byte.
    git: GitObjects | None = None
    #: SHA-1, only for a file whose SHA-256 nobody has published.
    sha1: str = ""

    @property
    def digest(self) -> str:
        """The digest that pins the file: SHA-256 (64 digits) or, failing that, SHA-1 (40)."""
        return self.sha256 or self.sha1

    def mismatch(self, path: Path) -> str:
        """Describe how the file at `path` differs from this one; empty where it does not."""
        if not path.is_file():
            return "there is no such file"
        size = path.stat().st_size
        if self.size and size != self.size:
            return f"{size:,} bytes, expected {self.size:,}"
        return differing(path, self.digest)


def differing(path: Path, expected: str) -> str:
    """Describe how a file's digest differs from an expected SHA-256 or SHA-1; empty if not."""
    method = "SHA-256" if len(expected) == 64 else "SHA-1"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, method.replace("-", "").lower()).hexdigest()
    if digest == expected:
        return ""
    return f"{method} {digest[:12]}…, expected {expected[:12]}…"


@dataclass(frozen=True)
class Source:
    """A release of a data set, as its page shows it."""

    title: str
    #: Folder below ``data/raw`` (and in a mirror); data sets may share one.
    folder: str
    #: Empty for a set that comes bundled with scikit-learn.
    files: tuple[RawFile, ...]
    licence: str
    homepage: str
    citation: str
    #: Fingerprint of the rows that the files are read to: it also accepts files that hold the same
    #: rows in another shape. Empty where only the pinned files will do.
    rows: str = ""
    #: For readers: a subset, an edition, a flaw.
    notes: str = ""
