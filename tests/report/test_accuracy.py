"""Where one class is rare, the page on accuracy shows who finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.report.made_results import Made
from tests.report.page import Page, read

COUNTS = {"no": {"train": 360, "test": 90}, "yes": {"train": 40, "test": 10}}
TRUE = np.repeat([0, 1], [90, 10])


@pytest.fixture
def page(made: Callable[..., Made]) -> Page:
    """Two models of one accuracy: one ranks every row rightly, one says "no" whatever comes."""
    folder = made()
    folder.data("rare", "Rare things", classes=COUNTS)
    folder.data("even", "Even things", classes={name: {"train": 200, "test": 50} for name in "ab"})
    for name in ("blind", "good"):
        folder.model(
            name, name.title(), "classification", ["rare", "even"], section="7.3",
            variants={"book": {"rare": {"accuracy": 0.9}}},
        )  # fmt: skip
    second = {"blind": np.full(100, 0.1), "good": np.where(TRUE == 1, 0.4, 0.1)}
    for name, p in second.items():
        folder.run(
            name, "rare", true=TRUE, predicted=np.zeros(100, dtype=int),
            probabilities=np.column_stack([1 - p, p]), classes=("no", "yes"), draw_figures=False,
        )  # fmt: skip
    half = np.repeat([0, 1], 50)
    for name in second:
        folder.run(
            name, "even", true=half, predicted=half, classes=("a", "b"), draw_figures=False,
            probabilities=np.column_stack([1 - half, half]).astype(float),
        )  # fmt: skip
    return read(folder.build())["accuracy.html"]


def test_runs_of_one_accuracy_are_told_apart(page: Page) -> None:
    assert "90 % of the test rows are of the common class" in page.words
    assert (
        "2 of 2 runs gain less than one percentage point on it; by ROC AUC, they lie anywhere"
        in page.words
    )
    assert "from 0.500 to 1." in page.words
    assert "Never answering with the rare class: " in page.words
    assert "Good book 0.9000 +0.00 points 0 undefined 0.5000 1 1" in page.words


def test_a_data_set_of_even_classes_is_not_there(page: Page) -> None:
    assert "Even things" not in page.words


def test_the_books_two_networks_stand_side_by_side_with_their_cost(page: Page) -> None:
    assert "The book’s comparison" in page.words
    assert "1.23 s" in page.words


def test_every_point_leads_to_its_run(page: Page) -> None:
    targets = [link["href"] for link in page.all("a") if "circle" not in link]
    assert targets.count("models/blind.html#rare-book") >= 2
    assert len(page.all("circle")) == 2
