"""How uncertain scores are, on the pages."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.report.made_predictions import two_classes
from tests.report.made_results import Made
from tests.report.page import Page, read

from handbook.core.files import read_json, write_json
from handbook.core.folders import intervals_file, seeds_file


@pytest.fixture
def folder(made: Callable[..., Made]) -> Made:
    folder = made()
    folder.data("calls", "Calls", classes={})
    folder.model("svm", "Machine", "classification", ["calls"])
    folder.run("svm", "calls", classes=("no", "yes"), draw_figures=False, **two_classes(400, 1.5))
    folder.gauge("calls")
    return folder


def marks(page: Page) -> list[str]:
    return [mark["title"].split(" ")[0] for mark in page.all("abbr") if mark["class"] == "how"]


def test_scores_on_test_rows_have_intervals_and_a_legend_of_the_methods(folder: Made) -> None:
    pages = read(folder.build())
    interval = read_json(intervals_file("calls", folder.results))
    low, high = interval["runs"]["svm/calls/book"]["intervals"]["roc_auc"]["interval"]
    for path in ("models/svm.html", "data/calls.html", "index.html"):
        assert f"[{low:.3f}, {high:.3f}] D" in pages[path].words.replace("\xa0", " "), path
        assert "D DeLong’s interval" in pages[path].words.replace("\xa0", " "), path
        assert "not what another training would give" in pages[path].words
    found = marks(pages["models/svm.html"])
    assert {"Wilson’s", "DeLong’s", "bootstrap"} <= set(found)


def test_a_metric_without_an_interval_says_why(folder: Made) -> None:
    path = intervals_file("calls", folder.results)
    content = read_json(path)
    why = {"interval": None, "why": "nobody drew rows"}
    content["runs"]["svm/calls/book"]["intervals"]["f1"] = why
    write_json(path, content)
    page = read(folder.build())["models/svm.html"]
    assert "No interval of F1: nobody drew rows." in page.words


def test_intervals_of_other_predictions_are_not_shown(folder: Made) -> None:
    path = intervals_file("calls", folder.results)
    content = read_json(path)
    content["runs"]["svm/calls/book"]["job_key"] = "of yesterday"
    write_json(path, content)
    assert marks(read(folder.build())["models/svm.html"]) == []
    path.unlink()
    assert marks(read(folder.build())["models/svm.html"]) == []


def test_a_dummy_has_its_own(folder: Made) -> None:
    page = read(folder.build())["models/svm.html"]
    ends = read_json(intervals_file("calls", folder.results))["dummies"]["classification"]
    low, high = ends["accuracy"]["interval"]
    assert f"[{low:.3f}, {high:.3f}]" in page.words
    assert np.isfinite([low, high]).all()


def reseeded(folder: Made, scores: list[float], **more: object) -> None:
    """Write what trainings from several seeds leave behind."""
    name = "svm/calls/book"
    content = {
        "model": "svm", "data": "calls", "variant": "book", "task": "classification",
        "work": folder.catalogue["work"][name], "shortened": {},
        "primary": "roc_auc", "seeds": [43, 44, 45], "scores": {"roc_auc": scores},
        "mean": {"roc_auc": float(np.mean(scores))},
        "deviation": {"roc_auc": float(np.std(scores, ddof=1))},
    }  # fmt: skip
    write_json(seeds_file("svm", folder.results), content | more)


def test_differences_between_variants_are_held_against_the_spread_over_seeds(
    made: Callable[..., Made],
) -> None:
    folder = made()
    folder.data("calls", "Calls", classes={})
    variants = {"book": {}, "near": {}, "far": {}}
    folder.model("svm", "Machine", "classification", ["calls"], variants=variants)
    true = np.repeat([0, 1], 50)
    for variant, wrong in (("book", 10), ("near", 11), ("far", 40)):
        score = true.astype(float)
        score[:wrong] = 2.0  # negative rows above all positive ones
        p = np.column_stack([1 - score / 2, score / 2])
        folder.run(
            "svm", "calls", variant, true=true, predicted=true, probabilities=p,
            classes=("no", "yes"), draw_figures=False, cv=False,
        )  # fmt: skip
    reseeded(folder, [0.79, 0.80, 0.81])
    words = read(folder.build())["models/svm.html"].words
    assert "mean 0.8000, standard deviation 0.010." in words
    for score in ("0.7900", "0.8000", "0.8100"):
        assert score in words
    # ROC AUC 0.8, 0.78 and 0.2; t of two degrees of freedom, 4.303, times sqrt(2) times 0.01.
    assert "differ by less than 0.061 in 95 of 100 cases" in words
    assert "1 of 3 differences between its variants on these test rows is no larger" in words

    reseeded(folder, [0.79, 0.80, 0.81], shortened={"epochs": [2, 10]})
    words = read(folder.build())["models/svm.html"].words
    assert "shorter than the run itself: 2 of 10 epochs" in words
    assert "no difference between variants is judged by them" in words
    assert "differences between its variants" not in words

    reseeded(folder, [0.79, 0.80, 0.81], work="of other settings")
    assert "How far the seed moves it" not in read(folder.build())["models/svm.html"].words
