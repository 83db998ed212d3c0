"""Repositories that the tests of comparison share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.records.compared_runs import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")
