"""Models in MLflow: what they take and answer, and what they bring along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml
from tests.records.tracking.conftest import Tracked

from handbook.core.errors import HandbookError
from handbook.core.files import sha256
from handbook.data import dataset
from handbook.training import saving

pytestmark = pytest.mark.services


def test_the_model_says_what_it_takes_and_needs(made: Tracked) -> None:
    made.run("ant")
    made.track()
    mlflow.set_tracking_uri(made.uri)
    model = mlflow.pyfunc.load_model("models:/ant@champion")
    signature = model.metadata.signature
    assert signature.inputs.input_names() == ["job", "city", "age", "balance"]
    outputs = {column.name: column.type.name for column in signature.outputs}
    assert outputs == {"predicted": "string", "p:no": "double", "p:yes": "double"}
    assert model.model_config["classes"] == ["no", "yes"]
    assert model.model_config["columns"] == [
        {"name": "job", "categories": ["clerk", "smith"], "missing": False},
        {"name": "city", "categories": ["here"], "missing": True},
        {"name": "age", "categories": None, "missing": False},
        {"name": "balance", "categories": None, "missing": True},
    ]
    folder = Path(mlflow.artifacts.download_artifacts("models:/ant@champion"))
    requirements = (folder / "requirements.txt").read_text().split()
    assert {"numpy==2.0.0", "scikit-learn==1.9.0"} <= set(requirements)
    assert list(folder.rglob("*.pkl")) == []
    assert len(model.predict(model.input_example)) == 5


def test_the_champion_predicts_what_the_saved_model_predicts(made: Tracked) -> None:
    folder = made.run("ant")
    made.track()
    mlflow.set_tracking_uri(made.uri)
    champion = mlflow.pyfunc.load_model("models:/ant@champion")
    saved = saving.load(folder / "model.skops")
    X = dataset.read(made.results / "data" / "bank-marketing" / "test.arrow").X
    answers = champion.predict(X)
    assert list(answers.columns) == ["predicted", "p:no", "p:yes"]
    codes = {"no": 0, "yes": 1}
    np.testing.assert_array_equal(answers["predicted"].map(codes), saved.predict(X))
    np.testing.assert_array_equal(answers[["p:no", "p:yes"]], saved.predict_proba(X))
    texts = X.astype({"job": object, "city": object})
    pd.testing.assert_frame_equal(champion.predict(texts), answers)
    np.testing.assert_array_equal(
        champion.predict(X, params={"method": "predict_proba"}), saved.predict_proba(X)
    )


def test_a_champion_says_what_of_a_row_training_never_met(made: Tracked) -> None:
    made.run("ant")
    made.track()
    mlflow.set_tracking_uri(made.uri)
    champion = mlflow.pyfunc.load_model("models:/bank-marketing@champion")
    rows = champion.input_example.astype({"age": "Int64"})
    rows.loc[1, "job"] = "pilot"
    with pytest.raises(HandbookError, match="column 'job': 'pilot' in row 2; the training rows"):
        champion.predict(rows)
    flagged = champion.predict(rows, params={"policy": "flag"})
    assert flagged["unfamiliar"].tolist() == ["", "job: 'pilot' is new", "", "", ""]
    passed = champion.predict(rows, params={"policy": "pass"})
    pd.testing.assert_frame_equal(passed, flagged.drop(columns="unfamiliar"))
    with pytest.raises(HandbookError, match="rows lack 1 of 4 columns: city"):
        champion.predict(rows.drop(columns="city"))


def test_a_torch_model_of_images_does_so_too(made: Tracked) -> None:
    from handbook.models.lenet import LeNetClassifier

    images = made.data("fashion-mnist", images=True)
    fitted = LeNetClassifier(epochs=1, random_state=0).fit(images.X, images.y)
    made.run("lenet", "fashion-mnist", estimator=fitted)
    made.track()
    mlflow.set_tracking_uri(made.uri)
    champion = mlflow.pyfunc.load_model("models:/lenet@champion")
    names = np.array(["no", "yes"])[fitted.predict(images.X)]
    np.testing.assert_array_equal(champion.predict(images.X)["predicted"], names)
    np.testing.assert_array_equal(champion.predict(champion.input_example)["predicted"], names[:2])


@pytest.mark.parametrize("lost", ["", "MLmodel", "data/model.skops", "code/handbook.zip"])
def test_a_model_without_its_files_is_brought_back(made: Tracked, lost: str) -> None:
    made.run("ant")
    made.track()
    (version,) = made.client.search_model_versions("name = 'ant'")
    path = Path(version.source.removeprefix("file://"), lost)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    made.track()
    assert len(made.runs()) == 1
    assert len(made.versions()) == 1
    mlflow.set_tracking_uri(made.uri)
    mlflow.pyfunc.load_model("models:/ant@champion")


def test_models_of_equal_rows_have_their_own_names_and_estimators(made: Tracked) -> None:
    made.run("ant", accuracy=0.9)
    made.run("bee", accuracy=0.8)
    saved = made.results / "models/bee/bank-marketing/book/model.skops"
    saved.write_bytes(saved.read_bytes() + b"of its own")
    made.track()
    for run in made.runs():
        (output,) = run.outputs.model_outputs
        logged = made.client.get_logged_model(output.model_id)
        folder = Path(logged.artifact_location.removeprefix("file://"))
        content = yaml.safe_load((folder / "MLmodel").read_text())
        assert content["run_id"] == run.info.run_id
        assert content["model_id"] == content["model_uuid"] == logged.model_id
        assert content["artifact_path"] == logged.artifact_location
        model = run.data.tags["model"]
        own = made.results / f"models/{model}/bank-marketing/book/model.skops"
        assert sha256(folder / "data/model.skops") == sha256(own)


def test_models_share_one_file_of_code(made: Tracked) -> None:
    made.run("ant")
    made.run("bee")
    made.track()
    versions = [*map(made.client.search_model_versions, ("name = 'ant'", "name = 'bee'"))]
    folders = [Path(version.source.removeprefix("file://")) for (version,) in versions]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if path.suffix in (".py", ".pyc")] == []
    code = [path.stat() for path in files if path.suffix == ".zip"]
    assert len(code) == 2
    assert len({status.st_ino for status in code}) == 1
    with zipfile.ZipFile(folders[0] / "code/handbook.zip") as package:
        assert "handbook/training/saving.py" in package.namelist()


ELSEWHERE = """
import sys
from pathlib import Path

sys.path[:] = [path for path in sys.path if not Path(path, "handbook").is_dir()]
sys.meta_path[:] = [one for one in sys.meta_path if "editable" not in type(one).__module__]
import importlib.util
assert importlib.util.find_spec("handbook") is None

import mlflow.pyfunc
model = mlflow.pyfunc.load_model(sys.argv[1])
print(*model.predict(model.input_example)["predicted"], flush=True)

import handbook
print(handbook.__file__)
"""


@pytest.mark.slow
def test_a_model_brings_its_code_where_this_package_is_not_installed(made: Tracked) -> None:
    from handbook.models.lenet import LeNetClassifier

    images = made.data("fashion-mnist", images=True)
    fitted = LeNetClassifier(epochs=1, random_state=0).fit(images.X, images.y)
    made.run("lenet", "fashion-mnist", estimator=fitted)
    made.track()
    (version,) = made.client.search_model_versions("name = 'lenet'")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ELSEWHERE, version.source],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    predicted, place = done.stdout.splitlines()
    assert predicted.split() == [images.classes[code] for code in fitted.predict(images.X[:2])]
    assert place.startswith(version.source.removeprefix("file://"))
