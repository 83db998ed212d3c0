"""Results of two branches: whose are taken, and what is made again."""

from __future__ import annotations

import shutil
import subprocess
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.records import dvc_files
from handbook.records.merging import merge
from handbook.workflow import manifest, metadata

#: Sources of each job, by its result.
SOURCES: dict[str, list[str]] = {
    "results/models/a/metrics.json": [],
    "results/models/b/metrics.json": [],
    "results/runs.json": ["results/models/a/metrics.json", "results/models/b/metrics.json"],
    "results/report/a.html": ["results/models/a/metrics.json"],
}
A, B, RUNS, PAGE = SOURCES


def made(folder: Path, times: dict[str, float]) -> Path:
    """Make results that say when they were made, with their records and the manifest."""
    entries = {}
    for name, sources in SOURCES.items():
        path, time = folder / name, times.get(name, 1.0)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} at {time}")
        record = {
            "log": [f"logs/{name}.log"],
            "starttime": time,
            "endtime": time + 0.5,
            "input_checksums": {
                source: f"sha256:{digest(f'{source} at {times.get(source, 1.0)}')}"
                for source in sources
            },
        }
        encoded = urlsafe_b64encode(name.encode()).decode()
        write_json(folder / metadata.STATE / "metadata" / encoded, record)
        entries[name] = manifest.Entry(digest(path.read_text()), time + 0.5)
    manifest.write(folder, entries)
    return folder


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Person", "-c", "user.email=person@example.org")
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The results of the other branch, in the place of DVC's files of its commit."""
    folder = tmp_path / "other"

    class Files:
        def __init__(self, root: Path, commit: str) -> None:
            pass

        def fetch(self) -> None:
            pass

        def copy(self, name: str, target: Path) -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            if (folder / name).is_dir():
                shutil.copytree(folder / name, target)
            else:
                shutil.copyfile(folder / name, target)

    monkeypatch.setattr(dvc_files, "CommitFiles", Files)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository in which Git merges a branch that changed the same line of dvc.lock."""
    folder = tmp_path / "ours"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for branch, text in (("main", "before"), ("theirs", "theirs"), ("main", "ours")):
        git(folder, "checkout", "-q", *(["-b"] if branch == "theirs" else []), branch)
        (folder / "dvc.lock").write_text(text)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", text)
    git(folder, "merge", "-q", "theirs")
    assert "<<<<<<<" in (folder / "dvc.lock").read_text()
    return folder


def test_each_model_is_that_of_the_branch_that_trained_it_last(root: Path, other: Path) -> None:
    made(root, {A: 10.0, RUNS: 12.0, PAGE: 13.0})
    made(other, {B: 20.0, RUNS: 22.0})
    line = merge(root, "MERGE_HEAD")
    assert line.startswith("1 result taken over; 1 result removed that both branches have a part")
    assert (root / A).read_text() == f"{A} at 10.0"
    assert (root / B).read_text() == f"{B} at 20.0"
    assert (root / PAGE).read_text() == f"{PAGE} at 13.0"
    assert not (root / RUNS).exists()  # depends on both
    assert {name: record["starttime"] for name, record in metadata.contents(root)} == {
        A: 10.0, B: 20.0, PAGE: 13.0
    }  # fmt: skip
    audit = manifest.audit(root, save=False, paranoid=True)
    assert audit.whole == 3
    assert not any(audit.differing.values())
    assert (root / "dvc.lock").read_text() == "ours"
    # A second call finds that all is done.
    assert merge(root, "theirs").startswith("0 results taken over")
    assert (root / B).read_text() == f"{B} at 20.0"


def test_what_a_change_here_makes_stale_is_not_kept_from_there(root: Path, other: Path) -> None:
    """The page of a model was drawn there last, from the model as it was before."""
    made(root, {A: 10.0, RUNS: 12.0, PAGE: 13.0})
    made(other, {PAGE: 20.0})
    merge(root, "MERGE_HEAD")
    assert not (root / PAGE).exists()
    assert PAGE not in dict(metadata.contents(root))
    assert (root / RUNS).exists()


def test_results_that_are_not_what_was_recorded_are_not_taken(root: Path, other: Path) -> None:
    """Their record is of another job than their digest."""
    made(root, {})
    made(other, {B: 20.0})
    entries = manifest.read(other)
    manifest.write(other, entries | {B: entries[B]._replace(ended=7.0)})
    merge(root, "MERGE_HEAD")
    assert (root / B).read_text() == f"{B} at 1.0"


def test_records_are_replaced_and_not_written_into(root: Path, other: Path, tmp_path: Path) -> None:
    made(root, {})
    made(other, {B: 20.0})
    (record,) = metadata.paths(root, {B})
    kept = tmp_path / "object"
    for path, saved in ((record, kept), (root / B, tmp_path / "result")):
        saved.hardlink_to(path)
    before = kept.read_text()
    merge(root, "MERGE_HEAD")
    assert kept.read_text() == before
    assert (tmp_path / "result").read_text() == f"{B} at 1.0"


@pytest.mark.parametrize(
    ("revision", "words"),
    [("nowhere", "nowhere: no such commit"), ("MERGE_HEAD", "MERGE_HEAD: no merge is at work")],
)
def test_a_branch_that_is_none_is_named(root: Path, other: Path, revision: str, words: str) -> None:
    made(root, {})
    git(root, "merge", "--abort")
    with pytest.raises(HandbookError, match=words):
        merge(root, revision)


def test_what_people_wrote_is_settled_first(root: Path, other: Path) -> None:
    made(root, {A: 10.0})
    git(root, "merge", "--abort")
    for branch, text in (("theirs", "theirs"), ("main", "ours")):
        git(root, "checkout", "-q", branch)
        (root / "params.yaml").write_text(text)
        git(root, "add", "params.yaml")
        git(root, "commit", "-qm", text)
    git(root, "merge", "-q", "theirs")
    with pytest.raises(HandbookError, match=r"params\.yaml: in conflict; settle"):
        merge(root, "MERGE_HEAD")
    assert "<<<<<<<" in (root / "dvc.lock").read_text()


def test_results_that_cannot_be_had_leave_all_as_it_is(root: Path, other: Path) -> None:
    """The other branch was committed, and never pushed with DVC."""
    made(root, {A: 10.0})
    made(other, {A: 20.0, B: 20.0})
    (other / B).unlink()
    with pytest.raises(HandbookError, match=r"MERGE_HEAD: its results are neither in DVC's cache"):
        merge(root, "MERGE_HEAD")
    assert (root / A).read_text() == f"{A} at 10.0"
    audit = manifest.audit(root, save=False, paranoid=True)
    assert audit.whole == len(SOURCES)
    assert sorted(path.name for path in (root / metadata.STATE).iterdir()) == [
        "handbook.lock", "manifest.jsonl", "metadata"
    ]  # fmt: skip


def test_without_results_here_a_pull_comes_first(root: Path, other: Path) -> None:
    with pytest.raises(HandbookError, match="dvc pull"):
        merge(root, "MERGE_HEAD")
