"""Answers to pictures, and pictures that a generator draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.base import BaseEstimator
from tests.records.tracking.tracked_results import Results

from handbook.core.errors import HandbookError
from handbook.deployment.chosen import choose
from handbook.deployment.predict import Options, draw, predict

pytestmark = pytest.mark.usefixtures("at_top")

DATA = "bank-marketing"


class Brightness(BaseEstimator):
    """A classifier that looks at the mean of a picture."""

    classes_ = np.array([0, 1])

    def predict_proba(self, X):
        bright = X.mean(axis=(1, 2)) / 255
        return np.column_stack([1 - bright, bright])

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


@pytest.fixture
def seeing(made: Results, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pd.DataFrame]:
    """Return a function that answers pictures of 4 x 4 pixels."""
    chosen = choose(DATA)
    about = type(chosen.about)("classification", ("dark", "bright"), None, shape=(4, 4))
    own = type(chosen)(DATA, chosen.run, chosen.job_key, chosen.folder, "run", about)
    monkeypatch.setattr("handbook.deployment.chosen.load", lambda path, trusted: Brightness())

    def answer(path: Path, policy: str = "refuse") -> pd.DataFrame:
        output = made.root / "answers.csv"
        predict(own, path, output, Options(policy=policy), print)
        return pd.read_csv(output, keep_default_na=False)

    return answer


def test_pictures_come_from_an_array_or_a_folder(
    tmp_path: Path, seeing: Callable[..., pd.DataFrame]
) -> None:
    X = np.zeros((3, 4, 4), np.uint8)
    X[1] = 255
    np.save(tmp_path / "x.npy", X)
    assert seeing(tmp_path / "x.npy")["predicted"].tolist() == ["dark", "bright", "dark"]
    folder = tmp_path / "pictures" / "sub"
    folder.mkdir(parents=True)
    for number, picture in enumerate(X):
        Image.fromarray(picture).save(folder / f"{number}.png")
    (folder / "notes.txt").write_text("no picture")
    answers = seeing(folder.parent)
    assert answers["file"].tolist() == ["sub/0.png", "sub/1.png", "sub/2.png"]
    assert answers["predicted"].tolist() == ["dark", "bright", "dark"]
    assert seeing(folder / "1.png")["predicted"].tolist() == ["bright"]


def test_pictures_of_another_size_are_refused_or_said_to_be(
    tmp_path: Path, seeing: Callable[..., pd.DataFrame]
) -> None:
    Image.new("RGB", (9, 5), "white").save(tmp_path / "wide.jpg")
    with pytest.raises(HandbookError, match=r"wide.jpg: 9 x 5 pixels, expected 4 x 4"):
        seeing(tmp_path / "wide.jpg")
    flagged = seeing(tmp_path / "wide.jpg", "flag")
    assert flagged["unfamiliar"].tolist() == ["was 9 x 5 pixels"]
    assert flagged["predicted"].tolist() == ["bright"]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 5, 4), np.uint8), r"of shape \(2, 5, 4\) and type uint8; expected uint8"),
        (np.zeros((2, 4, 4)), "type float64; expected uint8"),
        (np.zeros((0, 4, 4), np.uint8), "no picture"),
    ],
)
def test_arrays_that_are_no_such_pictures_are_refused(
    array: np.ndarray, message: str, tmp_path: Path, seeing: Callable[..., pd.DataFrame]
) -> None:
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(HandbookError, match=message):
        seeing(tmp_path / "x.npy")


class Painter(BaseEstimator):
    """A generator of noise."""

    def sample(self, n, random_state=0):
        return random_state.randint(0, 256, size=(n, 4, 4)).astype(np.uint8)


def test_a_generator_draws_pictures_that_depend_on_the_seed_alone(
    made: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handbook.deployment.chosen.load", lambda path, trusted: Painter())
    chosen = choose(DATA)
    draw(chosen, 5, tmp_path / "x.npy", 3)
    draw(chosen, 5, tmp_path / "drawn", 3)
    X = np.load(tmp_path / "x.npy")
    np.testing.assert_array_equal(X, np.random.RandomState(3).randint(0, 256, size=(5, 4, 4)))
    files = sorted((tmp_path / "drawn").iterdir())
    assert [file.name for file in files] == [f"{number:05}.png" for number in range(5)]
    np.testing.assert_array_equal(np.stack([np.asarray(Image.open(file)) for file in files]), X)
    with pytest.raises(HandbookError, match="is there already"):
        draw(chosen, 5, tmp_path / "drawn", 3)
