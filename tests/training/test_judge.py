"""The classifier that looks at generated pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.feather
import pytest
from tests.training.test_train import spec

from handbook.core.errors import HandbookError
from handbook.core.folders import RunFolder
from handbook.data import dataset
from handbook.tasks.frechet import total_variation
from handbook.training import saving
from handbook.training.judge import judge
from handbook.training.spec import JudgeSpec
from handbook.training.train import train

SPEC: dict[str, Any] = {
    "data": "made",
    "estimator": "handbook.models.lenet.LeNetClassifier",
    "params": {"epochs": 6, "learning_rate": 0.1, "batch_size": 8},
    "labels": "classes",
    "threads": 1,
    "seed": 3,
}


def pictures(folder: Path, **labels: Any) -> Path:
    """Sixty pictures, a third each dark, grey and bright."""
    random = np.random.default_rng(0)
    shades = np.arange(60) % 3
    X = (shades[:, None, None] * 100 + random.integers(0, 40, (60, 16, 16))).astype(np.uint8)
    given = {key: shades if value else None for key, value in labels.items()}
    path = folder / "train.arrow"
    dataset.write(path, dataset.Dataset("made", "sample", "images", X, **given))
    return path


def judged(folder: Path, settings: dict[str, Any], **labels: Any) -> tuple[Any, dict[str, Any]]:
    rows = pictures(folder, **labels)
    out = {"model": folder / "model.skops", "record": folder / "judge.json"}
    judge(JudgeSpec(**settings), rows, **out, say=lambda _: None)
    return saving.load(out["model"]), json.loads(out["record"].read_text())


@pytest.mark.parametrize(("labels", "given"), [("classes", "y"), ("groups", "groups")])
def test_it_learns_from_nine_tenths_and_is_measured_on_the_rest(tmp_path, labels, given) -> None:
    model, record = judged(tmp_path, SPEC | {"labels": labels}, **{given: True})
    assert record["rows"] == {"fitted": 54, "checked": 6}
    assert record["kinds"] == 3
    assert record["accuracy"] == 1.0
    assert record["baseline"] == pytest.approx(1 / 3)
    assert model.predict(np.full((1, 16, 16), 220, np.uint8)).tolist() == [2]


def test_labels_that_are_not_there_are_an_error(tmp_path) -> None:
    with pytest.raises(HandbookError, match=r"judges\.made\.labels: made has no groups"):
        judged(tmp_path, SPEC | {"labels": "groups"}, y=True)


def test_of_generated_pictures_their_classes_are_kept_and_no_features(tmp_path) -> None:
    judged(tmp_path, SPEC, y=True)
    out, rows = RunFolder("gan/made/book", tmp_path, tmp_path), tmp_path / "train.arrow"
    settings = {"n_steps": 4, "snapshot_every": 2, "batch_size": 8, "latent_size": 4, "width": 4}
    generated = {"task": "generation", "estimator": "handbook.models.gan.GAN", "params": settings}
    train(
        spec(**generated, preprocess=None), rows, rows, out, judge_path=tmp_path / "model.skops",
        code={}, versions={}, revision={}, tier="demo", say=lambda _: None,
    )  # fmt: skip
    table = pyarrow.feather.read_table(out.predictions)
    assert table.column_names == ["real_class", "made_class"]
    counts = [np.bincount(table[name].to_numpy(), minlength=3) for name in table.column_names]
    distance = json.loads(out.metrics.read_text())["metrics"]["class_distance"]
    assert distance == total_variation(*counts)
