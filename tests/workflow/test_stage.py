"""What is written into `dvc.yaml` leaves the rest of it as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from tests.project import ROOT

from handbook.workflow import stage


def test_a_data_set_more_is_one_line_more(tmp_path: Path) -> None:
    for name in ("params.yaml", "dvc.yaml", "overrides.yaml"):
        shutil.copy2(ROOT / name, tmp_path / name)
    catalogue, dvc = tmp_path / "params.yaml", tmp_path / "dvc.yaml"
    before = dvc.read_text()
    less = [line for line in before.splitlines(keepends=True) if "data/raw/macbeth" not in line]
    dvc.write_text("".join(less))
    assert str(stage.difference(dvc, catalogue)) == "lacks data/raw/macbeth"
    stage.write(dvc, catalogue)
    # the others, and every comment, stand where they stood
    assert dvc.read_text() == before


def test_what_the_catalogue_has_no_more_goes(tmp_path: Path) -> None:
    for name in ("dvc.yaml", "overrides.yaml"):
        shutil.copy2(ROOT / name, tmp_path / name)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["claims"] = {}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    before = (tmp_path / "dvc.yaml").read_text()
    stage.write(tmp_path / "dvc.yaml", tmp_path / "params.yaml")
    gone = "      - results/claims: {persist: true}\n"
    assert (tmp_path / "dvc.yaml").read_text() == before.replace(gone, "")
