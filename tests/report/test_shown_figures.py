"""The figures of what a model learnt, drawn from made-up records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.text import Text
from tests.report import made_explanations as made

from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.report.figures import style
from handbook.report.figures.draw import draw
from handbook.report.figures.explained import (
    coefficients,
    importances,
    outliers,
    projection,
    som,
    tree,
)
from handbook.report.figures.svg import Words, words
from handbook.tasks.figures import SHOWS, functions

MODULES = (coefficients, importances, outliers, projection, som, tree)
SQUARES, HEXAGONS = made.grid(10, 10), made.grid(6, 9, "hexagonal")
USUAL = {
    "permutation-importance": made.permutation(["duration", "month"]),
    "impurity-importance": made.impurity(["duration", "month"]),
    "coefficients": made.coefficients(["duration", "job=student"], ["yes"]),
    "coefficient-path": made.path(["rm", "lstat", "nox"]),
    "tree": made.full_tree(("no", "yes")),
    "projection": made.scatter(("setosa", "versicolor", "virginica")),
    "distance-map": made.distance_map(SQUARES, ("no", "yes")),
    "hit-map": made.hit_map(SQUARES, ("no", "yes")),
    "component-planes": made.component_planes(SQUARES, ["age", "job=student"]),
    "outliers": made.outliers(("no", "yes")),
}
NAMES = [f"{place} {made.LONG}" for place in range(25)]
# As wide and as many as they come.
EXTREME = [
    ("permutation-importance", made.permutation(NAMES)),
    ("permutation-importance", made.permutation(["x"], "rmse")),
    ("impurity-importance", made.impurity(NAMES)),
    ("impurity-importance", made.impurity(["x"], None)),
    ("coefficients", made.coefficients(NAMES[:20], [made.LONG])),
    ("coefficients", made.coefficients(NAMES[:20], [f"{name} against it" for name in NAMES[:6]])),
    ("coefficients", made.coefficients(["x"], ["a", "b", "c"], scaling="minmax")),
    ("coefficient-path", made.path(NAMES[:15])),
    ("coefficient-path", made.path(["x"], "ridge", own=1234.5)),
    ("tree", made.full_tree((made.LONG, made.LONG + "!"), f"{made.LONG} ≤ −1,234.56")),
    ("tree", made.full_tree(tuple(NAMES[:6]), f"month in {', '.join(NAMES)}")),
    ("tree", made.full_tree(())),
    ("tree", made.tree(made.leaf(4, value=2.0), leaves=1, nodes=1, depth=0)),
    ("projection", made.scatter(tuple(NAMES[:7]))),
    ("projection", made.histogram((made.LONG, "b"), [[5, 3, 0], [0, 4, 4]])),
    ("distance-map", made.distance_map(HEXAGONS, (made.LONG, made.LONG + "!"))),
    ("distance-map", made.distance_map(made.grid(1, 2), ("a", "b"))),
    ("distance-map", made.distance_map(made.grid(30, 3, "hexagonal"), ("a", "b"))),
    ("distance-map", made.distance_map(made.grid(20, 20, "hexagonal"), ("a", "b"))),
    ("hit-map", made.hit_map(HEXAGONS, (made.LONG, made.LONG + "!"))),
    ("hit-map", made.hit_map(made.grid(1, 2), ("a", "b"))),
    ("hit-map", made.hit_map(made.grid(20, 20, "hexagonal"), ("a", "b"))),
    ("component-planes", made.component_planes(SQUARES, NAMES[:16])),
    ("component-planes", made.component_planes(HEXAGONS, NAMES[:3], 3)),
    ("component-planes", made.component_planes(made.grid(1, 2), ["x"], 1)),
    ("outliers", made.outliers((made.LONG, made.LONG + "!"))),
]


def shown(folder: Path, name: str, entry: Any) -> Words:
    write_json(folder / "explain.json", {"shows": {name: entry}})
    draw([name], folder, {name: folder / f"{name}.svg"}, [])
    return words(folder / f"{name}.svg")


# --- what they say ------------------------------------------------------------------------------


def test_a_permutation_importance_says_over_what_its_range_is(tmp_path: Path) -> None:
    said = shown(tmp_path, "permutation-importance", made.permutation(["duration", "month"]))
    assert said.title == "Leans most on duration: ROC AUC −0.2"
    assert "one column of 1,000 of 9,043 test rows is shuffled" in said.description
    assert "duration 0.2 (0.19 to 0.22), month 0.1 (0.09 to 0.12)" in said.description
    assert "over shuffles of the same rows, not over samples of rows" in said.description


def test_an_error_rises_where_a_score_drops(tmp_path: Path) -> None:
    entry = made.permutation(["rm"], "rmse", rows=102, of_rows=102)
    said = shown(tmp_path, "permutation-importance", entry)
    assert said.title == "Leans most on rm: RMSE +0.2"
    assert "Rise of RMSE when one column of 102 test rows" in said.description


def test_shuffles_that_may_do_nothing_make_no_finding(tmp_path: Path) -> None:
    columns = [{"name": "age", "mean": 0.004, "low": -0.002, "high": 0.01}]
    entry = made.permutation(["age"], columns=columns)
    said = shown(tmp_path, "permutation-importance", entry)
    assert said.title == "Leans clearly on no column"
    assert "age 0.004 (−0.002 to 0.01)" in said.description


def test_columns_that_find_no_room_are_counted(tmp_path: Path) -> None:
    for name, entry in (
        ("permutation-importance", made.permutation(NAMES)),
        ("impurity-importance", made.impurity(NAMES)),
    ):
        said = shown(tmp_path, name, entry)
        assert said.description.endswith("The 5 least are not drawn.")
        assert "20 more below them" in said.description


def test_an_impurity_importance_gives_the_spread_of_trees_where_it_has_one(tmp_path: Path) -> None:
    said = shown(tmp_path, "impurity-importance", made.impurity(["lstat", "rm"]))
    assert said.title == "Trees gain most from lstat: 66.7 %"
    assert "lstat 66.7 % (33.3 % to 100.0 %)" in said.description
    said = shown(tmp_path, "impurity-importance", made.impurity(["lstat", "rm"], None))
    assert "percentile" not in said.description
    nothing = {"trees": None, "columns": [{"name": "a", "share": 0.0}], "features": []}
    assert shown(tmp_path, "impurity-importance", nothing).title == "Impurity importance: none"


def test_coefficients_name_the_largest_and_what_it_is_per(tmp_path: Path) -> None:
    said = shown(tmp_path, "coefficients", made.coefficients(["duration", "job=student"], ["yes"]))
    assert said.title == "Largest: duration, +2.5"
    assert "the log odds of “yes” per standard deviation of a number" in said.description
    assert "duration +2.5, job=student −2.4" in said.description
    assert "7 smaller ones are not drawn" in said.description
    said = shown(tmp_path, "coefficients", made.coefficients(["petal"], ["a", "b"]))
    assert said.title == "Largest: petal, −3.5 for b"
    assert "a: petal +2.5; b: petal −3.5" in said.description


def test_coefficients_of_nothing_say_so(tmp_path: Path) -> None:
    entry = made.coefficients(["rm"], ["medv"], of="medv", total=1)
    entry["series"][0]["values"] = [0.0]
    said = shown(tmp_path, "coefficients", entry)
    assert said.title == "Every coefficient is 0"
    assert "the change of medv per" in said.description
    assert "not drawn" not in said.description


def test_a_path_says_what_the_runs_own_penalty_leaves(tmp_path: Path) -> None:
    said = shown(tmp_path, "coefficient-path", made.path(["rm", "lstat"]))
    assert said.title == "Lasso at alpha 0.1 keeps 4 of 7 coefficients"
    assert "alpha 10 keeps 0 and alpha 0.001 keeps 2" in said.description
    assert "At the run’s own alpha, 0.1: rm +2.7, lstat +2.68." in said.description
    said = shown(tmp_path, "coefficient-path", made.path(["rm"], "ridge"))
    assert said.title == "Ridge at alpha 0.1 shrinks the coefficients by 9.1 %"
    # 0 has no place on a log scale
    assert "alpha 0 " in shown(tmp_path, "coefficient-path", made.path(["rm"], "ridge", 0)).title


def test_a_tree_gives_its_first_question_and_its_size(tmp_path: Path) -> None:
    said = shown(
        tmp_path,
        "tree",
        made.tree(
            made.asks(
                "duration ≤ 521.5",
                made.leaf(900, 4, shares=[0.9, 0.1]),
                made.leaf(100, shares=[0.4, 0.6]),
                shares=[0.85, 0.15],
            ),
            ("no", "yes"),
        ),
    )
    assert said.title == "A tree of 31 leaves that first asks: duration ≤ 521.5"
    assert "61 nodes, 31 of them leaves, depth 9; shown down to depth 3" in said.description
    assert "All training rows: yes 15.0 %, 1,000 rows. duration ≤ 521.5?" in said.description
    assert "Yes: yes 10.0 %, 900 rows. No: yes 60.0 %, 100 rows." in said.description


def test_a_box_gives_the_likeliest_of_many_classes_or_the_value() -> None:
    shares = made.leaf(7, 1234, shares=[0.2, 0.7, 0.1])
    lines = tree._lines(shares, made.tree(shares, ("a", "b", "c")))
    assert lines == ["1,234 nodes below, not shown", "b 70.0%", "7 rows · gini 0.25"]
    value = made.leaf(1, value=22.5)
    lines = tree._lines(value, made.tree(value))
    assert lines == ["leaf: asks no more", "medv 22.5", "1 row · MSE 0.25"]


def test_a_projection_gives_its_axes_or_the_overlap(tmp_path: Path) -> None:
    said = shown(tmp_path, "projection", USUAL["projection"])
    assert said.title == "First axis: 99.1 % of what separates the classes"
    assert "99.1 % and 0.9 % of the between-class variance" in said.description
    # shares 5/8, 3/8, 0 and 0, 1/2, 1/2 have 3/8 in common
    entry = made.histogram(("no", "yes"), [[5, 3, 0], [0, 4, 4]])
    said = shown(tmp_path, "projection", entry)
    assert said.title == "On one axis 38 % of the classes overlap"
    assert "37.5 % of their area in common on the test rows" in said.description
    assert "no −0.24, yes 1.81" in said.description


def test_more_than_two_classes_on_one_axis_have_no_one_overlap(tmp_path: Path) -> None:
    entry = made.histogram(("a", "b", "c"), [[5, 3, 0], [0, 4, 4], [0, 0, 8]])
    said = shown(tmp_path, "projection", entry | {"means": [[-1.0], [0.5], [2.0]]})
    assert said.title == "Classes on the one discriminant axis"
    assert "in common" not in said.description
    assert said.description.endswith("a −1, b 0.5, c 2.")


@pytest.mark.parametrize("name", SHOWS)
def test_what_a_setting_does_not_have_is_a_note(name: str, tmp_path: Path) -> None:
    said = shown(tmp_path, name, {"undefined": "the kernel is rbf"})
    assert said.title.endswith("undefined")
    assert said.description == "Nothing to draw: the kernel is rbf."


# --- how they look ------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "entry"), [*USUAL.items(), *EXTREME])
def test_no_text_is_cut(name: str, entry: Any) -> None:
    with style.applied():
        drawn = functions([name], *MODULES)[name](
            entry, "model · data set · book · GENERATED SAMPLE DATA"
        )
        drawn.figure.draw_without_rendering()
        page = drawn.figure.bbox
        for text in [*drawn.figure.texts, *drawn.figure.legends]:
            assert _inside(text.get_window_extent(), page), text
        for axes in drawn.figure.axes:
            assert _inside(axes.get_tightbbox(), page)


def _inside(box: Any, page: Any) -> bool:
    return bool(
        box.x0 > page.x0 - 1
        and box.x1 < page.x1 + 1
        and box.y0 > page.y0 - 1
        and box.y1 < page.y1 + 1
    )


@pytest.mark.parametrize("entry", [entry for name, entry in EXTREME if name == "tree"])
def test_the_text_of_a_box_stays_in_it(entry: Any) -> None:
    from matplotlib.patches import Rectangle

    with style.applied():
        figure = tree.tree(entry, "").figure
        figure.draw_without_rendering()
    (axes,) = figure.axes
    boxes = [
        one.get_window_extent()
        for one in axes.patches
        if isinstance(one, Rectangle) and one.get_linewidth()
    ]
    for text in axes.texts:
        if text.get_text() not in ("yes", "no"):
            place = text.get_window_extent()
            assert any(_inside(place, box) for box in boxes), text.get_text()
    for one in boxes:
        assert sum(one.overlaps(other) for other in boxes) == 1  # itself


def test_a_question_stands_between_its_answers() -> None:
    root = made.asks("a", made.leaf(1), made.asks("b", made.leaf(1), made.leaf(1)))
    boxes = [(box.level, box.row, box.answer) for box in tree._boxes(root, 0, 0.0, None, "")]
    assert boxes == [
        (0, 0.75, ""), (1, 0, "yes"), (1, 1.5, "no"), (2, 1, "yes"), (2, 2, "no"),
    ]  # fmt: skip


def test_names_at_the_end_of_a_path_do_not_overlap() -> None:
    with style.applied():
        figure = coefficients.coefficient_path(made.path(NAMES[:15]), "").figure
        figure.draw_without_rendering()
    (axes,) = figure.axes
    labels = [one for one in axes.texts if not one.get_text().startswith("this run")]
    places = [Text.get_window_extent(one) for one in labels]
    assert len(places) == 15
    for one in places:
        assert sum(one.overlaps(other) for other in places) == 1


def test_labels_keep_their_order_when_moved_apart() -> None:
    ends = np.array([0.5, 0.51, 0.1, 0.5, 0.9, 0.93])
    heights = np.array(coefficients._apart(ends))
    assert (np.diff(np.sort(heights)) > 0.0479).all()
    assert heights[2] == ends[2]
    # of two equal ones the first stands higher
    assert np.argsort(heights).tolist() == [2, 3, 0, 1, 4, 5]


@pytest.mark.parametrize(("name", "entry"), USUAL.items())
def test_the_same_bytes_alone_together_and_under_other_settings(
    name: str, entry: Any, tmp_path: Path
) -> None:
    write_json(tmp_path / "explain.json", {"shows": USUAL})
    together = {one: tmp_path / "together" / f"{one}.svg" for one in USUAL}
    draw(list(USUAL), tmp_path, together, [])
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "svg.hashsalt": None}):
        shown(tmp_path, name, entry)
    assert (tmp_path / f"{name}.svg").read_bytes() == together[name].read_bytes()


@pytest.mark.parametrize(("name", "entry"), EXTREME)
def test_big_records_give_small_files(name: str, entry: Any, tmp_path: Path) -> None:
    shown(tmp_path, name, entry)
    assert (tmp_path / f"{name}.svg").stat().st_size < 150_000


# --- errors -------------------------------------------------------------------------------------


def test_what_was_not_computed_is_an_error(tmp_path: Path) -> None:
    out = {"tree": tmp_path / "tree.svg"}
    with pytest.raises(HandbookError, match=r"explain.json: missing; `make rebuild` makes it"):
        draw(["tree"], tmp_path, out, [])
    write_json(tmp_path / "explain.json", {"shows": {"coefficients": {}}})
    with pytest.raises(HandbookError, match="has no 'tree', only coefficients; delete it"):
        draw(["tree"], tmp_path, out, [])
