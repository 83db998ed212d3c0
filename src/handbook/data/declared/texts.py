"""Texts whose encoding the catalogue declares."""

from __future__ import annotations

from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.data.declared.declaration import Declaration

__all__ = ["decoded", "read"]


def read(raw: Path, declared: Declaration) -> str:
    """Read the files of a declared text one behind the other."""
    assert declared.text is not None
    encoding = declared.text.encoding
    parts = [decoded(raw / file.name, encoding) for file in declared.files]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def decoded(path: Path, encoding: str) -> str:
    """Return a file's text without a mark of its encoding, its lines ended by line feeds."""
    try:
        text = path.read_bytes().decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise HandbookError(f"{path}: not a text in {encoding}: {error}") from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
