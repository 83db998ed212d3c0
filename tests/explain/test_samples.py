"""What is shown of a generator, computed from a tiny one."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import Ridge
from tests.explain.made_runs import spec_of

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.explain import samples
from handbook.explain.run import Fitted
from handbook.models.gan import GAN

KINDS = {
    "samples": samples.samples,
    "interpolation": samples.interpolation,
    "class-histogram": samples.class_histogram,
    "frechet-scale": samples.frechet_scale,
}
JUDGED = ("class-histogram", "frechet-scale")


class Judge:
    """Sees four random projections, and whether an image is bright."""

    def features(self, X: Any) -> Any:
        axes = np.random.default_rng(0).normal(size=(64, 4)) / 255
        return X.reshape(len(X), -1) @ axes

    def predict(self, X: Any) -> Any:
        return (X.mean(axis=(1, 2)) > 127).astype(np.int64)


def dataset(n: int = 60, seed: int = 0) -> Dataset:
    random = np.random.default_rng(seed)
    X = random.integers(0, 60, (n, 8, 8)).astype(np.uint8)
    X[::3] += 190
    y = (np.arange(n) % 3 == 0).astype(np.int64)
    return Dataset("made", "sample", "images", X, y, classes=("dark", "bright"))


def fitted(judge: Any = None, model: Any = None, **settings: Any) -> Any:
    quick = {"n_steps": 4, "snapshot_every": 2, "batch_size": 16, "latent_size": 6, "width": 8}
    train, test = dataset(), dataset(30, seed=1)
    spec = spec_of("generation")
    model = model or GAN(**quick | {"random_state": 0} | settings).fit(train.X)
    return Fitted(spec, model, train, test, judge)


def decoded(entry: dict[str, Any]) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(entry["png"]))))


@pytest.mark.parametrize("shape", [(6, 4, 5), (6, 4, 5, 1), (6, 4, 5, 3)])
def test_a_sheet_holds_the_pictures_row_by_row_with_gaps(shape: tuple[int, ...]) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    result = samples.sheet(pictures, 2, "step 0")
    assert (result["rows"], result["columns"], result["label"]) == (2, 3, "step 0")
    paper = decoded(result)
    colours = shape[3:] if shape[3:] == (3,) else ()
    assert paper.shape == (4 + 2 + 4, 5 + 2 + 5 + 2 + 5, *colours)
    for index, picture in enumerate(pictures.reshape(6, 4, 5, *colours)):
        top, left = index // 3 * 6, index % 3 * 7
        np.testing.assert_array_equal(paper[top : top + 4, left : left + 5], picture)
    assert (paper[4:6] == 255).all()


def test_the_snapshots_next_to_the_handbooks_steps_are_shown_once() -> None:
    run = fitted()
    run.model.snapshot_steps_ = list(range(0, 4001, 400))
    random = np.random.default_rng(0)
    run.model.snapshots_ = random.integers(0, 256, (11, 25, 8, 8)).astype(np.uint8)
    result = samples.samples(run)
    assert result["steps"] == 4000
    assert [entry["step"] for entry in result["sheets"]] == [0, 800, 4000]
    assert [entry["label"] for entry in result["sheets"]] == ["step 0", "step 800", "step 4,000"]
    np.testing.assert_array_equal(decoded(result["sheets"][1])[:8, :8], run.model.snapshots_[2, 0])
    assert [entry["step"] for entry in samples.samples(fitted())["sheets"]] == [0, 4]


@pytest.mark.parametrize(("n", "rows"), [(25, 5), (21, 3), (7, 1), (36, 6)])
def test_grids_are_as_near_to_squares_as_they_come(n: int, rows: int) -> None:
    assert samples._rows(n) == rows


def test_a_way_is_a_row() -> None:
    run = fitted()
    result = samples.interpolation(run)
    (sheet,) = result["sheets"]
    assert (sheet["rows"], sheet["columns"]) == (result["pairs"], result["images"])
    made = run.model.interpolate(result["pairs"], result["images"], random_state=7)
    np.testing.assert_array_equal(decoded(sheet)[10:18, :8], made[1, 0])


def test_classes_are_counted_as_the_judge_sees_them() -> None:
    run = fitted(Judge())
    result = samples.class_histogram(run)
    made = run.model.sample(30)
    bright = int((made.mean(axis=(1, 2)) > 127).sum())
    assert result["classes"] == ["dark", "bright"]
    assert result["real"] == [20, 10]
    assert result["made"] == [30 - bright, bright]
    assert result["class_distance"] == pytest.approx(abs(bright - 10) / 30)


def test_images_without_classes_are_counted_by_the_judges_codes() -> None:
    run = fitted(Judge())
    run = replace(run, train=replace(run.train, classes=()))
    result = samples.class_histogram(run)
    assert result["classes"] == ["0", "1"]
    assert sum(result["made"]) == sum(result["real"]) == 30


def test_the_scale_has_the_model_between_its_ends() -> None:
    from handbook.tasks import generation

    run = fitted(Judge())
    result = samples.frechet_scale(run)
    assert result["rows"] == 30
    text = generation.predict(run.model, run.test.X, 2, run.judge)
    assert result["model"] == generation.score(None, text)[0]
    assert result["real"]["frechet_distance"] < result["model"]["frechet_distance"]
    assert result["real"]["frechet_distance"] < result["noise"]["frechet_distance"]


def test_too_few_test_images_have_no_scale() -> None:
    run = replace(fitted(Judge()), test=dataset(2))
    assert samples.frechet_scale(run) == {"undefined": "2 images have no 3 nearest neighbours"}


@pytest.mark.parametrize("name", KINDS)
def test_other_models_make_no_images(name: str) -> None:
    with pytest.raises(HandbookError, match=f"{name}.*it is for models that make images"):
        KINDS[name](fitted(Judge(), Ridge()))


@pytest.mark.parametrize("name", JUDGED)
def test_without_a_judge_there_is_nothing_to_measure_with(name: str) -> None:
    with pytest.raises(HandbookError, match=f"{name}.*needs a judge"):
        KINDS[name](fitted())
