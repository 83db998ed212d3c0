"""Files written whole or not at all, JSON, and digests of files and of plain data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError

__all__ = [
    "damage_named",
    "digest",
    "read_json",
    "sha256",
    "write_json",
    "write_text",
    "written_whole",
]


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path that becomes `path` at the end, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    yield partial
    partial.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    with written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, whole or not at all; NaN and infinity, not JSON, are refused."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


@contextmanager
def damage_named(path: Path, what: str, made_by: str = "") -> Iterator[None]:
    """Raise one clear error where the content of a file makes reading fail.

    Parameters
    ----------
    path : Path
    what : str
        What the file should be, such as "Arrow file".
    made_by : str
        The command that makes it again; without it, `make rebuild`.

    Raises
    ------
    HandbookError
        Names the file and says what to do. Errors of the file system itself pass through.
    """
    try:
        yield
    except HandbookError:
        raise
    except Exception as error:  # readers raise errors of some ten types
        if isinstance(error, OSError) and error.errno is not None:
            raise
        reason = str(error) or type(error).__name__
        raise HandbookError(
            f"{path}: not a whole {what} ({reason}); delete it, and `{made_by or 'make rebuild'}` "
            "makes it again"
        ) from error


def read_json(path: Path, *, made_by: str = "") -> Any:
    """Read a JSON file.

    Parameters
    ----------
    path : Path
    made_by : str
        The command that makes the file. Where it is given, a missing file is the user's to mend
        and not a defect.

    Raises
    ------
    HandbookError
        The file is damaged, or missing where `made_by` says how to make it.
    """
    try:
        with damage_named(path, "JSON file", made_by):
            return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not made_by:
            raise
        raise HandbookError(f"{path}: missing; `{made_by}` makes it") from None


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(value: Mapping[str, Any]) -> str:
    """Return a digest of plain data that does not depend on the order of its keys.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
