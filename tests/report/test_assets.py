"""What pages load: libraries are what they claim to be."""

from __future__ import annotations

import re

from handbook.core.files import sha256
from handbook.report.site.assets import FOLDER, assets


def test_a_library_has_its_licence_version_and_digests_beside_it() -> None:
    folders = [path for path in FOLDER.iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        about = (folder / "README.txt").read_text()
        assert re.search(r" \d+\.\d+", about)
        assert (folder / "LICENSE").is_file()
        digests = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", about, flags=re.MULTILINE)[::-1])
        files = {path.name for path in folder.iterdir()} - {"README.txt", "LICENSE"}
        assert set(digests.values()) == files
        for digest, name in digests.items():
            assert sha256(folder / name) == digest


def test_nothing_that_pages_load_is_large() -> None:
    for name in assets():
        assert (FOLDER.parent / name).stat().st_size < 200_000
