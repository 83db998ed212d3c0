"""A folder that one process has to itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
