"""One's own models go through the whole workflow: one command each, and one file at most."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.project import ROOT, Project

pytestmark = [pytest.mark.services, pytest.mark.slow]

BOOSTED = "boosted/bank-marketing/default"
LAYERS = "two-layers/bank-marketing/default"
LOADED = """
import sys
from pathlib import Path
import mlflow
from handbook.data.dataset import read

mlflow.set_tracking_uri("sqlite:///mlflow.db")
rows = read(Path("results/data/bank-marketing/test.arrow")).X.head(3)
for name in sys.argv[1:]:
    print(name, len(mlflow.pyfunc.load_model(f"models:/{name}/1").predict(rows)))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A catalogue of one data set and one model, to which two are added by a command each."""
    project = Project.create(tmp_path_factory.mktemp("own") / "project")
    params = project.params()
    params["data"] = {"bank-marketing": params["data"]["bank-marketing"]}
    params["models"] = {"logistic-regression": params["models"]["logistic-regression"]}
    params |= {"sweeps": {}, "labs": {}, "claims": {}, "bias_variance": None}
    project.write_params(params)
    shutil.copy2(ROOT / "docs" / "examples" / "two_layers.py", project.root)
    add = ("handbook", "new", "model")
    boosted = ("lightgbm.LGBMClassifier", "--data", "bank-marketing", "--name", "boosted")
    project.succeed(*add, *boosted, "num_leaves=7")
    project.succeed(*add, "two_layers.py", "--data", "bank-marketing", "epochs=3")
    project.succeed("snakemake", "--workflow-profile", "workflow/profiles/default")
    return project


def result(project: Project, run: str) -> Any:
    return json.loads((project.root / "results" / "models" / run / "run.json").read_text())


def test_both_are_trained_shown_and_loaded_from_mlflow(project: Project) -> None:
    for run in (BOOSTED, LAYERS):
        assert result(project, run)["status"] == "FINISHED"
        assert "trusted" not in result(project, run)
        page = project.root / "results" / "report" / "models" / f"{run.split('/')[0]}.html"
        assert page.is_file()
    assert "models.two_layers" in result(project, LAYERS)["code"]
    assert "lightgbm" in result(project, BOOSTED)["versions"]
    assert result(project, BOOSTED)["params"]["num_leaves"] == 7
    printed = project.succeed("python", "-c", LOADED, "boosted", "two-layers")
    assert {"boosted 3", "two-layers 3"} <= set(printed.splitlines())


def test_only_an_edit_of_its_file_runs_a_model_again(project: Project) -> None:
    params = project.params()
    params["models"]["boosted"]["trusted"] = ["lightgbm", "xgboost"]  # whether, not what
    project.write_params(params)
    project.edit("models/two_layers.py", "Classifier with", "A classifier with")  # a docstring
    trained = {job for job in project.planned() if job.startswith("Training")}
    assert trained == set()
    project.edit("models/two_layers.py", "dropout: float = 0.1", "dropout: float = 0.2")
    trained = {job for job in project.planned() if job.startswith("Training")}
    assert trained == {"Training two-layers on bank-marketing (default)"}
