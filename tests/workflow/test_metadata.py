"""Snakemake's records of results, as Snakemake itself writes them."""

from __future__ import annotations

import json
import os
import shutil
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from handbook.workflow import metadata
from handbook.workflow.compared import Compared


def records(workdir: Path) -> dict[str, metadata.Record]:
    return metadata.records(workdir, Compared(workdir / "memo.json", workdir))


def unrecorded(workdir: Path) -> list[str]:
    return metadata.unrecorded(workdir, records(workdir))


def record(workdir: Path, name: str, content: str) -> Path:
    path = workdir / ".snakemake/metadata" / urlsafe_b64encode(name.encode()).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_what_a_killed_process_or_a_clone_leaves_is_no_obstacle(tmp_path: Path) -> None:
    for name in ("metrics.json", "data/iris/train.arrow.partial", ".report.partial/index.html"):
        (tmp_path / "results" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "results" / name).touch()
    metadata = tmp_path / ".snakemake" / "metadata"
    metadata.mkdir(parents=True)
    (metadata / "not base64!").touch()
    (metadata / ".DS_Store").touch()
    assert unrecorded(tmp_path) == []


def test_results_without_a_record_are_found(tmp_path: Path) -> None:
    names = ["results/a.json", "results/c.json"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    metadata = tmp_path / ".snakemake" / "metadata"
    metadata.mkdir(parents=True)
    assert unrecorded(tmp_path) == ["results/a.json", "results/c.json"]
    (metadata / urlsafe_b64encode(b"results/a.json").decode()).write_text("{}")
    incomplete = tmp_path / ".snakemake" / "incomplete"
    incomplete.mkdir()
    (incomplete / urlsafe_b64encode(b"results/c.json").decode()).write_text("")
    assert unrecorded(tmp_path) == []


def test_a_record_whose_name_is_too_long_for_one_file_is_read(tmp_path: Path) -> None:
    name = "results/models/" + "/".join(["a-model-with-a-long-name"] * 10) + "/run.json"
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("{}")
    encoded = urlsafe_b64encode(name.encode()).decode()
    record = tmp_path / ".snakemake" / "metadata" / f"@{encoded[:254]}" / encoded[254:]
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    assert unrecorded(tmp_path) == []
    shutil.rmtree(record.parent)
    assert unrecorded(tmp_path) == [name]


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"rule": "train"', "null", "[]", "{}", '{"endtime": null}', "\x00\x00\x00\x00"],
)
def test_a_damaged_record_is_told_from_a_whole_one(tmp_path: Path, content: str) -> None:
    record(tmp_path, "results/a.json", '{"endtime": 12.5}')
    damaged = record(tmp_path, "results/b.json", content)
    ended = {name: entry.ended for name, entry in records(tmp_path).items()}
    assert ended == {"results/a.json": 12.5, "results/b.json": None}
    assert records(tmp_path)["results/b.json"].path == damaged


def test_records_are_forgotten_by_name(tmp_path: Path) -> None:
    kept, gone = (record(tmp_path, f"results/{name}", "{}") for name in "ab")
    metadata.forget(tmp_path, {"results/b"})
    assert kept.exists()
    assert not gone.exists()


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("1")
    reads: list[Path] = []

    def read(file: Path) -> str:
        reads.append(file)
        return file.read_text()

    def value(**options: bool) -> str:
        compared = Compared(tmp_path / "memo.json", tmp_path, **options)
        content: str = compared.value(path, read)
        compared.save()
        return content

    assert [value(), value()] == ["1", "1"]
    assert len(reads) == 1
    assert value(anew=True) == "1"
    assert len(reads) == 2
    # An edit that keeps size and time still changes the time of the node, which nobody can set.
    before = path.stat()
    path.write_text("2")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert value() == "2"
    (tmp_path / "memo.json").write_text(json.dumps(["damaged"]))
    assert value() == "2"
