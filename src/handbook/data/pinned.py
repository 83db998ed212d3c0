"""Comparing a file with what is pinned about it."""

from __future__ import annotations

from pathlib import Path

from handbook.core import files
from handbook.data.source import RawFile

__all__ = ["mismatch"]


def mismatch(path: Path, file: RawFile) -> str:
    """Say how the file at `path` differs from the pinned one; empty where it is the same."""
    if not path.is_file():
        return "there is no such file"
    size = path.stat().st_size
    if size != file.size:
        return f"{size:,} bytes, expected {file.size:,}"
    digest = files.sha256(path)
    if digest != file.sha256:
        return f"SHA-256 {digest[:12]}…, expected {file.sha256[:12]}…"
    return ""
