"""Objects of a Git repository by their ids: asked for once, checked, never somebody else's."""

from __future__ import annotations

import random
import stat

import pytest
from tests.data.git_server import git, published, serving

from handbook.data import objects
from handbook.data.download import Unavailable

FILES = {f"{number}.bin": random.Random(number).randbytes(900) for number in range(7)}


@pytest.fixture
def ids(tmp_path):
    """Publish seven files; give their ids."""
    return list(published(tmp_path / "site" / "public.git", FILES).values())


@pytest.fixture
def remote(tmp_path, ids, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving(tmp_path / "site") as server:
        server.url += "/public.git"
        yield server


@pytest.fixture
def fetch(tmp_path):
    def call(url, ids, **options):
        repository = tmp_path / "mine.git"
        options = {"size": 6300, "title": "t", "wait": 0.0, "attempts": 1, "batch": 3} | options
        objects.fetch(repository, url, ids, **options)
        return repository

    return call


def contents(repository, ids):
    return list(objects.read(repository, ids))


def held(repository):
    listed = git(repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    return set(listed.split())


def test_a_repository_in_a_folder_gives_objects_and_nothing_else(fetch, ids, tmp_path):
    repository = fetch(f"file://{tmp_path}/site/public.git", ids[:5])
    assert contents(repository, ids[:5]) == list(FILES.values())[:5]
    assert held(repository) == set(ids[:5])


def test_objects_come_over_http_in_batches(fetch, remote, ids):
    repository = fetch(remote.url, ids)
    assert contents(repository, ids) == list(FILES.values())
    assert [len(batch) for batch in remote.wanted] == [3, 3, 1]


def test_an_object_named_twice_is_asked_for_once_and_read_twice(fetch, remote, ids):
    twice = [ids[0], ids[1], ids[0]]
    repository = fetch(remote.url, twice)
    assert contents(repository, twice) == [FILES[f"{number}.bin"] for number in (0, 1, 0)]
    assert remote.wanted == [set(ids[:2])]


def test_an_interrupted_transfer_goes_on_where_it_stopped(fetch, remote, ids):
    remote.breaks_after = lambda request: 500 if request == 1 else None
    with pytest.raises(Unavailable):
        fetch(remote.url, ids)
    repository = fetch(remote.url, ids)
    assert contents(repository, ids) == list(FILES.values())
    assert remote.wanted == [set(ids[a:b]) for a, b in ((0, 3), (3, 6), (3, 6), (6, 7))]
    fetch(remote.url, ids)
    assert len(remote.wanted) == 4  # all are there


def test_a_request_that_fails_is_made_again(fetch, remote, ids):
    remote.breaks_after = lambda request: 500 if request == 0 else None
    repository = fetch(remote.url, ids, attempts=2)
    assert contents(repository, ids) == list(FILES.values())


def test_what_an_interrupted_request_left_is_removed(fetch, remote, ids):
    repository = fetch(remote.url, ids)
    leftover = repository / "objects" / "pack" / "tmp_pack_x"
    leftover.write_bytes(b"half")
    fetch(remote.url, ids)
    assert not leftover.exists()


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_an_object_that_the_remote_has_not_is_named(fetch, remote, ids, tmp_path, scheme):
    url = remote.url if scheme == "http" else f"file://{tmp_path}/site/public.git"
    gone = "0123456789" * 4
    with pytest.raises(Unavailable, match=f"it has no object {gone}"):
        fetch(url, [*ids, gone], attempts=3)
    requests = [batch for batch in remote.wanted if gone in batch]
    assert len(requests) == (scheme == "http")  # and asked for once: it will not come back


def test_an_object_that_is_damaged_at_the_remote_does_not_arrive(fetch, remote, ids, tmp_path):
    path = tmp_path / "site" / "public.git" / "objects" / ids[0][:2] / ids[0][2:]
    path.chmod(path.stat().st_mode | stat.S_IWUSR)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Unavailable, match=r"corrupt|error|not our ref|no object"):
        fetch(remote.url, ids)


def test_an_object_that_is_damaged_here_is_brought_again(fetch, remote, ids):
    repository = fetch(remote.url, ids, batch=7)
    (pack,) = (repository / "objects" / "pack").glob("*.pack")
    data = bytearray(pack.read_bytes())
    data[3000] ^= 0xFF
    pack.chmod(0o600)
    pack.write_bytes(data)
    with pytest.raises(Unavailable, match="damaged on disk; all are brought again"):
        contents(repository, ids)
    assert contents(fetch(remote.url, ids), ids) == list(FILES.values())


def test_a_folder_that_is_no_repository_is_made_anew(fetch, remote, ids, tmp_path):
    (tmp_path / "mine.git").mkdir()
    (tmp_path / "mine.git" / "HEAD").write_text("nonsense")
    assert contents(fetch(remote.url, ids), ids) == list(FILES.values())


def test_a_remote_that_does_not_answer_is_given_up(fetch, remote, ids):
    remote.answers.clear()
    with pytest.raises(Unavailable, match=r"given up after 0\.5 s"):
        fetch(remote.url, ids, deadline=0.5)


def test_a_remote_that_nobody_serves_says_why(fetch, ids):
    with pytest.raises(Unavailable, match=r"unable to access 'http://127.0.0.1:1/x.git/'"):
        fetch("http://127.0.0.1:1/x.git", ids)


def test_without_git_one_line_says_so(fetch, ids, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"^git is not installed; install it and run again$"):
        fetch("http://127.0.0.1:1/x.git", ids)


def test_neither_settings_nor_variables_of_the_user_matter(
    fetch, remote, ids, monkeypatch, tmp_path
):
    home, other = tmp_path / "home", tmp_path / "other.git"
    hooks = home / "template" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "reference-transaction").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "reference-transaction").chmod(0o755)
    (home / ".gitconfig").write_text(
        '[url "http://127.0.0.1:1/"]\n\tinsteadOf = http://127.0.0.1:\n'
        f"[init]\n\ttemplateDir = {home}/template\n[core]\n\thooksPath = {hooks}\n"
        "[fetch]\n\tfsckObjects = nonsense\n"
    )
    published(other, {"a": b"a"})
    before = held(other)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_DIR", str(other))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / "objects"))
    repository = fetch(remote.url, ids)
    assert contents(repository, ids) == list(FILES.values())
    assert held(other) == before


def test_no_process_is_left_when_it_is_stopped(fetch, remote, ids, tmp_path):
    """A deadline ends Git and its helpers, which would otherwise wait on."""
    import psutil

    remote.answers.clear()
    with pytest.raises(Unavailable):
        fetch(remote.url, ids, deadline=0.5)
    mine = str(tmp_path / "mine.git")
    left = [
        process.pid
        for process in psutil.process_iter(["cmdline", "cwd"])
        if mine in (process.info["cmdline"] or []) or process.info["cwd"] == mine
    ]
    assert left == []
