"""Adopting a setting writes one variant into `params.yaml`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from handbook.core.errors import HandbookError
from handbook.sweeps.adopt import adopt

CATALOGUE = Path(__file__).parents[2] / "params.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A sweep of the catalogue with results."""
    folder = tmp_path / "results" / "sweeps" / "knn"
    folder.mkdir(parents=True)
    usual = {"numeric": "standard", "categorical": "onehot", "missing": "indicator", "degree": 1}
    best = {
        "sweep": "knn", "model": "knn-classifier", "data": "bank-marketing",
        "data_variant": "bank-full", "rows": 8000, "setting": {"n_neighbors": 51},
        "params": {"n_neighbors": 51}, "preprocess": usual | {"numeric": "minmax"},
    }  # fmt: skip
    (folder / "best.json").write_text(json.dumps(best))
    spec = {"estimator": "sklearn.neighbors.KNeighborsClassifier"}
    (folder / "sweep.json").write_text(json.dumps({"spec": spec}))
    shutil.copy2(CATALOGUE, tmp_path / "params.yaml")
    return tmp_path


def test_adopting(project: Path) -> None:
    path = project / "params.yaml"
    lines = list(adopt("knn", project / "results", path))
    variant = yaml.safe_load(path.read_text())["models"]["knn-classifier"]["variants"]["tuned"]
    assert variant == {
        "params": {"n_neighbors": 51}, "preprocess": {"numeric": "minmax"}, "threshold": "f1",
    }  # fmt: skip
    assert "bank-marketing-realistic, credit-approval" in lines[1]
    assert "8,000 rows" in lines[2]
    again = path.read_text()
    list(adopt("knn", project / "results", path))
    assert path.read_text() == again


def test_what_cannot_be_adopted(project: Path) -> None:
    path, before = project / "params.yaml", (project / "params.yaml").read_bytes()
    with pytest.raises(HandbookError, match="did you mean 'knn'"):
        list(adopt("knm", project / "results", path))
    file = project / "results/sweeps/knn/best.json"
    best = json.loads(file.read_text())
    for wrong, says in [
        ({"setting": None}, "no trial finished"),
        ({"data_variant": "sample"}, "generated data"),
        ({"model": "gone"}, "no model 'gone'"),
    ]:
        file.write_text(json.dumps(best | wrong))
        with pytest.raises(HandbookError, match=says):
            list(adopt("knn", project / "results", path))
    assert path.read_bytes() == before
