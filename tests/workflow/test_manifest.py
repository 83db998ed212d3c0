"""Results are compared with what was recorded of them."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from handbook.workflow.manifest import MANIFEST, Audit, audit, set_aside

NAMES = ("results/metrics.json", "results/cv/ridge.json", "results/model.skops")


def made(workdir: Path, name: str, content: str) -> None:
    """Make a result and Snakemake's record of it."""
    path = workdir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    record = workdir / ".snakemake/metadata" / urlsafe_b64encode(name.encode()).decode()
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"rule": "train", "endtime": path.stat().st_mtime}))


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """A folder with results whose digests were taken."""
    for name in NAMES:
        made(tmp_path, name, f"0.123 {name}")
    assert differing(audit(tmp_path, save=True)) == {}
    return tmp_path


def differing(result: Audit) -> dict[str, list[str]]:
    return {state: names for state, names in result.differing.items() if names}


def alter(path: Path) -> None:
    path.write_text(path.read_text().replace("0.123", "0.124"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("old_time", [True, False])
def test_a_digit_is_noticed_whatever_the_time_of_the_file(
    workdir: Path, name: str, *, old_time: bool
) -> None:
    before = (workdir / name).stat()
    alter(workdir / name)
    if old_time:
        os.utime(workdir / name, ns=(before.st_atime_ns, before.st_mtime_ns))
    for _ in range(2):  # to have seen it is not to accept it
        assert differing(audit(workdir, save=True)) == {"altered": [name]}


def test_what_only_looks_different_is_whole(workdir: Path) -> None:
    for name in NAMES:
        os.utime(workdir / name, (1, 1))
        content = (workdir / name).read_bytes()
        (workdir / name).unlink()
        (workdir / name).write_bytes(content)
    assert audit(workdir, save=True).whole == len(NAMES)


def test_a_change_of_the_disk_is_seen_by_who_reads_everything(workdir: Path) -> None:
    # What no file system can do: other bytes under the same size and times.
    memo = workdir / ".snakemake/compared.json"
    alter(workdir / NAMES[0])
    state = (workdir / NAMES[0]).stat()
    known = json.loads(memo.read_text())
    known[NAMES[0]][:3] = [state.st_size, state.st_mtime_ns, state.st_ctime_ns]
    memo.write_text(json.dumps(known))
    assert differing(audit(workdir, save=False)) == {}
    assert differing(audit(workdir, save=False, paranoid=True)) == {"altered": [NAMES[0]]}


def test_what_was_made_again_gets_a_new_digest(workdir: Path) -> None:
    made(workdir, NAMES[1], "0.5")
    assert differing(audit(workdir, save=True)) == {}
    alter(workdir / NAMES[1])
    (workdir / NAMES[1]).write_text("0.6")
    assert differing(audit(workdir, save=True)) == {"altered": [NAMES[1]]}


def test_what_is_gone_is_named(workdir: Path) -> None:
    (workdir / NAMES[2]).unlink()
    assert differing(audit(workdir, save=True)) == {"missing": [NAMES[2]]}


def test_what_a_failed_job_did_not_leave_is_not_missing(workdir: Path) -> None:
    for name in (NAMES[0], "results/new.json"):
        made(workdir, name, "half")  # Snakemake records the failure and removes the file
        (workdir / name).unlink()
    assert differing(audit(workdir, save=True)) == {}


def test_a_change_before_the_digest_was_taken_is_told_by_its_time(tmp_path: Path) -> None:
    made(tmp_path, NAMES[0], "0.123")
    alter(tmp_path / NAMES[0])
    os.utime(tmp_path / NAMES[0], (1, 1))
    assert differing(audit(tmp_path, save=True)) == {"undigested": [NAMES[0]]}
    assert differing(audit(tmp_path, save=True, accept=True)) == {}
    assert differing(audit(tmp_path, save=True)) == {}


def test_what_a_power_cut_emptied_is_not_believed(workdir: Path) -> None:
    made(workdir, NAMES[0], "")
    assert differing(audit(workdir, save=True)) == {"undigested": [NAMES[0]]}


@pytest.mark.parametrize("cut", [0, 1, 40, -2])
def test_a_damaged_manifest_forgives_nothing(workdir: Path, cut: int) -> None:
    text = (workdir / MANIFEST).read_text()
    (workdir / MANIFEST).write_text(text[:cut])
    for name in NAMES:
        os.utime(workdir / name, (1, 1))
        alter(workdir / name)
    result = differing(audit(workdir, save=True))
    assert sorted(result.get("altered", []) + result["undigested"]) == sorted(NAMES)


def test_looking_changes_nothing(workdir: Path) -> None:
    made(workdir, "results/new.json", "{}")
    before = {path: path.read_bytes() for path in workdir.rglob("*") if path.is_file()}
    assert audit(workdir, save=False).whole == 4
    assert {path: path.read_bytes() for path in workdir.rglob("*") if path.is_file()} == before


def test_what_is_set_aside_can_be_made_again_and_is_not_lost(workdir: Path) -> None:
    alter(workdir / NAMES[0])
    (workdir / NAMES[1]).unlink()
    aside = set_aside(workdir, set(NAMES[:2]))
    assert (aside / NAMES[0]).read_text() == f"0.124 {NAMES[0]}"
    assert not (workdir / NAMES[0]).exists()
    assert audit(workdir, save=True).whole == 1
    assert differing(audit(workdir, save=True)) == {}
