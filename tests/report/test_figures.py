from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from tests.report.made_predictions import many_classes, two_classes, write_predictions

from handbook.core.files import write_json, write_text
from handbook.report.figures import style
from handbook.report.figures.draw import draw
from handbook.report.figures.predictions import Predictions
from handbook.report.figures.runs import classes
from handbook.report.figures.runs import history as history_module
from handbook.report.figures.svg import Words, words
from handbook.tasks.figures import FIGURES

NO_YES = ("no", "yes")


def drawn(
    folder: Path,
    name: str,
    task: str = "classification",
    *,
    curves: Sequence[str] = (),
    history: str = "epoch\n",
    **predictions: Any,
) -> Words:
    write_predictions(folder / "predictions.arrow", task, **predictions)
    write_text(folder / "history.csv", history)
    path = folder / f"{name}.svg"
    draw([name], folder, {name: path}, curves)
    assert path.stat().st_size < 150_000, name
    return words(path)


def line(n: int) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    true = rng.normal(size=n)
    return {"true": true, "predicted": true + rng.normal(0, 0.3, n), "target": "medv"}


# --- what the figures say -----------------------------------------------------------------------


def test_the_title_of_a_roc_curve_gives_scikit_learns_area(tmp_path: Path) -> None:
    said = two_classes(3000, 1.2)
    area = roc_auc_score(said["true"], said["probabilities"][:, 1])
    found = drawn(tmp_path, "roc", classes=NO_YES, **said)
    assert found.title == f"ROC curve: AUC {area:.4f}"
    assert "“yes”" in found.description


def test_many_classes_give_the_mean_area_of_one_against_the_rest(tmp_path: Path) -> None:
    said = many_classes(800, 4, 1.0)
    area = roc_auc_score(said["true"], said["probabilities"], multi_class="ovr")
    found = drawn(tmp_path, "roc", classes=tuple("abcd"), **said)
    assert found.title.endswith(f"macro AUC {area:.4f}")


def test_the_title_of_a_precision_recall_curve_gives_scikit_learns_average(tmp_path: Path) -> None:
    said = two_classes(3000, 1.2)
    area = average_precision_score(said["true"], said["probabilities"][:, 1])
    found = drawn(tmp_path, "precision-recall", classes=NO_YES, **said)
    assert found.title.endswith(f"average precision {area:.4f}")
    assert f"a guess reaches {said['true'].mean():.4f}" in found.description


def test_tied_scores_give_half_the_area(tmp_path: Path) -> None:
    said = {"true": [0, 1, 0, 1], "predicted": [0, 0, 0, 0], "probabilities": np.full((4, 2), 0.5)}
    assert drawn(tmp_path, "roc", classes=NO_YES, **said).title == "ROC curve: AUC 0.5000"


def test_a_confusion_matrix_counts(tmp_path: Path) -> None:
    found = drawn(tmp_path, "confusion", classes=NO_YES, true=[0, 0, 0, 1], predicted=[0, 0, 1, 0])
    assert found.title == "Confusion matrix: 2 of 4 right"
    assert "no 66.7 %, yes 0.0 %" in found.description
    assert "no taken for yes, 1 times" in found.description


def test_a_perfect_confusion_matrix_names_no_error(tmp_path: Path) -> None:
    found = drawn(tmp_path, "confusion", classes=NO_YES, true=[0, 1], predicted=[0, 1])
    assert found.description.endswith("No row is wrong.")


def test_calibration_weights_each_step_by_its_rows(tmp_path: Path) -> None:
    # Three rows at 0.2 of which one happens, one row at 0.9 that happens:
    # (3 * |0.2 - 1/3| + 1 * |0.9 - 1|) / 4 = 0.125
    p = np.array([0.2, 0.2, 0.2, 0.9])
    found = drawn(
        tmp_path,
        "calibration",
        classes=NO_YES,
        true=[1, 0, 0, 1],
        predicted=[0, 0, 0, 1],
        probabilities=np.column_stack([1 - p, p]),
    )
    assert found.title == "Calibration: expected error 0.1250"
    assert "where 0.20 is predicted, 0.33 is observed (3 rows)" in found.description


def test_the_legend_of_a_calibration_lies_over_nothing() -> None:
    p = np.full(4, 0.05)
    true = np.array([0, 1, 1, 1])
    said = Predictions("classification", NO_YES, "y", true, true, np.column_stack([1 - p, p]))
    with style.applied():
        figure = classes.calibration(said, "").figure
        figure.draw_without_rendering()
    (legend,) = figure.legends
    assert not any(axes.get_legend() for axes in figure.axes)
    box = legend.get_window_extent()
    assert not any(box.overlaps(axes.get_tightbbox()) for axes in figure.axes)
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1


def test_regression_gives_its_error_and_share_of_variance(tmp_path: Path) -> None:
    said = {"true": [1.0, 2.0, 3.0], "predicted": [1.0, 2.0, 5.0], "target": "medv"}
    assert drawn(tmp_path, "residuals", "regression", **said).title == "Residuals: RMSE 1.155"
    found = drawn(tmp_path, "predicted-vs-true", "regression", **said)
    assert found.title == "Predicted against true: R² −1.0000"
    assert "medv" in found.description


def test_a_history_goes_from_its_first_to_its_last_value(tmp_path: Path) -> None:
    found = drawn(
        tmp_path, "history", curves=["loss", "validation_loss", "accuracy"],
        history="epoch,loss,validation_loss,accuracy\n1,2.5,2.6,0.1\n2,1.5,,0.4\n3,0.5,0.9,0.7\n",
        true=[0], predicted=[0],
    )  # fmt: skip
    assert found.title == "History over 3 epochs"
    assert "loss goes from 2.5 to 0.5" in found.description
    assert "validation loss goes from 2.6 to 0.9" in found.description


def test_the_text_of_a_figure_is_text_of_any_machines_fonts(tmp_path: Path) -> None:
    history = "epoch,loss,validation_loss\n1,2.5,2.6\n2,1.5,1.9\n"
    found = drawn(
        tmp_path, "history", curves=["loss", "validation_loss"], history=history, true=[0],
        predicted=[0],
    )  # fmt: skip
    drawing = (tmp_path / "history.svg").read_text()
    for text in ("training loss", "validation loss", "epoch (number)"):
        assert f">{text}</text>" in drawing
    families = set(re.findall(r"font-family: ([^;\"]*)", drawing))
    assert families == {"'DejaVu Sans', Verdana, sans-serif"}
    # The smallest text has 8 of the figure's units, and 9 pixels from this width on.
    assert found.legible == pytest.approx(found.width * 9 / 8, abs=1)


@pytest.mark.parametrize(
    ("description", "lead", "rest"),
    [
        ("Loss falls by 1.5. By epoch: 2.5, 1.", "Loss falls by 1.5.", [("By epoch: 2.5, 1.", ())]),
        (
            "Drop of accuracy by column: age 0.2 (0.1 to 0.3), job 0.1 (0 to 0.2), day −0.1 (−0.2 "
            "to 0), 11 more below them. Unshuffled it is 0.7.",
            "Drop of accuracy by column.",
            [
                ("", (("age", "0.2 (0.1 to 0.3)"), ("job", "0.1 (0 to 0.2)"),
                      ("day", "−0.1 (−0.2 to 0)"), ("11 more below them", ""))),
                ("Unshuffled it is 0.7.", ()),
            ],
        ),
        (
            "Shares. Each bin with its rows: 0.1: 0.2 of 44; 0.3: 0.25 of 13; 0.5: 0.4 of 9.",
            "Shares.",
            [("Each bin with its rows",
              (("0.1", "0.2 of 44"), ("0.3", "0.25 of 13"), ("0.5", "0.4 of 9")))],
        ),
        ("Means: tree, alone 0.1, tree, bagged 0.2, line, alone 0.3.",
         "Means: tree, alone 0.1, tree, bagged 0.2, line, alone 0.3.", []),
    ],
)  # fmt: skip
def test_a_caption_is_a_sentence_and_its_values_are_tables(
    description: str, lead: str, rest: list[tuple[str, tuple[tuple[str, str], ...]]]
) -> None:
    made = Words("Loss", description, 10, 10).caption
    assert made.lead == lead
    assert [tuple(part) for part in made.rest] == rest


@pytest.mark.parametrize(
    ("said", "inside", "upright"),
    [
        ("Loss falls.", "", False),
        ("Distances between nodes: light is far, dark is near.", "", True),
        ("What 21 latent points become.", '<image href="data:image/png;base64,AA=="/>', True),
        ("Gates by character.", "<text>light is low, dark is high</text>", True),
        ("A highlight of lightning rods.", "<text>light</text>", False),
    ],
)
def test_pictures_and_what_speaks_of_light_and_dark_keep_their_colours(
    said: str, inside: str, upright: bool, tmp_path: Path
) -> None:
    path = tmp_path / "figure.svg"
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><title>A</title>'
        f"<desc>{said}</desc>{inside}</svg>"
    )
    assert words(path).upright == upright


def test_a_long_noisy_history_is_drawn_with_its_running_mean(tmp_path: Path) -> None:
    steps = "".join(f"{step},{step % 2}\n" for step in range(2000))
    found = drawn(
        tmp_path, "history", curves=["loss"], history="step,loss\n" + steps, true=[0], predicted=[0]
    )
    assert found.title == "History over 2,000 steps"
    x, y = history_module._running_mean(np.arange(2000.0), np.arange(2000) % 2.0, 20)
    assert (x[0], x[-1], set(y)) == (9, 1989, {0.5})


def test_a_detectors_figures_need_no_probabilities(tmp_path: Path) -> None:
    said = two_classes(2000, 1.2)
    scores = said.pop("probabilities")[:, 1] ** 2  # of the same order
    area = average_precision_score(said["true"], scores)
    titles = [
        drawn(tmp_path, name, "outliers", classes=NO_YES, scores=scores, **said).title
        for name in FIGURES["outliers"]
    ]
    assert titles[0] == f"ROC curve: AUC {roc_auc_score(said['true'], scores):.4f}"
    assert titles[1] == f"Precision-recall curve: average precision {area:.4f}"
    right = (said["true"] == said["predicted"]).sum()
    assert titles[2] == f"Confusion matrix: {right:,} of 2,000 right"


# --- determinism and size -----------------------------------------------------------------------


@pytest.mark.parametrize(("task", "names"), FIGURES.items())
def test_figures_are_the_same_bytes_alone_together_and_under_other_settings(
    task: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    said = line(50) if task == "regression" else two_classes(500, 1) | {"classes": NO_YES}
    write_predictions(tmp_path / "predictions.arrow", task, **said)
    together = {name: tmp_path / "together" / f"{name}.svg" for name in names}
    draw(names, tmp_path, together, [])
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "svg.hashsalt": None}):
        for name in reversed(names):
            alone = tmp_path / "alone.svg"
            draw([name], tmp_path, {name: alone}, [])
            assert alone.read_bytes() == together[name].read_bytes()


@pytest.mark.slow
def test_big_test_sets_give_small_files(tmp_path: Path) -> None:
    # Scores that know nothing have the most corners.
    for name in FIGURES["classification"]:
        drawn(tmp_path, name, classes=tuple("abcdefghij"), **many_classes(10_000, 10, 0.0))
        drawn(tmp_path, name, classes=NO_YES, **two_classes(60_000, 0.1, base=0.5))
    for name in FIGURES["regression"]:
        drawn(tmp_path, name, "regression", **line(1000))
        drawn(tmp_path, name, "regression", **line(30_000))
    drawn(tmp_path, "confusion", classes=tuple("abcdefghijkl"), **many_classes(9000, 12, 0.0))
    drawn(tmp_path, "confusion", classes=tuple(map(str, range(26))), **many_classes(9000, 26, 1.0))
    noise = np.random.default_rng(0).normal(size=(10_000, 2))
    steps = "".join(f"{step},{a:.6f},{b:.6f}\n" for step, (a, b) in enumerate(noise))
    drawn(
        tmp_path, "history", curves=["a_loss", "b_loss"], true=[0], predicted=[0],
        history="step,a_loss,b_loss\n" + steps,
    )  # fmt: skip


def test_a_figure_names_no_date_and_loads_nothing(tmp_path: Path) -> None:
    drawn(tmp_path, "roc", classes=NO_YES, **two_classes(100, 1))
    text = (tmp_path / "roc.svg").read_text()
    assert "DOCTYPE" not in text
    assert "metadata" not in text
    assert re.findall(r'href="(?!#)|url\((?!#)|<image|<script', text) == []
    assert set(re.findall(r"https?://[^\"\s]+", text)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


# --- words --------------------------------------------------------------------------------------


def test_every_figure_has_a_title_and_a_description(tmp_path: Path) -> None:
    for task, names in FIGURES.items():
        said = line(20) if task == "regression" else two_classes(50, 1) | {"classes": NO_YES}
        for name in names:
            found = drawn(tmp_path, name, task, **said)
            assert found.title
            assert found.description.endswith(".")
            assert found.width > 100 < found.height


def test_sample_data_is_named_inside_the_figure(tmp_path: Path) -> None:
    run = {"model": "svc", "data": "iris", "variant": "book"}
    for variant, named in (("full", False), ("sample", True)):
        write_json(tmp_path / "run.json", run | {"data_variant": variant})
        drawn(tmp_path, "roc", classes=NO_YES, **two_classes(50, 1))
        assert ("GENERATED SAMPLE DATA</text>" in (tmp_path / "roc.svg").read_text()) == named


@pytest.mark.parametrize(
    "name", ["$x_1$ and $y", "<script>alert('&')</script>", "a--b", "猫", "long " * 20, "\\frac{"]
)
def test_hostile_class_names_are_drawn_as_they_are(name: str, tmp_path: Path) -> None:
    for figure in FIGURES["classification"]:
        found = drawn(tmp_path, figure, classes=("no", name), **two_classes(60, 1, base=0.5))
        assert found.title
    ElementTree.parse(tmp_path / "roc.svg")
    assert name in words(tmp_path / "roc.svg").description


def test_a_long_title_takes_more_lines_and_leaves_the_drawing_its_room() -> None:
    long = "Two of four are right, which is what a guess by the shares of the classes reaches too"
    with style.applied():
        brief, wordy = (style.canvas(title, "model · data", 4.4, 4.5) for title in ("Two", long))
        for figure in (brief, wordy):
            figure.add_subplot()
            figure.savefig(io.BytesIO(), format="svg")
        assert all(text.get_window_extent().x1 < wordy.bbox.x1 for text in wordy.texts)
        heights = [figure.axes[0].get_window_extent().height for figure in (brief, wordy)]
    assert heights[0] == pytest.approx(heights[1], abs=0.5)
