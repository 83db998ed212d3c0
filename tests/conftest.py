"""What tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow import Project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose whole graph has run once; never changed, only copied."""
    project = Project.create(tmp_path_factory.mktemp("built") / "project")
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to be changed."""
    return built.copy(tmp_path / "project")
