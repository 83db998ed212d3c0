"""Results that are kept elsewhere: what is refused, and what it takes."""

from __future__ import annotations

import pytest
from tests.project import Project

from handbook.core.errors import HandbookError
from handbook.workflow.carrying import require_local, send


def test_a_storage_provider_is_refused_before_anything_runs(tmp_path) -> None:
    project = Project.create(tmp_path / "project")
    store = ("--default-storage-provider", "fs", "--default-storage-prefix", str(tmp_path / "s"))
    done = project.snakemake(*store)
    assert done.returncode == 1
    output = done.stdout + done.stderr
    assert "--default-storage-provider fs: results lie in this folder" in output
    assert "`handbook send` and `handbook fetch`" in output
    assert not (project.root / "results").exists()


def test_without_a_provider_nothing_is_refused() -> None:
    require_local(None)


def test_rsync_that_is_missing_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HandbookError, match="rsync is not installed: apt-get install rsync"):
        send(tmp_path, "elsewhere:store")
