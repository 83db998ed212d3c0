"""The state of the repository as results record it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from handbook.records.git import Git
from handbook.workflow.revision import revision


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("src/code.py", "results/metrics.json", "params.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("before")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], check=True)
    return tmp_path


def test_results_and_notes_do_not_make_it_dirty(repository: Path) -> None:
    (repository / "results/metrics.json").write_text("after")
    (repository / "notes.txt").write_text("new")
    found = revision()
    assert found["dirty"] is False
    assert len(found["commit"] or "") == 40


@pytest.mark.parametrize("file", ["src/code.py", "src/new.py", "params.yaml"])
def test_what_makes_results_does_from_any_folder(
    repository: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "results")
    assert revision()["dirty"] is False
    (repository / file).write_text("after")
    assert revision()["dirty"] is True


def test_outside_a_repository_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert revision() == {"commit": None, "dirty": None}


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder to another user")
def test_a_repository_of_another_user_is_read(repository: Path) -> None:
    commit = revision()["commit"]
    for path in (repository, repository / ".git"):
        os.chown(path, 65534, 65534)
    plain = subprocess.run(["git", "status"], capture_output=True, text=True, check=False)
    assert "dubious ownership" in plain.stderr
    assert revision() == {"commit": commit, "dirty": False}
    around = Git.around(repository / "src")
    assert around is not None
    assert around.commit("HEAD") == commit
    around.clone(repository / "copy", str(commit))
    assert (repository / "copy/src/code.py").read_text() == "before"


def test_a_shallow_clone_has_its_one_commit(repository: Path, tmp_path: Path) -> None:
    shallow = repository / "shallow"
    address = f"file://{repository}"
    subprocess.run(["git", "clone", "-q", "--depth", "1", address, shallow], check=True)
    around = Git.around(shallow)
    assert around is not None
    assert around.commit("HEAD") == revision()["commit"]
    assert list(around.versions(["params.yaml"])) == [b"before"]
