"""What a run does about results that are not what was recorded, before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.workflow.test_manifest import NAMES, alter, made

from handbook.core.errors import HandbookError
from handbook.workflow import manifest, session


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with results whose digests were taken."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        made(tmp_path, name, f"0.123 {name}")
    session.end()
    return tmp_path


def settle(*, change: bool = True) -> list[str]:
    lines: list[str] = []
    session.settle(lines.append, change=change)
    return lines


def test_whole_results_need_no_word(folder: Path) -> None:
    assert settle() == []


def test_what_is_altered_is_named_and_set_aside(folder: Path) -> None:
    alter(folder / NAMES[0])
    (folder / NAMES[1]).unlink()
    gone, altered = settle()
    assert altered.startswith(f"1 result altered since it was made: {NAMES[0]}: made again")
    assert gone == f"1 result gone: {NAMES[1]}: made again where they are asked for"
    assert not (folder / NAMES[0]).exists()
    assert (folder / ".snakemake/altered" / NAMES[0]).exists()
    assert settle() == []


def test_a_dry_run_names_it_and_leaves_it(folder: Path) -> None:
    alter(folder / NAMES[0])
    for _ in range(2):
        (line,) = settle(change=False)
        assert line.endswith(f"{NAMES[0]}: a rebuild makes them again")
    assert (folder / NAMES[0]).exists()


def test_a_damaged_record_counts_as_none(folder: Path) -> None:
    (record,) = [
        path for path in (folder / ".snakemake/metadata").iterdir() if "train" in path.read_text()
    ][:1]
    record.write_text("")
    (line,) = settle()
    assert "whose record is damaged" in line
    assert not record.exists()
    assert settle() == []


def test_results_of_which_nothing_is_known_are_refused(folder: Path) -> None:
    (folder / "results/other.json").write_text("{}")
    with pytest.raises(HandbookError, match=r"1 result without a record .* results/other.json"):
        settle()
    assert (folder / "results/other.json").exists()


def test_without_a_manifest_what_was_touched_is_refused_and_nothing_is_moved(folder: Path) -> None:
    (folder / manifest.MANIFEST).unlink()
    alter(folder / NAMES[0])
    for _ in range(2):
        with pytest.raises(HandbookError, match="handbook audit --accept"):
            settle()
    assert (folder / NAMES[0]).exists()
