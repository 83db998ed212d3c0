"""Where raw files are is told before any is brought, and agrees with what acquiring does."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.data.acquire import acquire
from handbook.data.source import GitObjects, RawFile, Source
from handbook.data.whereabouts import DataWhereabouts, whereabouts

CONTENT = b"a,b\n1,2\n"
PIN = {"size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
Publish = Callable[..., None]


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Make `toy` the only data set; call the fixture to say where its file is published."""

    def call(**where: object) -> None:
        file = RawFile("toy.csv", **PIN, **where)  # type: ignore[arg-type]
        source = Source("Toy", "toy", (file,), "none", "https://example.org", "nobody")
        module = types.SimpleNamespace(SOURCES={"first": source})
        monkeypatch.setattr(registry, "module", lambda name: module)

    call()
    return call


def look(root: Path, mirror: str = "") -> DataWhereabouts:
    (state,) = whereabouts({"toy": "first"}, mirror=mirror, root=root, repo=root)
    return state


def placed(folder: Path, content: bytes = CONTENT) -> Path:
    path = folder / "toy" / "toy.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return folder


def test_what_is_here_is_not_asked_for(publish: Publish, tmp_path: Path) -> None:
    publish(urls=("http://127.0.0.1:9/toy.csv",))
    placed(tmp_path / "data" / "raw")
    state = look(tmp_path)
    assert (state.to_fetch, state.missing, state.why) == ((), (), "")


def test_a_mirrors_file_of_another_size_does_not_count(publish: Publish, tmp_path: Path) -> None:
    mirror = placed(tmp_path / "mirror", CONTENT[:-1])
    assert "mirror: 7 bytes, expected 8" in look(tmp_path, str(mirror)).why


def test_what_was_placed_by_hand_is_judged_where_it_is_read(
    publish: Publish, tmp_path: Path
) -> None:
    placed(tmp_path / "data" / "raw", CONTENT[:-1])
    assert not look(tmp_path).missing


@pytest.mark.parametrize("served", [True, False])
def test_a_mirror_is_asked_before_public_addresses(
    publish: Publish, website: tuple[Path, str], tmp_path: Path, served: bool
) -> None:
    site, address = website
    (site / "toy.csv").write_bytes(CONTENT)
    publish(urls=(f"{address}/toy.csv",))
    mirror = placed(tmp_path / "mirror") if served else tmp_path
    (file,) = look(tmp_path, str(mirror)).to_fetch
    assert file.source == (f"mirror {mirror}" if served else "127.0.0.1")
    assert len(file.failures) == (0 if served else 2)  # the mirror, DVC


def test_a_mirror_may_be_an_address(
    publish: Publish, website: tuple[Path, str], tmp_path: Path
) -> None:
    site, address = website
    placed(site)
    (file,) = look(tmp_path, address).to_fetch
    assert (file.source, file.size) == (f"mirror {address}", len(CONTENT))


def test_what_nobody_serves_is_missing_and_each_source_says_why(
    publish: Publish, website: tuple[Path, str], tmp_path: Path
) -> None:
    _, address = website
    publish(urls=(f"{address}/gone.csv", "http://127.0.0.1:9/toy.csv"))
    state = look(tmp_path, str(tmp_path / "mirror"))
    assert state.why.startswith("toy.csv cannot be had (mirror: it does not have this file; ")
    assert "127.0.0.1: HTTP 404" in state.why
    assert "refused" in state.why
    with pytest.raises(HandbookError):  # and acquiring agrees
        acquire("toy", "first", "toy.csv", tmp_path / "toy.csv", repo=tmp_path, attempts=1)


def test_a_publishers_archive_counts_where_it_answers(
    publish: Publish, website: tuple[Path, str], tmp_path: Path
) -> None:
    site, address = website
    (site / "all.zip").write_bytes(b"not looked into")
    publish(archive=f"{address}/all.zip")
    assert look(tmp_path).to_fetch


def test_a_git_repository_counts_where_it_answers(publish: Publish, tmp_path: Path) -> None:
    repository = tmp_path / "bare.git"
    publish(git=GitObjects(repository.as_uri(), "none.xz", 1, 3))
    assert look(tmp_path).missing
    repository.mkdir()
    (file,) = look(tmp_path).to_fetch
    # What travels are the objects, however large the file is that they become.
    assert file.transfer == (repository.as_uri(), 3)
