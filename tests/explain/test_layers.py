from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image
from scipy.signal import correlate2d
from sklearn.datasets import load_digits
from sklearn.linear_model import LinearRegression
from tests.explain.made_runs import fit, numbers, spec_of

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.explain import layers
from handbook.explain.explain import rounded
from handbook.explain.run import Fitted
from handbook.models.cnn import CNNClassifier
from handbook.models.lenet import LeNetClassifier

KINDS = {"kernels": layers.kernels, "feature-maps": layers.feature_maps}
NAMES = tuple(f"digit {number}" for number in range(10))


def digits(colour: bool = False) -> tuple[np.ndarray, np.ndarray]:
    X, y = load_digits(return_X_y=True)
    images = (X[:200].reshape(-1, 8, 8) * 15.9).astype(np.uint8).repeat(2, axis=1).repeat(2, axis=2)
    if colour:
        images = np.stack([images, images // 2, 255 - images], axis=-1)
    return images, y[:200]


def trained(model: Any = None, colour: bool = False, test: Any = None) -> Fitted:
    X, y = digits(colour)
    model = model or CNNClassifier(epochs=1, learning_rate=0.05, widths=(18, 5), random_state=0)
    model.fit(X, y)
    train = Dataset("made", "sample", "images", X, y, target="label", classes=NAMES)
    held_out = train.rows(np.arange(50)) if test is None else train.rows(test)
    return Fitted(spec_of("classification"), model, train, held_out)


def pixels(sheet: dict[str, Any]) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(sheet["png"]))))


def tiles(sheet: dict[str, Any], height: int, width: int) -> list[np.ndarray]:
    whole = pixels(sheet)
    assert whole.shape[:2] == (sheet["rows"] * height, sheet["columns"] * width)
    return [
        whole[row : row + height, column : column + width]
        for row in range(0, len(whole), height)
        for column in range(0, whole.shape[1], width)
    ]


def test_kernels_are_the_weights_of_the_first_convolution() -> None:
    fitted = trained(colour=True)
    result = layers.kernels(fitted)
    values = np.array(result["values"])
    assert values.shape == (18, 3, 3, 3)
    np.testing.assert_array_equal(values, fitted.model.kernels())
    assert len(result["slopes"]) == 18
    assert np.array(layers.kernels(trained(LeNetClassifier(epochs=1)))["values"]).shape == (
        6, 1, 5, 5,
    )  # fmt: skip


def test_the_share_of_slope_is_that_of_a_least_squares_plane() -> None:
    weights = np.random.default_rng(0).normal(size=(20, 1, 5, 5))
    positions = np.indices((5, 5)).reshape(2, -1).T
    expected = []
    for kernel in weights.reshape(20, -1):
        plane = LinearRegression().fit(positions, kernel).predict(positions)
        expected.append(((plane - plane.mean()) ** 2).sum() / (kernel**2).sum())
    np.testing.assert_allclose(layers.slope_share(weights), expected)


def test_turning_and_scaling_a_kernel_leaves_its_share_of_slope() -> None:
    weights = np.random.default_rng(1).normal(size=(9, 2, 3, 3))
    share = layers.slope_share(weights)
    np.testing.assert_allclose(layers.slope_share(-7 * np.rot90(weights, axes=(2, 3))), share)
    assert layers.slope_share(np.zeros((1, 1, 3, 3))).tolist() == [0.0]


@pytest.mark.parametrize("size", [3, 5])
def test_chance_is_what_random_kernels_have_on_average(size: int) -> None:
    fitted = trained(LeNetClassifier(epochs=1) if size == 5 else None)
    weights = np.random.default_rng(2).normal(size=(40_000, 1, size, size))
    mean = layers.slope_share(weights).mean()
    assert layers.kernels(fitted)["chance"] == pytest.approx(mean, rel=0.02)


def test_images_are_the_first_test_rows_of_classes_spread_over_all() -> None:
    order = np.random.default_rng(3).permutation(200)
    fitted = trained(test=order)
    result = layers.feature_maps(fitted)["images"]
    y = fitted.test.y
    assert y is not None
    assert [entry["class"] for entry in result] == [NAMES[code] for code in (0, 3, 6, 9)]
    assert [entry["row"] for entry in result] == [y.tolist().index(code) for code in (0, 3, 6, 9)]
    for entry in result:
        image = fitted.test.X[entry["row"]]
        np.testing.assert_array_equal(pixels(entry["sheet"]), image)
        assert entry["predicted"] == NAMES[fitted.model.predict(image[np.newaxis])[0]]


def test_classes_without_a_test_row_are_passed_over() -> None:
    _, y = digits()
    fitted = trained(test=np.flatnonzero((y == 7) | (y == 2)))
    assert [entry["class"] for entry in layers.feature_maps(fitted)["images"]] == [
        NAMES[2],
        NAMES[7],
    ]


def test_maps_are_those_of_scipy_on_one_scale_a_layer() -> None:
    fitted = trained()
    result = layers.feature_maps(fitted)
    first, second = result["layers"]
    assert (first["channels"], first["shown"], first["size"]) == (18, 16, [16, 16])
    assert (second["channels"], second["shown"], second["size"]) == (5, 5, [8, 8])
    kernels = fitted.model.kernels()[:, 0]
    bias = safetensors.numpy.load(fitted.model.state_)["network.convolutions.0.bias"]
    active = []
    for image, sheet in zip(result["images"], first["sheets"], strict=True):
        seen = pixels(image["sheet"]) / 255
        maps = [
            np.maximum(correlate2d(seen, kernel, "same") + shift, 0)
            for kernel, shift in zip(kernels, bias, strict=True)
        ]
        active += [(entry > 0).mean() for entry in maps]
        drawn_maps = tiles(sheet, 16, 16)
        assert len(drawn_maps) == 16
        for entry, grey in zip(maps, drawn_maps, strict=False):
            expected = 255 * np.minimum(entry / first["high"], 1)
            np.testing.assert_allclose(grey, expected, atol=0.51)
    assert first["active"] == pytest.approx(np.mean(active), abs=1e-3)


def test_a_sheet_is_filled_up_with_nothing() -> None:
    fitted = trained(CNNClassifier(epochs=1, widths=(4, 10), random_state=0))
    first, second = layers.feature_maps(fitted)["layers"]
    assert (first["sheets"][0]["rows"], first["sheets"][0]["columns"]) == (1, 4)
    assert (second["sheets"][0]["rows"], second["sheets"][0]["columns"]) == (2, 8)
    assert not np.any(tiles(second["sheets"][0], 8, 8)[10:])


def test_few_outputs_are_brighter_than_the_brightest() -> None:
    fitted = trained()
    result = layers.feature_maps(fitted)
    rows = [entry["row"] for entry in result["images"]]
    for layer, maps in zip(
        result["layers"], fitted.model.feature_maps(fitted.test.X[rows]), strict=True
    ):
        drawn_maps = maps[:, : layer["shown"]]
        assert (drawn_maps[drawn_maps > 0] > layer["high"]).mean() == pytest.approx(0.01, abs=0.002)


def test_a_convolution_that_never_answers_is_all_black() -> None:
    fitted = trained()
    state = safetensors.numpy.load(fitted.model.state_)
    state["network.convolutions.0.bias"][:] = -1e6
    fitted.model.state_ = safetensors.numpy.save(state)
    first = layers.feature_maps(fitted)["layers"][0]
    assert (first["active"], first["high"]) == (0.0, 0.0)
    assert not np.any([pixels(sheet) for sheet in first["sheets"]])


def test_colour_images_keep_their_colours() -> None:
    fitted = trained(colour=True)
    result = layers.feature_maps(fitted)["images"][0]
    np.testing.assert_array_equal(pixels(result["sheet"]), fitted.test.X[result["row"]])


@pytest.mark.parametrize("name", KINDS)
def test_what_is_written_is_small_and_the_same_each_time(name: str) -> None:
    first, second = (json.dumps(rounded(KINDS[name](trained()), "made")) for _ in range(2))
    assert first == second
    assert len(first) < 60_000


@pytest.mark.parametrize("name", KINDS)
def test_other_models_have_no_convolutions(name: str) -> None:
    fitted = fit(LinearRegression(), numbers(30), np.arange(30))
    with pytest.raises(HandbookError, match=f"{name}.*it is for classifiers of images"):
        KINDS[name](fitted)
