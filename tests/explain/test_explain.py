from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.tree import DecisionTreeClassifier
from tests.explain.made_runs import RECIPE, dataset, fit, mixed, spec_of

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset, write
from handbook.explain.explain import display, explain, rounded
from handbook.explain.run import Fitted
from handbook.models.som import SelfOrganizingMap, SOMOutlierDetector
from handbook.report.figures.draw import draw
from handbook.report.figures.svg import words
from handbook.tasks.figures import SHOWS
from handbook.training.preprocess import pipeline
from handbook.training.saving import save

NO_YES = ("no", "yes")


class Saved:
    """A run on disk, ready to be explained."""

    def __init__(self, folder: Path, model: Any, classes: tuple[str, ...] = NO_YES) -> None:
        self.folder = folder
        self.classes = classes
        rows = dataset(mixed(120), (mixed(120)["age"] > 50).astype(int), classes)
        write(folder / "train.arrow", rows)
        write(folder / "test.arrow", rows)
        save(pipeline(model, RECIPE, rows.X).fit(rows.X, rows.y), folder / "model.skops")

    def explain(self, shows: Sequence[str], output: str = "explain.json", **changes: Any) -> Any:
        task = "classification" if self.classes else "regression"
        spec = spec_of(**{"task": task, "preprocess": RECIPE, "seed": 3, "shows": shows} | changes)
        self.said: list[str] = []
        explain(
            spec,
            self.folder / "model.skops",
            self.folder / "train.arrow",
            self.folder / "test.arrow",
            self.folder / output,
            say=self.said.append,
        )
        return json.loads((self.folder / output).read_text())


RUNS = [
    (LogisticRegression(), NO_YES, ["permutation-importance", "coefficients"]),
    (LinearDiscriminantAnalysis(), NO_YES, ["projection"]),
    (DecisionTreeClassifier(random_state=0), NO_YES, ["tree", "impurity-importance"]),
    (RandomForestClassifier(5, random_state=0), NO_YES, ["impurity-importance"]),
    (Lasso(alpha=0.1), (), ["coefficient-path", "permutation-importance"]),
    (
        SOMOutlierDetector(SelfOrganizingMap(3, 4, topology="hexagonal"), random_state=0),
        NO_YES,
        ["distance-map", "hit-map", "component-planes", "outliers"],
    ),
    (IsolationForest(n_estimators=5, random_state=0), NO_YES, ["outliers"]),
]


@pytest.mark.parametrize(("model", "classes", "shows"), RUNS)
def test_what_is_asked_is_written_the_same_bytes_and_can_be_drawn(
    model: Any, classes: tuple[str, ...], shows: list[str], tmp_path: Path
) -> None:
    run = Saved(tmp_path, model, classes)
    result = run.explain(shows)
    assert list(result["shows"]) == shows
    assert (result["model"], result["data"], result["variant"]) == ("made", "made", "book")
    assert run.said == [f"{name}: done" for name in shows]
    run.explain(shows, "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "explain.json").read_bytes()
    out = {name: tmp_path / f"{name}.svg" for name in shows}
    draw(shows, tmp_path, out, [])
    for name in shows:
        text = words(out[name])
        assert "undefined" not in text.title, name
        assert text.description.endswith(".")


# Of networks; each has a test file beside this one.
OF_NETWORKS = {
    *("kernels", "feature-maps"),
    *("text-samples", "gates"),
    *("samples", "interpolation", "class-histogram", "frechet-scale"),
}


def test_every_kind_is_tried_above_and_known_to_catalogue_and_drawings() -> None:
    assert {name for *_, shows in RUNS for name in shows} == set(SHOWS) - OF_NETWORKS
    for name, module in SHOWS.items():
        assert display(name).__module__ == f"handbook.explain.{module}"


def test_a_threshold_around_the_model_changes_no_explanation() -> None:
    plain = fit(LinearDiscriminantAnalysis(), mixed(120), mixed(120)["age"] > 50, classes=NO_YES)
    wrapped = FixedThresholdClassifier(FrozenEstimator(plain.estimator), threshold=0.3)
    wrapped.fit(plain.train.X, plain.train.y)
    around = Fitted(plain.spec, wrapped, plain.train, plain.test)
    for name in ("coefficients", "permutation-importance", "projection"):
        assert display(name)(around) == display(name)(plain)


def test_numbers_have_six_digits_and_are_finite() -> None:
    assert rounded({"a": (1 / 3, np.float64(2e-9) / 3, -0.0, 7, "b", None, True)}, "made") == {
        "a": [0.333333, 6.66667e-10, 0.0, 7, "b", None, True]
    }
    for value in (float("nan"), float("inf")):
        with pytest.raises(HandbookError, match=r"made, path, own: is .* expected a finite number"):
            rounded({"path": {"own": value}}, "made")


def test_a_setting_without_such_a_thing_says_why(tmp_path: Path) -> None:
    from sklearn.svm import SVC

    run = Saved(tmp_path, SVC())
    result = run.explain(["coefficients"])
    assert result["shows"] == {
        "coefficients": {"undefined": "with the kernel rbf no column has a coefficient"}
    }
    assert run.said == ["coefficients: with the kernel rbf no column has a coefficient"]


def test_an_unknown_name_is_an_error_with_the_nearest_one(tmp_path: Path) -> None:
    run = Saved(tmp_path, LogisticRegression())
    with pytest.raises(HandbookError, match="made: shows 'coeficients'; did you mean"):
        run.explain(["coeficients"])
    assert not (tmp_path / "explain.json").exists()


def test_images_have_no_columns_to_speak_of(tmp_path: Path) -> None:
    run = Saved(tmp_path, LinearRegression(), ())
    pictures = Dataset("made", "sample", "images", np.zeros((3, 2, 2), np.uint8), np.ones(3))
    write(tmp_path / "train.arrow", pictures)
    with pytest.raises(HandbookError, match="is for tables, and made holds images"):
        run.explain(["coefficients"])
