"""Figures that cannot be drawn: notes where something is undefined, and errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.report.made_predictions import many_classes, two_classes
from tests.report.test_figures import drawn

from handbook.core.errors import HandbookError
from handbook.core.files import write_text
from handbook.report.figures.draw import draw
from handbook.tasks.figures import FIGURES, figure_names

NO_YES = ("no", "yes")

# --- undefined cases ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["roc", "precision-recall"])
def test_one_class_in_the_test_rows_gives_a_note(name: str, tmp_path: Path) -> None:
    said = two_classes(50, 1)
    said["true"] = np.zeros(50, dtype=np.int64)
    found = drawn(tmp_path, name, classes=NO_YES, **said)
    assert found.title.endswith("undefined")
    assert "only one class (no)" in found.description


@pytest.mark.parametrize(
    ("name", "lacking"),
    [("roc", "neither"), ("precision-recall", "neither"), ("calibration", "no probabilities")],
)
def test_a_model_that_ranks_nothing_gives_a_note(name: str, lacking: str, tmp_path: Path) -> None:
    found = drawn(tmp_path, name, classes=NO_YES, true=[0, 1], predicted=[0, 1])
    assert f"the model gives {lacking}" in found.description


def test_no_test_rows_at_all_give_notes(tmp_path: Path) -> None:
    nothing = {"true": np.empty(0), "predicted": np.empty(0)}
    for name in FIGURES["regression"]:
        assert "no test rows" in drawn(tmp_path, name, "regression", **nothing).description
    none = {
        "true": np.empty(0, dtype=np.int64),
        "predicted": np.empty(0, dtype=np.int64),
        "probabilities": np.empty((0, 2)),
        "classes": NO_YES,
    }
    for name in FIGURES["classification"]:
        assert drawn(tmp_path, name, **none).description


def test_a_class_without_test_rows_leaves_the_macro_average_undefined(tmp_path: Path) -> None:
    said = many_classes(200, 3, 1.0)
    keep = said["true"] != 2
    said = {key: value[keep] for key, value in said.items()}
    for name in ("roc", "precision-recall"):
        found = drawn(tmp_path, name, classes=("a", "b", "c"), **said)
        assert found.title.endswith("undefined")
    assert (
        "c has no test row"
        in drawn(tmp_path, "confusion", classes=("a", "b", "c"), **said).description
    )


def test_equal_true_values_leave_the_share_of_variance_undefined(tmp_path: Path) -> None:
    found = drawn(
        tmp_path, "predicted-vs-true", "regression", true=[2.0, 2.0], predicted=[1.0, 2.0]
    )
    assert "R² is undefined" in found.description


def test_a_model_fitted_in_one_step_has_no_history(tmp_path: Path) -> None:
    found = drawn(tmp_path, "history", curves=["loss"], true=[0], predicted=[0])
    assert "fitted in one step" in found.description


@pytest.mark.parametrize(
    ("history", "said"),
    [("epoch,loss\n1,0.5\n", "loss is 0.5"), ("epoch,loss\n1,\n2,\n", "never measured")],
)
def test_short_and_empty_histories(history: str, said: str, tmp_path: Path) -> None:
    found = drawn(tmp_path, "history", curves=["loss"], history=history, true=[0], predicted=[0])
    assert said in found.description


# --- errors -------------------------------------------------------------------------------------


def test_a_curve_that_was_not_recorded_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match=r"no column 'los'.*did you mean 'loss'"):
        drawn(
            tmp_path, "history", curves=["los"], history="epoch,loss\n1,2\n", true=[0],
            predicted=[0],
        )  # fmt: skip


def test_a_history_of_words_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match="not a table of numbers"):
        drawn(
            tmp_path, "history", curves=["loss"], history="epoch,loss\n1,much\n", true=[0],
            predicted=[0],
        )  # fmt: skip


def test_an_unknown_figure_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match="did you mean 'confusion'"):
        drawn(tmp_path, "confusoin", classes=NO_YES, true=[0], predicted=[0])


def test_predictions_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match="3 columns of probabilities for 2 classes"):
        drawn(tmp_path, "roc", classes=NO_YES, true=[0], predicted=[0], probabilities=np.eye(3)[:1])
    import pyarrow as pa
    import pyarrow.feather

    pa.feather.write_feather(pa.table({"a": [1]}), tmp_path / "predictions.arrow")
    with pytest.raises(HandbookError, match="not predictions of this project"):
        draw(["roc"], tmp_path, {"roc": tmp_path / "roc.svg"}, [])
    (tmp_path / "predictions.arrow").write_bytes(b"ARROW1")
    with pytest.raises(HandbookError, match=r"predictions\.arrow: not a whole Arrow file"):
        draw(["roc"], tmp_path, {"roc": tmp_path / "roc.svg"}, [])


def test_names_of_figures_follow_from_task_what_is_shown_and_curves() -> None:
    assert figure_names("regression", []) == FIGURES["regression"]
    assert figure_names("regression", ["loss"])[-1] == "history"
    assert figure_names("language", ["loss"]) == ("history",)
    assert figure_names("regression", ["loss"], ["tree"]) == (
        *FIGURES["regression"], "tree", "history",
    )  # fmt: skip


def test_only_what_is_drawn_is_read(tmp_path: Path) -> None:
    write_text(tmp_path / "history.csv", "epoch\n")
    draw(["history"], tmp_path, {"history": tmp_path / "history.svg"}, ["loss"])
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["history.csv", "history.svg"]
