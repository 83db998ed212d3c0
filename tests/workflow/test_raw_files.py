"""Raw files are planned in the name of the data set that pins them first."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.project import ROOT, Project

pytestmark = [pytest.mark.services]


def test_a_shared_raw_file_is_acquired_for_the_first_data_set_that_pins_it(tmp_path: Path) -> None:
    project = Project.create(tmp_path)
    params = project.params()
    data = yaml.safe_load((ROOT / "params.yaml").read_text())["data"]
    params["data"]["bank-marketing-realistic"] = data["bank-marketing-realistic"]
    project.write_params(params | {"data_source": "real"})
    done = project.snakemake("--dry-run", "--printshellcmds", "data/raw/bank-marketing/bank.zip")
    assert done.returncode == 0, done.stderr
    assert "handbook acquire bank-marketing bank.zip --log" in done.stdout
