"""Curves as few numbers, against their libraries' own, and what a script reads of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score, roc_auc_score
from tests.report.made_predictions import many_classes, two_classes, write_predictions

from handbook.report.site.curves import KINDS, Line, lines_of
from handbook.report.site.overlay import Laid, overlay


def drawn(
    folder: Path, task: str, history: str = "epoch\n", **said: object
) -> dict[str, list[Line]]:
    write_predictions(folder / "predictions.arrow", task, **said)
    (folder / "history.csv").write_text(history)
    return lines_of(folder, task)[0]


@pytest.mark.parametrize("classes", [("no", "yes"), ("a", "b", "c")])
def test_the_area_below_a_thinned_roc_curve_is_scikit_learns(
    classes: tuple[str, ...], tmp_path: Path
) -> None:
    said = two_classes(3000, 1.2) if len(classes) == 2 else many_classes(3000, 3, 1.5)
    (line,) = drawn(tmp_path, "classification", classes=classes, **said)["roc"]
    p = said["probabilities"]
    area = roc_auc_score(said["true"], p[:, 1] if len(classes) == 2 else p, multi_class="ovr")
    assert np.trapezoid(line.y, KINDS["roc"].grid) == pytest.approx(area, abs=0.003)
    assert line.part == ("" if len(classes) == 2 else "mean over classes")


def test_a_thinned_precision_is_that_of_the_first_threshold_that_finds_as_many(
    tmp_path: Path,
) -> None:
    said = two_classes(400, 1.0)
    (line,) = drawn(tmp_path, "classification", classes=("no", "yes"), **said)["precision-recall"]
    scores, true = said["probabilities"][:, 1], said["true"]
    for place in (0.1, 0.5, 0.9):
        thresholds = sorted(scores, reverse=True)
        enough = next(t for t in thresholds if recall_score(true, scores >= t) >= place - 1e-9)
        expected = precision_score(true, scores >= enough)
        assert line.y[KINDS["precision-recall"].grid.index(place)] == pytest.approx(
            expected, rel=1e-3
        )


def test_errors_are_those_of_a_share_of_the_rows(tmp_path: Path) -> None:
    true = np.arange(101.0)
    lines = drawn(tmp_path, "regression", true=true, predicted=true + np.arange(101.0))
    assert lines["errors"][0].y[KINDS["errors"].grid.index(0.5)] == 50


def test_a_long_history_is_means_of_stretches_and_validation_lies_with_training(
    tmp_path: Path,
) -> None:
    history = "step,loss,validation_loss\n" + "".join(f"{n},{n % 2},\n" for n in range(3000))
    history += "3000,1,0.25\n"
    lines = drawn(tmp_path, "classification", history, classes=("a", "b"), **two_classes(50, 1.0))
    validation, training = lines["history:loss"]
    assert (validation.part, validation.y, validation.x) == ("validation rows", [0.25], [3000])
    assert training.part == "training rows"
    assert len(training.y) == 150
    assert set(training.y[1:-1]) == {0.5}


def test_files_that_are_missing_give_no_curves(tmp_path: Path) -> None:
    assert lines_of(tmp_path, "classification")[0] == {}
    assert overlay([Laid("a", "1", {}, {})], {}, metric="RMSE") == ""


def test_settings_that_all_share_are_left_out_and_no_tag_can_end_the_data() -> None:
    lines = {"errors": [Line([0.0, 1.0])]}
    text = overlay(
        [
            Laid("</script><b>", "1", {"alpha": "0.1", "seed": "42"}, lines),
            Laid("b", "2", {"alpha": "1" * 100, "seed": "42"}, lines),
        ],
        {(0, 1): "+0.1"},
        metric="RMSE",
    )
    assert "<" not in text
    content = json.loads(text)
    assert content["runs"][0]["name"] == "</script><b>"
    assert [set(run["settings"]) for run in content["runs"]] == [{"alpha"}, {"alpha"}]
    assert content["runs"][1]["settings"]["alpha"].endswith("…")
    assert content["pairs"] == {"0 1": "+0.1"}
    assert [kind["key"] for kind in content["kinds"]] == ["errors"]
