"""Files that are damaged are named, with what to do; those that are absent stay absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.core import files
from handbook.core.errors import HandbookError


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"a": 1',
        b'{"a": 1}}',
        bytes(100),
        b'{"a": "\xff\xfe"}',
        '{"a": 1}'.encode("utf-16-le"),
        b"\x80abc",
        b"[" * 200_000,
        b"PK\x03\x04",
    ],
    ids=["empty", "cut", "joined", "zeros", "bytes", "utf-16", "binary", "deep", "zip"],
)
@pytest.mark.parametrize("made_by", ["", "handbook sweep depth"])
def test_damaged_json_is_named(content: bytes, made_by: str, tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_bytes(content)
    command = made_by or "make rebuild"
    message = rf"metrics\.json: not a whole JSON file .*; delete it, and `{command}` makes it again"
    with pytest.raises(HandbookError, match=message):
        files.read_json(path, made_by=made_by)


def test_what_is_absent_is_not_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.read_json(tmp_path / "none.json")
    with pytest.raises(HandbookError, match=r"none\.json: missing; `make rebuild` makes it"):
        files.read_json(tmp_path / "none.json", made_by="make rebuild")
    with pytest.raises(IsADirectoryError):
        files.read_json(tmp_path)
