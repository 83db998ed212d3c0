from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from handbook.report.site.contents import digests


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    (tmp_path / "figures/inner").mkdir(parents=True)
    for name in ("b.svg", "a.svg", "inner/c.svg"):
        (tmp_path / "figures" / name).write_text(name)
    (tmp_path / "runs.json").write_text("[]")
    paths = (tmp_path / "runs.json", tmp_path / "figures", tmp_path / "figures/a.svg")
    assert list(digests(paths).items()) == [
        ((tmp_path / name).as_posix(), hashlib.sha256(text.encode()).hexdigest())
        for name, text in (
            ("figures/a.svg", "a.svg"),
            ("figures/b.svg", "b.svg"),
            ("runs.json", "[]"),
        )
    ]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.json"):
        digests([tmp_path / "gone.json"])
