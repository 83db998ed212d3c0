"""Saved models: they come back the same, their bytes repeat, and strangers are refused."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator, clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from handbook.core.errors import HandbookError
from handbook.models.rbf import RBFClassifier
from handbook.training import saving


def table() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "age": rng.normal(size=60),
            "balance": rng.integers(0, 9, size=60),
            "job": pd.Categorical(rng.choice(["clerk", "smith", "baker"], size=60)),
        }
    )
    return X, (X["age"] > 0).to_numpy().astype(np.int64)


def pipeline(model):
    X, y = table()
    columns = make_column_transformer(
        (StandardScaler(), ["age", "balance"]), (OneHotEncoder(sparse_output=False), ["job"])
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # A clone: what was fitted before keeps its attributes in another order.
        return make_pipeline(columns, clone(model)).fit(X, y)


MODELS = [
    LogisticRegression(),
    Ridge(),
    SVC(),
    RandomForestClassifier(5, random_state=0),
    ExtraTreesRegressor(5, random_state=0),
    AdaBoostClassifier(n_estimators=3, random_state=0),
    GradientBoostingClassifier(n_estimators=5, random_state=0),
    HistGradientBoostingRegressor(max_iter=5, random_state=0),
    KNeighborsClassifier(algorithm="kd_tree"),
    KNeighborsClassifier(algorithm="ball_tree", metric="manhattan"),
    MLPClassifier(max_iter=3, random_state=0),
    MLPClassifier(max_iter=3, solver="sgd", random_state=0),
    RBFClassifier(random_state=0),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model)[:40])
def test_a_pipeline_comes_back_and_predicts_the_same(model, tmp_path: Path) -> None:
    fitted = pipeline(model)
    saving.save(fitted, tmp_path / "model.skops")
    loaded = saving.load(tmp_path / "model.skops")
    X, _ = table()
    np.testing.assert_array_equal(fitted.predict(X), loaded.predict(X))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model)[:40])
def test_two_equal_fits_have_equal_bytes(model, tmp_path: Path) -> None:
    for name in "ab":
        saving.save(pipeline(model), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_lenet_comes_back_and_predicts_the_same(tmp_path: Path) -> None:
    from handbook.models.lenet import LeNetClassifier

    X = np.random.default_rng(0).integers(0, 256, size=(20, 16, 16)).astype(np.uint8)
    fitted = LeNetClassifier(epochs=1, random_state=0).set_progress(print).fit(X, np.arange(20) % 2)
    saving.save(fitted, tmp_path / "model.skops")
    loaded = saving.load(tmp_path / "model.skops")
    np.testing.assert_array_equal(fitted.predict_proba(X), loaded.predict_proba(X))
    assert loaded.history_ == fitted.history_
    assert not hasattr(loaded, "_progress")


ELSEWHERE = """
import hashlib, pathlib, sys
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from handbook.training import saving
from handbook.models.lenet import LeNetClassifier
from handbook.models.rbf import RBFClassifier
import torch

torch.set_num_threads(1)
X = np.random.default_rng(0).integers(0, 256, size=(20, 16, 16)).astype(np.uint8)
y = np.arange(20) % 2
for model in (
    LeNetClassifier(epochs=1, random_state=0).fit(X, y),
    RBFClassifier(random_state=0).fit(X.reshape(20, -1), y),
    make_pipeline(
        FunctionTransformer(np.log1p, kw_args={"words": {"one", "two", "three", "four"}}),
        RandomForestClassifier(3, random_state=0),
    ),
):
    path = pathlib.Path(sys.argv[1])
    saving.save(model, path)
    print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_two_processes_write_equal_bytes(tmp_path: Path) -> None:
    digests = [
        subprocess.run(
            [sys.executable, "-c", ELSEWHERE, str(tmp_path / "model.skops")],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 3


def test_equal_arrays_are_stored_once_and_names_count_up(tmp_path: Path) -> None:
    model = LogisticRegression()
    model.first_, model.second_, model.third_ = np.ones(3), np.ones(3), np.zeros(3)
    saving.save(model, tmp_path / "model.skops")
    with zipfile.ZipFile(tmp_path / "model.skops") as file:
        assert file.namelist() == ["schema.json", "0.npy", "1.npy"]
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    loaded = saving.load(tmp_path / "model.skops")
    np.testing.assert_array_equal(loaded.second_, np.ones(3))
    np.testing.assert_array_equal(loaded.third_, np.zeros(3))


def test_the_members_of_a_set_are_in_order(tmp_path: Path) -> None:
    model = LogisticRegression()
    model.words_ = {f"word {number}" for number in range(20)}
    saving.save(model, tmp_path / "model.skops")
    with zipfile.ZipFile(tmp_path / "model.skops") as file:
        schema = json.loads(file.read("schema.json"))
    words = [
        json.loads(node["content"]) for node in schema["content"]["content"]["words_"]["content"]
    ]
    assert words == sorted(model.words_, key=lambda word: json.dumps(json.dumps(word)))
    assert saving.load(tmp_path / "model.skops").words_ == model.words_


def test_a_reference_by_id_is_not_quietly_broken() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("schema.json", json.dumps({"content": [{"__loader__": "CachedNode"}]}))
    with pytest.raises(HandbookError, match="refers to objects by their id"):
        saving._canonical(data.getvalue())


def test_skops_itself_reads_what_was_written(tmp_path: Path) -> None:
    fitted = pipeline(LogisticRegression())
    saving.save(fitted, tmp_path / "model.skops")
    loaded = skops.io.load(tmp_path / "model.skops", trusted=["numpy.dtype"])
    X, _ = table()
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))


class Stranger(BaseEstimator):
    """An estimator that nobody has reviewed."""

    built = 0

    def __setstate__(self, state) -> None:
        type(self).built += 1


def test_an_unreviewed_type_is_refused_by_name_and_never_built(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    skops.io.dump(make_pipeline(StandardScaler(), Stranger()), path)
    with pytest.raises(HandbookError, match=r"model\.skops: holds .*Stranger, which is not among"):
        saving.load(path)
    assert Stranger.built == 0


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "handbook.core.errors.HandbookError",
        "handbook.models.images.estimator.BaseEstimator",  # imported there, not made there
        "handbook.models.images.estimator.torch",
        "handbook.models.trainer.train",  # public, but no estimator
        "handbook.models.nowhere.Model",
    ],
)
def test_a_forged_file_is_refused(name: str, tmp_path: Path) -> None:
    saving.save(StandardScaler(), tmp_path / "honest.skops")
    with zipfile.ZipFile(tmp_path / "honest.skops") as file:
        schema = json.loads(file.read("schema.json"))
    schema["__module__"], _, schema["__class__"] = name.rpartition(".")
    with zipfile.ZipFile(tmp_path / "forged.skops", "w") as file:
        file.writestr("schema.json", json.dumps(schema))
    with pytest.raises(HandbookError, match=name):
        saving.load(tmp_path / "forged.skops")


def test_what_could_not_be_read_back_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match=r"Pipeline, about to be saved .* holds .*Stranger"):
        saving.save(make_pipeline(Stranger()), tmp_path / "model.skops")
    assert list(tmp_path.iterdir()) == []


def test_types_on_the_list_are_not_there_twice() -> None:
    assert [name for name, times in Counter(saving.TRUSTED).items() if times > 1] == []
    assert list(saving.TRUSTED) == sorted(saving.TRUSTED)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match="train it again"):
        saving.load(tmp_path / "model.skops")


@pytest.mark.parametrize("kept", [0, 10, 400])
def test_a_truncated_file_is_named(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    saving.save(pipeline(LogisticRegression()), path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(HandbookError, match=r"model\.skops: not a whole skops file"):
        saving.load(path)


def test_a_damaged_array_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.skops"
    model = LogisticRegression()
    model.coef_ = np.random.default_rng(0).normal(size=1000)
    saving.save(model, path)
    data = bytearray(path.read_bytes())
    data[-2000] ^= 255
    path.write_bytes(data)
    with pytest.raises(HandbookError, match="not a whole skops file"):
        saving.load(path)


def test_saving_twice_leaves_one_whole_file(tmp_path: Path) -> None:
    for model in (RandomForestClassifier(3, random_state=0), LogisticRegression()):
        saving.save(pipeline(model), tmp_path / "model.skops")
    assert [path.name for path in tmp_path.iterdir()] == ["model.skops"]
