"""A run works on a copy of the package."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.project import SNAKEMAKE, Project

from handbook.workflow import snapshot

ENTER = """
import sys
from pathlib import Path
import handbook.core.errors
from handbook.workflow import snapshot

snapshot.enter(Path(sys.argv[1]), Path(sys.argv[1], "models"))
from handbook.core import files
from handbook.report.site.pages import templates
print(files.__file__, templates()[0], sep="\\n")
"""


def test_here_and_in_processes_to_come_the_copy_is_imported(tmp_path: Path) -> None:
    code = f"{ENTER}import subprocess; subprocess.run([sys.executable, '-c', sys.argv[2]])"
    child = "import handbook; print(handbook.__file__)"
    command = [sys.executable, "-c", code, str(tmp_path), child]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (copy,) = tmp_path.iterdir()
    files = done.stdout.split()
    assert len(files) == 3
    assert all(file.startswith(f"{copy}/handbook/") for file in files)


def test_those_who_copy_at_once_share_one_copy(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENTER, str(tmp_path)]
    racing = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    printed = {process.communicate()[0] for process in racing}
    assert [process.returncode for process in racing] == [0] * 4
    assert len(printed) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_what_was_not_used_for_a_day_is_removed(tmp_path: Path) -> None:
    for name in ("old", "recent"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.json").touch()
    for path in tmp_path.glob("old*"):
        os.utime(path, (0, time.time() - 2 * 24 * 3600))
    snapshot.prune(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"recent", "recent.json"}
    snapshot.prune(tmp_path / "missing")


def test_a_worktree_runs_its_own_package_whichever_is_installed(tmp_path: Path) -> None:
    installed, project = (Project.create(tmp_path / name) for name in ("installed", "worktree"))
    project.append("src/handbook/core/numbers.py", "\n_OF_THIS_COPY = 1\n")
    done = project.run(*SNAKEMAKE, "--dry-run", PYTHONPATH=str(installed.root / "src"))
    assert done.returncode == 0, done.stderr
    (copied,) = project.root.glob(".snakemake/code/*/handbook/core/numbers.py")
    assert "_OF_THIS_COPY" in copied.read_text()
