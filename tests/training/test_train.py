"""A training writes its whole story, and a failed one says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.feather
import pytest

from handbook.core.errors import HandbookError
from handbook.core.files import sha256
from handbook.core.folders import RunFolder
from handbook.data import dataset
from handbook.training.build import build, last_step
from handbook.training.saving import load
from handbook.training.spec import RunSpec
from handbook.training.train import train

TABLE = {"numeric": "standard", "categorical": "onehot", "missing": "indicator"}


def spec(**changes: Any) -> RunSpec:
    """What a training depends on."""
    run: dict[str, Any] = {
        "model": "logistic-regression",
        "data": "made",
        "variant": "book",
        "task": "classification",
        "estimator": "sklearn.linear_model.LogisticRegression",
        "params": {},
        "preprocess": TABLE,
        "seed": 7,
    }
    return RunSpec(**run | changes)


@pytest.fixture
def halves(tmp_path: Path) -> tuple[Path, Path]:
    rng = np.random.default_rng(0)

    def half(n: int) -> dataset.Dataset:
        X = pd.DataFrame(
            {
                "number": rng.normal(size=n),
                "gap": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
                "kind": pd.Categorical(rng.choice(["a", "b", "c"], n), categories=["a", "b", "c"]),
            }
        )
        y = (X["number"] + (X["kind"] == "a") + rng.normal(size=n) > 0.5).to_numpy()
        return dataset.Dataset("made", "sample", "table", X, y.astype(np.int64), "y", ("no", "yes"))

    paths = tmp_path / "train.arrow", tmp_path / "test.arrow"
    for path, n in zip(paths, (200, 100), strict=True):
        dataset.write(path, half(n))
    return paths


def run(
    halves: tuple[Path, Path], folder: Path, said: list[str] | None = None, **changes: Any
) -> RunFolder:
    """Train one run into a folder."""
    out = RunFolder("logistic-regression/made/book", folder, folder)
    train(
        spec(**changes),
        *halves,
        out,
        code={"handbook.training.train": "0"},
        versions={"numpy": np.__version__},
        revision={"commit": None, "dirty": None},
        tier="demo",
        say=(said if said is not None else []).append,
    )
    return out


def test_the_whole_story_is_written(halves: tuple[Path, Path], tmp_path: Path) -> None:
    said: list[str] = []
    out = run(halves, tmp_path / "run", said)
    record = json.loads(out.record.read_text())
    assert record["status"] == "FINISHED"
    assert record["data_variant"] == "sample"
    assert record["rows"] == {"train": 200, "test": 100}
    assert record["data_digests"] == {"train": sha256(halves[0]), "test": sha256(halves[1])}
    assert record["fitted_params"]["random_state"] == 7
    scores = json.loads(out.metrics.read_text())
    assert scores["metrics"]["roc_auc"] > 0.7
    assert scores["baseline"]["roc_auc"] == 0.5
    assert out.history.read_text() == "epoch\n"
    context = json.loads(out.context.read_text())
    assert context["tier"] == "demo"
    assert context["train_seconds"] > 0
    assert context["train_mib"] >= 0
    assert not out.failure.exists()
    assert "roc_auc" in said[-1]


def test_the_saved_model_predicts_what_was_recorded(
    halves: tuple[Path, Path], tmp_path: Path
) -> None:
    out = run(halves, tmp_path / "run")
    test = dataset.read(halves[1])
    table = pyarrow.feather.read_table(out.predictions)
    p = load(out.model).predict_proba(test.X)
    assert table["p:1"].to_numpy() == pytest.approx(p[:, 1], abs=0)
    assert table["true"].to_pylist() == list(test.y if test.y is not None else [])


def test_equal_runs_are_equal_bytes_but_for_their_context(
    halves: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = run(halves, tmp_path / "one"), run(halves, tmp_path / "two")
    for name in ("model", "metrics", "history", "predictions", "record"):
        assert getattr(first, name).read_bytes() == getattr(second, name).read_bytes(), name


@pytest.mark.parametrize(
    "changes", [{"params": {"C": 2.0}}, {"seed": 8}, {"preprocess": TABLE | {"numeric": "none"}}]
)
def test_the_job_key_follows_what_determines_a_run(
    halves: tuple[Path, Path], tmp_path: Path, changes: dict[str, Any]
) -> None:
    def key(out: RunFolder) -> str:
        return str(json.loads(out.record.read_text())["job_key"])

    assert key(run(halves, tmp_path / "a")) != key(run(halves, tmp_path / "b", **changes))


def test_steps_are_written_while_they_happen(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(64, 28, 28), dtype=np.uint8)
    y = np.arange(64) % 2
    path = tmp_path / "images.arrow"
    dataset.write(path, dataset.Dataset("made", "sample", "images", images, y, "kind", ("a", "b")))
    out = run(
        (path, path),
        tmp_path / "run",
        estimator="handbook.models.lenet.LeNetClassifier",
        params={"epochs": 2},
        preprocess=None,
    )
    history = pd.read_csv(out.history)
    assert history["epoch"].tolist() == [1, 2]
    assert {"loss", "accuracy"} <= set(history.columns)
    times = json.loads(out.context.read_text())["step_times"]
    assert len(times) == 2
    assert times == sorted(times)


def test_what_links_lead_to_is_not_written_into(halves: tuple[Path, Path], tmp_path: Path) -> None:
    """As where DVC has linked results from its cache."""
    out = run(halves, tmp_path / "run")
    written = sorted(path for path in out.history.parent.iterdir() if path.is_file())
    objects = {path: tmp_path / path.name for path in written}
    for path, kept in objects.items():
        path.replace(kept)
        kept.write_bytes(b"kept")
        path.hardlink_to(kept)
    run(halves, tmp_path / "run")
    assert {kept.read_bytes() for kept in objects.values()} == {b"kept"}
    assert not any(path.samefile(kept) for path, kept in objects.items())


def test_a_failure_is_recorded_and_raised(halves: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="solver"):
        run(halves, tmp_path / "run", params={"solver": "newton"})
    record = json.loads(
        (tmp_path / "run/train/logistic-regression/made/book.failed.json").read_text()
    )
    assert record["status"] == "FAILED"
    assert "solver" in record["error"]
    assert len(record["job_key"]) == 64
    # The next success takes the record of the failure away.
    out = run(halves, tmp_path / "run")
    assert not out.failure.exists()


def test_rows_without_labels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.arrow"
    dataset.write(path, dataset.Dataset("macbeth", "sample", "text", "a\n"))
    with pytest.raises(HandbookError, match="has no labels"):
        run((path, path), tmp_path / "run")


@pytest.mark.parametrize(
    ("recipe", "columns"),
    [
        # number, gap, flag of gap, and a, b, c
        (TABLE, 6),
        (TABLE | {"missing": -1.0}, 5),
        (TABLE | {"categorical": "ordinal"}, 4),
        ({"numeric": "none", "categorical": "ordinal", "missing": -1.0}, 3),
        (TABLE | {"numeric": "minmax"}, 6),
    ],
)
def test_a_recipe_makes_the_columns_it_says(
    halves: tuple[Path, Path], recipe: dict[str, Any], columns: int
) -> None:
    data = dataset.read(halves[0])
    fitted = build(spec(preprocess=recipe), data.X).fit(data.X, data.y)
    assert last_step(fitted).n_features_in_ == columns
    made = fitted[0].transform(data.X)
    assert not np.isnan(made).any()
    if recipe["numeric"] == "standard":
        assert made[:, 0].mean() == pytest.approx(0, abs=1e-12)
        assert made[:, 0].std() == pytest.approx(1)
    if recipe["numeric"] == "minmax":
        assert (made[:, 0].min(), made[:, 0].max()) == pytest.approx((0, 1))


def test_an_unseen_category_is_zeros(halves: tuple[Path, Path]) -> None:
    data = dataset.read(halves[0])
    fitted = build(spec(), data.X).fit(data.X, data.y)
    stranger = data.X.iloc[[0]].assign(kind=pd.Categorical(["z"]))
    assert fitted[0].transform(stranger)[0, -3:].tolist() == [0, 0, 0]


def test_a_seed_that_the_catalogue_sets_stays() -> None:
    made = build(spec(params={"random_state": 1}, preprocess=None), None)
    assert made.random_state == 1


@pytest.mark.parametrize(
    ("estimator", "params"),
    [
        ("xgboost.XGBClassifier", {"n_estimators": 3}),  # its `missing` is NaN
        ("lightgbm.LGBMClassifier", {"n_estimators": 3, "verbose": -1}),
        ("catboost.CatBoostClassifier", {"iterations": 3, "allow_writing_files": False}),
    ],
)
def test_a_model_of_another_library_is_trained_and_loaded(
    halves, tmp_path: Path, estimator: str, params: dict[str, Any]
) -> None:
    trusted = (estimator.split(".")[0],)
    folder = run(halves, tmp_path / "out", estimator=estimator, params=params, trusted=trusted)
    record = json.loads(folder.record.read_text())
    assert record["status"] == "FINISHED"
    assert record["fitted_params"].items() >= params.items()
    assert record["fitted_params"].get("missing", "NaN") == "NaN"
    assert "trusted" not in record
    assert "trusted" not in folder.context.read_text()
    model = load(folder.model, trusted)
    assert model.predict(dataset.read(halves[1]).X).shape == (100,)
