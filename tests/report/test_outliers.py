"""What a detector flags: its figure, and the tables on the page of its model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.report import made_explanations as made_up
from tests.report.made_predictions import two_classes
from tests.report.made_results import Made
from tests.report.page import Page, read
from tests.report.test_shown_figures import shown

from handbook.core.files import write_json
from handbook.report.figures import style
from handbook.report.figures.explained import outliers

CLASSES = ("legitimate", "fraud")


def test_the_title_says_what_the_strangest_rows_are(tmp_path: Path) -> None:
    said = shown(tmp_path, "outliers", made_up.outliers(CLASSES))
    assert said.title == "Of the strangest 5 % of rows, 60 % are fraud"
    assert "Scores of 2,000 test rows" in said.description
    assert "flags 100 of them, 60 of these fraud" in said.description
    assert "is 95.0 % of the strangest 1 %, 85.0 % of the strangest 2 %" in said.description
    assert said.description.endswith("it is 5.0 % of all.")


def test_bars_are_as_high_as_their_counts_and_none_vanishes() -> None:
    entry = made_up.outliers(CLASSES)
    entry["test"]["counts"] = [[1000, 1, 0], [0, 30, 60]]
    with style.applied():
        (axes,) = outliers.outliers(entry, "").figure.axes
    lines = [patch for patch in axes.patches if not patch.get_fill()]
    heights = [np.array(line.get_data().values) for line in lines]
    bottom = axes.get_ylim()[0]
    assert [one[one > bottom].tolist() for one in heights] == [[1000, 1], [30, 60]]
    assert [line.get_data().edges.tolist() for line in lines] == [[0.1, 0.3, 0.5, 0.7]] * 2
    (threshold,) = axes.lines
    assert list(threshold.get_xdata()) == [0.5, 0.5]


def test_few_rows_have_plain_numbers_on_their_axis() -> None:
    entry = made_up.outliers(CLASSES)
    entry["test"]["counts"] = [[7, 1, 0], [0, 3, 6]]
    with style.applied():
        figure = outliers.outliers(entry, "").figure
        figure.draw_without_rendering()
    (axes,) = figure.axes
    low, high = axes.get_ylim()
    labels = axes.get_yticklabels(which="both")
    said = {one.get_text() for one in labels if low <= one.get_position()[1] <= high}
    assert {"1", "2", "6"} <= said
    assert all(one.isdigit() for one in said - {""})


def page(made: Callable[..., Made], **entry: Any) -> Page:
    one = made(entry.get("rule") or "made")
    one.data("credit-card", "Credit cards")
    one.model("som", "Map", "classification", ["credit-card"], shows=["outliers"])
    folder = one.run("som", "credit-card", classes=CLASSES, cv=False, **two_classes(60, 1))
    shows = {"outliers": made_up.outliers(CLASSES, **entry)}
    write_json(folder / "explain.json", {"shows": shows})
    return read(one.build())["models/som.html"]


def test_budgets_nodes_and_rows_stand_on_the_models_page(made: Callable[..., Made]) -> None:
    found = page(made)
    assert "1 % 20 0.950 0.190 2 % 40 0.850 0.340 5 % 100 0.600 0.600" in found.words
    nodes = found.words[found.words.index("Outlier nodes: most of their") :]
    assert "flagged by distance map; the strangest first, 20 of 29. Rows" in nodes
    assert "row 9, column 9 0.990 1.98 198 99 49 row 9, column 8 0.980" in nodes
    assert "row 8, column 0" in nodes
    assert "row 7, column 9" not in nodes  # the 21st
    rows = found.words[found.words.index("Flagged training rows") :]
    assert "the strangest 20 of 1,400, 250 of which are fraud" in rows
    assert "Row Score Class Node age pdays job balance" in rows
    assert "7000 0.900 legitimate 3, 0 12.5 – student −4000 6999 0.890 fraud 3, 1" in rows
    regions = [one["aria-label"] for one in found.all("div") if one.get("role") == "region"]
    assert "Table: Strangest training rows of Credit cards, book" in regions


def test_a_detector_without_a_map_has_no_nodes(made: Callable[..., Made]) -> None:
    words = page(made, has_map=False).words
    assert "Outlier nodes" not in words
    assert "Row Score Class age pdays" in words
    assert "7000 0.900 legitimate 12.5" in words


def test_nodes_come_by_the_score_of_the_rule(made: Callable[..., Made]) -> None:
    nodes = made_up.outliers(CLASSES)["nodes"]
    for node in nodes:
        node["error"] = 5 - node["distance"]
    for rule, said, first in (
        ("distance-map", "distance map", "row 9, column 9"),
        ("quantization", "quantisation error", "row 7, column 1"),
    ):
        words = page(made, rule=rule, nodes=nodes).words
        assert f"flagged by {said}; the strangest first" in words
        assert f"Flagged fraud {first}" in words


def test_nothing_flagged_is_said(made: Callable[..., Made]) -> None:
    entry = made_up.outliers(CLASSES)
    train = entry["train"] | {"flagged": [0, 0], "strangest": []}
    found = page(made, train=train)
    assert "original values, to six digits: 0, 0 of which are fraud" in found.words
    rows = found.words[found.words.index("Flagged training rows") :]
    assert "age pdays job balance none" in rows


@pytest.mark.parametrize("shows", [[], ["tree"]])
def test_only_what_the_catalogue_asks_for_is_read(made: Callable[..., Made], shows: Any) -> None:
    one = made()
    one.data("credit-card", "Credit cards")
    one.model("som", "Map", "classification", ["credit-card"], shows=shows)
    folder = one.run("som", "credit-card", classes=CLASSES, cv=False, **two_classes(60, 1))
    (folder / "explain.json").write_text("{")  # would not be read
    assert "Flagged training rows" not in read(one.build())["models/som.html"].words


def test_before_it_is_computed_there_are_no_tables(made: Callable[..., Made]) -> None:
    one = made()
    one.data("credit-card", "Credit cards")
    one.model("som", "Map", "classification", ["credit-card"], shows=["outliers"])
    one.run("som", "credit-card", classes=CLASSES, cv=False, **two_classes(60, 1))
    assert "Flagged training rows" not in read(one.build())["models/som.html"].words
