"""Code beside results: what is shown is what runs."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from tests.report.made_results import REAL
from xgboost import XGBRegressor

from handbook.core.folders import DataFolder, RunFolder
from handbook.data.dataset import Dataset, write
from handbook.report.site.listings import digest, loading, of_estimator, of_lab
from handbook.training.saving import save


def defined(text: str) -> set[str]:
    return {
        statement.name
        for statement in ast.parse(text).body
        if isinstance(statement, ast.FunctionDef | ast.ClassDef)
    }


@pytest.mark.parametrize("lab", REAL.labs)
def test_a_labs_listing_is_its_module_without_what_it_does_not_use(lab: str) -> None:
    listing = of_lab(lab)
    assert listing is not None
    source = (Path(__file__).parents[2] / listing.path).read_text(encoding="utf-8")
    assert "compute" in defined(listing.text)
    assert "__all__" not in listing.text
    for part in listing.text.rstrip().split("\n\n\n"):
        assert part in source


def test_what_only_the_figure_uses_is_left_out() -> None:
    listing = of_lab("waldo")
    assert listing is not None
    assert "compute" in defined(listing.text)
    assert "plot" not in defined(listing.text)


@pytest.mark.parametrize("model", REAL.models)
def test_a_model_shows_our_class_or_what_stands_before_a_librarys(model: str) -> None:
    estimator = REAL.models[model].estimator
    listing = of_estimator(estimator)
    assert listing is not None
    assert listing.ours == estimator.startswith("handbook.")
    wanted = estimator.rpartition(".")[2] if listing.ours else "pipeline"
    assert wanted in defined(listing.text)


def test_results_of_another_version_have_no_listing() -> None:
    assert of_lab("no-such-lab") is None
    assert of_estimator("handbook.models.lenet.NoSuchClass") is None
    assert of_estimator("handbook.models.nothing.NoSuchClass") is None


def test_a_class_of_ones_own_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("models").mkdir()
    code = "class Shown:\n    pass\n"
    Path("models/shown.py").write_text(f"import os\n\n\n{code}")
    assert of_estimator("models.shown.Shown") == ("models/shown.py", "Shown", code, True)
    assert of_estimator("models.shown.Other") is None


def test_the_digest_is_of_what_is_shown() -> None:
    one, two = digest(["corr2d"], []), digest(["corr2d", "padding"], [])
    assert one != two
    assert one == digest(["corr2d"], [])


@pytest.mark.parametrize(
    ("model", "trusted"),
    [(Ridge(alpha=1e-9), ()), (XGBRegressor(n_estimators=300, base_score=0), ("xgboost",))],
)
def test_the_lines_that_load_a_model_load_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Any, trusted: tuple[str, ...]
) -> None:
    X = pd.DataFrame({"x": np.arange(5.0)})
    y = 2 * np.arange(5.0)
    write(DataFolder("line", tmp_path / "results").test, Dataset("line", "full", "table", X, y))
    run = "ridge/line/book"
    target = RunFolder(run, tmp_path / "results").model
    target.parent.mkdir(parents=True)
    save(model.fit(X, y), target, trusted)
    monkeypatch.chdir(tmp_path)
    *lines, call = loading(run, "regression", trusted).strip().splitlines()
    names: dict[str, Any] = {}
    exec("\n".join(lines), names)
    assert eval(call, names) == pytest.approx(y, abs=1e-2)


@pytest.mark.parametrize(
    ("task", "call"), [("generation", "sample"), ("language", "generate"), ("outliers", "predict")]
)
def test_every_kind_of_model_is_asked_for_what_it_can_give(task: str, call: str) -> None:
    assert f"model.{call}(" in loading("m/d/book", task)
