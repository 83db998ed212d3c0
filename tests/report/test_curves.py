from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.report.made_diagnoses import curves_of, decomposition

from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.report.figures.diagnosed.bias_variance import draw_bias_variance
from handbook.report.figures.diagnosed.curves import draw_curves, setting_axis
from handbook.report.figures.diagnosed.diagnosis import Scores, fits, strays
from handbook.report.figures.svg import Words, words
from handbook.tasks.figures import CURVES


def drawn(folder: Path, name: str, metric: str = "roc_auc", **shape: Any) -> Words:
    extra = {key: shape.pop(key) for key in ("data_variant", "validation") if key in shape}
    record = {"model": "ridge", "data": "iris", "variant": "book", "metric": metric}
    path = folder / "curves.json"
    write_json(path, record | curves_of(metric, **shape) | extra)
    draw_curves(path, {name: folder / f"{name}.svg"})
    return words(folder / f"{name}.svg")


# --- the rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("train", "check", "spread", "dummy", "metric", "said"),
    [
        # a gain of 0.5 of which 0.2 is lost: more than a quarter
        (1.0, 0.8, 0.01, 0.5, "roc_auc", "overfits"),
        (1.0, 0.9, 0.01, 0.5, "roc_auc", "generalises"),
        # the same loss, but validation scores scatter more than that
        (1.0, 0.8, 0.25, 0.5, "roc_auc", "generalises"),
        (0.60, 0.58, 0.01, 0.5, "roc_auc", "underfits, or noise"),
        (0.99, 0.50, 0.01, 0.5, "roc_auc", "overfits, no better than the dummy"),
        (0.52, 0.51, 0.02, 0.5, "roc_auc", "no better than the dummy"),
        (2.0, 6.0, 0.5, 10.0, "rmse", "overfits"),
        (2.0, 3.0, 0.5, 10.0, "rmse", "generalises"),
        (7.0, 7.5, 0.5, 10.0, "rmse", "underfits, or noise"),
        (7.0, 11.0, 0.5, 10.0, "rmse", "overfits, no better than the dummy"),
    ],
)
def test_a_learning_curve_is_read_by_its_rule(
    train: float, check: float, spread: float, dummy: float, metric: str, said: str
) -> None:
    assert fits(train, check, spread, dummy, metric) == said


@pytest.mark.parametrize("sign", [1, -1])
def test_a_validation_curve_is_read_by_its_rule(sign: int) -> None:
    metric = "roc_auc" if sign > 0 else "rmse"
    spread = np.full(4, 0.05)
    train = Scores(sign * np.array([0.60, 0.85, 0.90, 1.00]), spread)
    check = Scores(sign * np.array([0.55, 0.82, 0.84, 0.70]), spread)
    assert strays(train, check, metric) == ["underfits", "as good", "best", "overfits"]


def test_scores_are_summarised_as_numpy_does_and_gaps_are_passed_over() -> None:
    found = Scores.of([[1.0, 2.0, 4.0], [3.0, None, 5.0], [None, None, None]])
    assert found.mean[:2].tolist() == [pytest.approx(7 / 3), 4.0]
    assert found.spread[:2].tolist() == pytest.approx([np.std([1, 2, 4], ddof=1), np.sqrt(2)])
    assert np.isnan(found.mean[2])


# --- the figures --------------------------------------------------------------------------------


def test_a_learning_curve_says_what_is_seen(tmp_path: Path) -> None:
    found = drawn(tmp_path, "learning-curve", train=0.999, check=0.789, dummy=0.5)
    assert found.title == "ROC AUC gap of 0.21 at 404 rows: overfits"
    assert "over 5 splits" in found.description
    assert "at 404 rows 0.999 and 0.789" in found.description
    assert "The dummy reaches 0.500" in found.description


def test_a_model_that_learnt_nothing_says_so(tmp_path: Path) -> None:
    found = drawn(tmp_path, "learning-curve", train=0.7, check=0.5, dummy=0.5)
    assert found.title == "At 404 rows: overfits, no better than the dummy"


def test_a_validation_curve_says_where_it_is_best(tmp_path: Path) -> None:
    shape = {"train": 1.0, "check": 0.9, "dummy": 0.5, "values": [1, 2, 4, 8, 16]}
    found = drawn(tmp_path, "validation-curve", **shape)
    assert found.title == "Best at max_depth = 4: underfits before it, overfits after it"
    assert "The model underfits at 1, 2 and overfits at 8, 16." in found.description


def test_words_and_missing_values_of_a_setting_can_be_drawn(tmp_path: Path) -> None:
    shape = {"train": 1.0, "check": 0.9, "dummy": 0.5, "parameter": "kernel"}
    found = drawn(tmp_path, "validation-curve", values=["linear", "rbf", None], **shape)
    assert found.title == "Best at kernel = rbf: underfits at linear, overfits at none"


def test_without_a_setting_a_note_says_so(tmp_path: Path) -> None:
    shape = {"train": 1.0, "check": 0.9, "dummy": 0.5, "validation": None}
    assert "no setting" in drawn(tmp_path, "validation-curve", **shape).description


def test_an_unknown_figure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match=r"figure 'learning-curv': .*learning-curve"):
        drawn(tmp_path, "learning-curv", train=1.0, check=0.9, dummy=0.5)


@pytest.mark.parametrize(
    ("values", "kind", "places"),
    [
        ([1, 10, 99], "linear", [1, 10, 99]),
        ([100, 10, 1], "log", [100, 10, 1]),
        ([0.001, 0.1, 1], "log", [0.001, 0.1, 1]),
        ([0, 1000], "linear", [0, 1000]),
        (["linear", "rbf"], "linear", [0, 1]),
        ([1, 5, None], "linear", [0, 1, 2]),
        ([True, False], "linear", [0, 1]),
    ],
)
def test_an_axis_is_logarithmic_from_two_decades_on(
    values: list[Any], kind: str, places: list[float]
) -> None:
    axes = Figure().add_subplot()
    assert setting_axis(axes, values, "alpha") == places
    assert axes.get_xscale() == kind
    assert axes.get_xlabel() == "alpha"


@pytest.mark.parametrize(
    ("values", "falling"), [([9, 1], True), ([1, 9], False), (["b", "a"], False)]
)
def test_the_simplest_model_lies_left(values: list[Any], falling: bool) -> None:
    axes = Figure().add_subplot()
    setting_axis(axes, values, "alpha")
    assert bool(axes.xaxis.get_inverted()) == falling


def test_bias_and_variance_say_where_the_error_is_least(tmp_path: Path) -> None:
    record = decomposition()
    write_json(tmp_path / "decomposition.json", record | {"data_variant": "sample"})
    draw_bias_variance(tmp_path / "decomposition.json", tmp_path / "figure.svg")
    found = words(tmp_path / "figure.svg")
    knn, tree = (
        one["values"][int(np.argmin(one["error"]))] for one in record["models"]
    )  # independent of the drawing
    assert found.title == f"Least error at n_neighbors = {knn} and at max_depth = {tree}"
    assert "k-nearest neighbours, n_neighbors from 1 to 120" in found.description


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name in CURVES * 2:
        drawn(tmp_path, name, train=1.0, check=0.8, dummy=0.5)
        texts.append((tmp_path / f"{name}.svg").read_bytes())
        assert len(texts[-1]) < 150_000
    assert texts[:2] == texts[2:]
