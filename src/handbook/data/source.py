"""Releases of data sets: their raw files with addresses and digests, licence and citation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from handbook.core import files

__all__ = ["RawFile", "Source"]


@dataclass(frozen=True)
class RawFile:
    """A raw file below ``data/raw/<folder>/``, pinned by its size in bytes and its digest."""

    name: str
    size: int
    sha256: str
    #: Public addresses that serve exactly these bytes, tried in order.
    urls: tuple[str, ...] = ()
    #: Public address of a zip file that holds this file under its own name, tried last.
    archive: str = ""

    def mismatch(self, path: Path) -> str:
        """Describe how the file at `path` differs from this one; empty where it does not."""
        if not path.is_file():
            return "there is no such file"
        size = path.stat().st_size
        if size != self.size:
            return f"{size:,} bytes, expected {self.size:,}"
        digest = files.sha256(path)
        if digest != self.sha256:
            return f"SHA-256 {digest[:12]}…, expected {self.sha256[:12]}…"
        return ""


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
    #: For readers: a subset, an edition, a flaw.
    notes: str = ""
