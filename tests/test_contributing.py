"""Adding a model, a data set and a lab takes the steps that CONTRIBUTING.md says."""

from __future__ import annotations

import json

import pytest

from tests.project import ROOT, Project

pytestmark = [pytest.mark.services, pytest.mark.slow]

DATA_SET = '''
"""Two blobs on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handbook.data.expectation import between
from handbook.data.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from handbook.data.expectation import Expectation
    from handbook.data.dataset import Dataset

SOURCES = {
    "made": Source(
        title="Blobs", folder="blobs", files=(), licence="CC0", homepage="", citation="none"
    )
}
KIND = "table"
TASKS = ("classification",)


def load(raw: Path, release: str) -> Dataset:
    return sample(0)


def sample(seed: int) -> Dataset:
    import numpy as np
    import pandas as pd

    from handbook.data.dataset import Dataset

    rng = np.random.default_rng(seed)
    y = np.arange(60) % 2
    X = pd.DataFrame({"x": rng.normal(size=60) + 3 * y})
    return Dataset("blobs", "sample", "table", X, y, "side", ("left", "right"))


def expectations(release: str) -> list[Expectation]:
    return [between("x", -9, 12, "blobs lie near 0 and 3")]
'''

LAB = '''
"""A sum."""

from __future__ import annotations

from handbook.labs.result import Result


def compute(terms: int) -> list[Result]:
    return [Result("sum", sum(range(terms + 1)), terms * (terms + 1) // 2, "closed form")]
'''


def test_a_model_a_data_set_and_a_lab_are_an_entry_each(project: Project) -> None:
    package = project.root / "src" / "handbook"
    (package / "data" / "sets" / "blobs.py").write_text(DATA_SET.lstrip())
    (package / "labs" / "examples" / "little_gauss.py").write_text(LAB.lstrip())
    params = project.params()
    params["data"]["blobs"] = {"release": "made"}
    params["models"]["decision-tree-classifier"] = {
        "title": "Decision tree",
        "section": "2.11",
        "task": "classification",
        "data": ["blobs", "iris"],
        "estimator": "sklearn.tree.DecisionTreeClassifier",
        "variants": {
            "book": {"params": {"max_depth": 2}, "preprocess": {}},
            "shallow": {"data": ["iris"], "params": {"max_depth": 1}},
        },
    }
    # a network by itself: a module of the package, which no catalogue has to trust
    example = (ROOT / "docs" / "examples" / "two_layers.py").read_text()
    (package / "models" / "layers.py").write_text(f'{example}\n\n__all__ = ["TwoLayers"]\n')
    params["models"]["two-layers"] = {
        "title": "Two layers",
        "task": "classification",
        "data": ["iris"],
        "estimator": "handbook.models.layers.TwoLayers",
        "variants": {"plain": {"params": {"epochs": 2}}},
    }
    params["labs"]["little-gauss"] = {"title": "Sum", "section": "0", "params": {"terms": 100}}
    project.write_params(params)

    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    results = project.root / "results"
    runs = json.loads((results / "runs.json").read_text())
    new = [
        (run["data"], run["variant"]) for run in runs if run["model"] == "decision-tree-classifier"
    ]
    # of each variant the first data set: it is a demo
    assert sorted(new) == [("blobs", "book"), ("iris", "shallow")]
    assert (results / "models" / "two-layers" / "iris" / "plain" / "model.skops").is_file()
    page = (results / "report" / "models" / "decision-tree-classifier.html").read_text()
    assert "Blobs" in page
    assert (results / "report" / "data" / "blobs.html").exists()
    lab = json.loads((results / "labs" / "little-gauss" / "result.json").read_text())
    assert lab["results"][0]["computed"] == 5050
    # What was there before was not made again.
    assert "Training lenet" not in done.stderr
