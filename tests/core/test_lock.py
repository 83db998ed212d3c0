"""A folder that one process has to itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.core.network_drive import network_drive

from handbook.core.lock import alone_in

COUNT = """
import sys
from pathlib import Path
from handbook.core.lock import alone_in

counter = Path(sys.argv[1]) / "count"
for _ in range(50):
    with alone_in(counter.parent):
        # without the lock, others write between reading and writing
        counter.write_text(str(int(counter.read_text()) + 1))
"""


def test_processes_wait_for_each_other(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    all_of_them = [subprocess.Popen([sys.executable, "-c", COUNT, tmp_path]) for _ in range(3)]
    assert [process.wait() for process in all_of_them] == [0, 0, 0]
    assert (tmp_path / "count").read_text() == "150"


def test_the_folder_is_made_and_nothing_else(tmp_path: Path) -> None:
    with alone_in(tmp_path / "new"):
        assert list((tmp_path / "new").iterdir()) == []
    with alone_in(tmp_path / "new"):  # let go of after the first time
        pass


@pytest.mark.parametrize("locks", ["writable handles", "none"])
def test_a_network_drive_locks_writable_files_only_or_nothing(tmp_path: Path, locks: str) -> None:
    (tmp_path / "count").write_text("0")
    environment = network_drive(tmp_path / "drive", locks=locks == "writable handles")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COUNT, tmp_path],
            env=os.environ | environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3 if locks == "writable handles" else 1)
    ]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), errors
    assert (tmp_path / "count").read_text() == str(50 * len(processes))
    if locks == "none":
        # once, not for each of fifty times
        assert errors[0].count("the file system has no locks") == 1
