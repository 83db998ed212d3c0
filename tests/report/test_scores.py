"""Figures of models that rank rows by a score and give no probabilities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from tests.report.made_predictions import two_classes, write_predictions

from handbook.report.figures.draw import draw
from handbook.report.figures.predictions import read
from handbook.report.figures.svg import Words, words

NO_YES = ("no", "yes")


def drawn(folder: Path, name: str, **predictions: Any) -> Words:
    write_predictions(folder / "predictions.arrow", "classification", **predictions)
    draw([name], folder, {name: folder / f"{name}.svg"}, [])
    return words(folder / f"{name}.svg")


@pytest.fixture
def scored() -> dict[str, Any]:
    said = two_classes(2000, 1.2)
    said["scores"] = 7 * np.log(said.pop("probabilities")[:, 1]) + 3  # in no way a probability
    return said | {"classes": NO_YES}


def test_scores_are_read_back(scored: dict[str, Any], tmp_path: Path) -> None:
    write_predictions(tmp_path / "p.arrow", "classification", **scored)
    found = read(tmp_path / "p.arrow")
    assert found.probabilities is None
    assert found.scores is not None
    assert found.scores.tolist() == scored["scores"].tolist()


def test_curves_of_scores_have_scikit_learns_areas(scored: dict[str, Any], tmp_path: Path) -> None:
    area = roc_auc_score(scored["true"], scored["scores"])
    assert drawn(tmp_path, "roc", **scored).title == f"ROC curve: AUC {area:.4f}"
    area = average_precision_score(scored["true"], scored["scores"])
    assert drawn(tmp_path, "precision-recall", **scored).title.endswith(f"precision {area:.4f}")


def test_scores_promise_nothing_that_could_be_calibrated(
    scored: dict[str, Any], tmp_path: Path
) -> None:
    found = drawn(tmp_path, "calibration", **scored)
    assert found.title == "Calibration: undefined"
    assert "scores, not probabilities" in found.description


def test_a_model_that_ranks_nothing_has_no_curves(tmp_path: Path) -> None:
    for classes in (NO_YES, tuple("abc")):
        found = drawn(tmp_path, "roc", true=[0, 1, 1], predicted=[0, 1, 0], classes=classes)
        assert found.title == "ROC curve: undefined"
        assert "neither probabilities nor scores" in found.description
