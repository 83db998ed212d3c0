"""The same catalogue, made twice from nothing, gives the same bytes: `make verify` in small."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.project import Project

pytestmark = [pytest.mark.services, pytest.mark.slow]


def test_a_second_making_differs_in_what_was_measured_alone(built: Project, tmp_path: Path) -> None:
    again = Project.create(tmp_path / "again")
    done = again.snakemake()
    assert done.returncode == 0, done.stderr
    results = [str(project.root / "results") for project in (built, again)]
    assert "The same, but for what was measured" in again.succeed("handbook", "verify", *results)
    page, other = (Path(folder, "report/models/lenet.html").read_bytes() for folder in results)
    assert page != other  # so that something was left out
