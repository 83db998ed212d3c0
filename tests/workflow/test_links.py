"""Files that DVC has linked from its cache are replaced, never written into."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from handbook.workflow.links import let_results_be_replaced, unprotect


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    """A read-only object of the cache."""
    path = tmp_path / "object"
    path.write_text("kept")
    path.chmod(0o444)
    return path


def link(path: Path, cached: Path, kind: str) -> None:
    """Link a file from the cache as DVC does."""
    if kind == "symlink":
        path.symlink_to(cached)
    else:
        path.hardlink_to(cached)


@pytest.mark.parametrize("kind", ["symlink", "hardlink"])
def test_a_link_becomes_a_file_that_can_be_written_into(
    tmp_path: Path, cached: Path, kind: str
) -> None:
    path = tmp_path / "link"
    link(path, cached, kind)
    unprotect([path])
    assert path.read_text() == "kept"
    assert path.stat().st_mode & 0o200
    path.write_text("new")
    assert cached.read_text() == "kept"
    assert sorted(tmp_path.iterdir()) == [path, cached]


def test_a_file_of_its_own_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "record"
    path.write_text("{}")
    before = path.stat()
    unprotect([path])
    assert path.stat() == before


@pytest.mark.parametrize(("kind", "protected"), [("hardlink", False), ("", True)])
def test_a_hardlink_does_not_count_as_protected_by_its_owner(
    tmp_path: Path, cached: Path, kind: str, *, protected: bool
) -> None:
    class File(str):
        async def protected(self) -> bool:
            return True  # to an ordinary user, whoever runs the test

    let_results_be_replaced(File)
    if kind:
        link(tmp_path / "link", cached, kind)
    assert asyncio.run(File(cached).protected()) is protected
