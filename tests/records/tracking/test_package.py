"""The code that travels with models."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from handbook.records.tracking import package


def test_modules_of_ones_own_travel_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("models/parts").mkdir(parents=True)
    Path("models/parts/one.py").write_text("x = 1\n")
    Path("models/own.py").write_text(
        "from models.parts.one import x\nimport handbook.models.network\n"
    )
    file = package.archive(tmp_path / "store")
    code = "import models.own, handbook; print(models.own.x, handbook.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(file)}, cwd="/",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["1", str(file / "handbook" / "__init__.py")], done.stderr
    names = zipfile.ZipFile(file).namelist()
    assert len(names) == len(set(names))
    assert package.archive(tmp_path / "again").read_bytes() == file.read_bytes()


def test_without_any_the_archive_is_this_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = zipfile.ZipFile(package.archive(tmp_path / "store")).namelist()
    assert {name.split("/")[0] for name in names} == {"handbook"}
