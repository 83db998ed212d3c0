"""What tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from handbook.locking import alone_in
from tests.workflow import Project

# Before anything imports NumPy or torch. Two tests run at a time: where each had a thread for every
# core, and threads that wait kept their core busy, both took several times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A loaded machine is no defect.
settings.register_profile("handbook", deadline=None)
settings.load_profile("handbook")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose whole graph has run once; never changed, only copied."""
    # Processes that share the tests share this one too: the first to come builds it.
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"
    with alone_in(folder):
        if (folder / "failed").exists():
            pytest.fail((folder / "failed").read_text())
        if (folder / "project").exists():
            return Project(folder / "project")
        project = Project.create(folder / "project")
        done = project.snakemake()
        if done.returncode:
            (folder / "failed").write_text(done.stderr)
            pytest.fail(done.stderr)
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to be changed."""
    return built.copy(tmp_path / "project")


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with the real raw files; tests that ask for it carry the marker `data`."""
    named = os.environ.get("HANDBOOK_MIRROR")
    folder = Path(named) if named else Path(__file__).parents[1] / "../shared/data"
    if not folder.is_dir():
        pytest.skip("no real data: set HANDBOOK_MIRROR to a folder of raw files")
    return folder
