"""What DVC keeps of a rebuild."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.project import Project

from handbook.workflow.keeping import keep
from handbook.workflow.manifest import MANIFEST

pytestmark = [pytest.mark.services]


def write_stage(root: Path, *outs: str) -> None:
    stage = {"cmd": "true", "outs": [{out: {"persist": True}} for out in outs]}
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"rebuild": stage}}))


def test_an_output_that_is_not_made_is_named_and_the_rest_is_kept_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a data set that the catalogue leaves out."""
    monkeypatch.chdir(tmp_path)
    for name in ("data/raw/mnist/digits", "results/models/run", str(MANIFEST)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    project = Project(tmp_path)
    project.succeed("git", "init", "-q")
    project.succeed("dvc", "init", "-q")
    outs = ("data/raw/mnist", "results/models", str(MANIFEST))
    write_stage(tmp_path, *outs, "data/raw/pokemon")
    line = keep(tmp_path)
    assert "an output that dvc.yaml names is missing: data/raw/pokemon" in line
    assert not (tmp_path / "dvc.lock").exists()

    write_stage(tmp_path, *outs)
    assert keep(tmp_path).startswith("results are in DVC's cache")
    assert keep(tmp_path).startswith("DVC has these results")
