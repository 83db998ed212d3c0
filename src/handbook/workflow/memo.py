"""Small files in which one start of the workflow leaves what the next need not compute again."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["write_memo"]


def write_memo(path: Path, text: str) -> None:
    """Write a memo, whole or not at all, where others may write the same one at the same time.

    Where it cannot be written, as on a full disk, nothing is remembered.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(partial).replace(path)
        finally:
            Path(partial).unlink(missing_ok=True)
