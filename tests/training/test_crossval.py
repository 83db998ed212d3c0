"""Cross-validation: honest folds and intervals."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    LeaveOneOut,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)

from handbook.core.errors import HandbookError
from handbook.data import dataset
from handbook.training.crossval import crossval, summary
from handbook.training.spec import CrossvalSpec, RunSpec


def spec(**changes: Any) -> CrossvalSpec:
    """What a cross-validation depends on."""
    run: dict[str, Any] = {
        "model": "logistic-regression",
        "data": "made",
        "variant": "book",
        "task": "classification",
        "estimator": "sklearn.linear_model.LogisticRegression",
        "params": {},
        "seed": 7,
    }
    own = {key: changes.pop(key) for key in CrossvalSpec.model_fields if key in changes}
    return CrossvalSpec(**{"run": RunSpec(**run | changes), "folds": 4, "level": 0.9} | own)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(120, 3)), columns=["a", "b", "c"])
    y = (X["a"] + rng.normal(size=120) > 0).to_numpy().astype(np.int64)
    path = tmp_path / "train.arrow"
    dataset.write(path, dataset.Dataset("made", "sample", "table", X, y, "y", ("no", "yes")))
    return path


def test_scores_are_those_of_scikit_learn(rows: Path, tmp_path: Path) -> None:
    crossval(spec(), rows, tmp_path / "cv.json", say=lambda line: None)
    ours = json.loads((tmp_path / "cv.json").read_text())
    data = dataset.read(rows)
    folds = StratifiedKFold(4, shuffle=True, random_state=7)
    theirs = cross_val_score(LogisticRegression(), data.X, data.y, cv=folds, scoring="roc_auc")
    assert [fold["roc_auc"] for fold in ours["scores"]] == pytest.approx(list(theirs))
    assert ours["mean"]["roc_auc"] == pytest.approx(theirs.mean())
    assert ours["baseline"]["mean"]["roc_auc"] == 0.5
    low, high = ours["interval"]["roc_auc"]
    assert low < ours["mean"]["roc_auc"] < high
    assert [fold["rows"] for fold in ours["scores"]] == [30] * 4


def test_the_interval_accounts_for_overlap() -> None:
    values = [0.80, 0.82, 0.84, 0.86, 0.88]
    scores = [{"fold": i, "rows": 10, "roc_auc": v} for i, v in enumerate(values)]
    mean, error, interval = summary(scores, share=1 / 4, level=0.95).values()
    # s^2 = 0.001 by hand; corrected variance s^2 (1/5 + 1/4).
    assert mean["roc_auc"] == pytest.approx(0.84)
    assert error["roc_auc"] == pytest.approx(math.sqrt(0.001 * 0.45))
    low, high = interval["roc_auc"] or (0, 0)
    assert low == pytest.approx(0.84 - 2.7764451 * math.sqrt(0.00045))
    naive = stats.t.interval(0.95, 4, 0.84, stats.sem(values))
    assert high - low == pytest.approx((naive[1] - naive[0]) * math.sqrt(0.45 / 0.2))


def test_an_interval_ends_where_its_metric_does() -> None:
    scores = [{"recall": 0.0, "rmse": 0.1, "r2": 0.9}, {"recall": 0.1, "rmse": 9.0, "r2": 1.0}]
    interval = summary(scores, share=1.0, level=0.95)["interval"]
    # t(1) at 0.975 is 12.7: uncut, the interval would be [-1.05, 1.15].
    assert interval["recall"] == [0.0, 1.0]
    assert interval["rmse"] is not None
    assert interval["rmse"][0] == 0.0
    assert interval["r2"] is not None
    assert interval["r2"][0] < 0 < interval["r2"][1] == 1.0


def test_an_undefined_fold_has_no_summary() -> None:
    scores = [{"precision": 0.5, "recall": 0.1}, {"precision": None, "recall": 0.2}]
    mean, error, interval = summary(scores, share=1.0, level=0.95).values()
    assert mean["precision"] is None
    assert error["precision"] is None
    assert interval["precision"] is None
    assert mean["recall"] == pytest.approx(0.15)


def test_preprocessing_is_fitted_on_each_fold_alone(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sklearn.preprocessing

    seen = []
    fit = sklearn.preprocessing.StandardScaler.partial_fit

    def spy(self: Any, X: Any, *rest: Any, **named: Any) -> Any:
        seen.append(len(X))
        return fit(self, X, *rest, **named)

    monkeypatch.setattr(sklearn.preprocessing.StandardScaler, "partial_fit", spy)
    recipe = {"numeric": "standard", "categorical": "onehot", "missing": "indicator"}
    crossval(spec(preprocess=recipe), rows, tmp_path / "cv.json", say=lambda line: None)
    assert seen == [90] * 4


def test_rows_without_labels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.arrow"
    dataset.write(path, dataset.Dataset("macbeth", "sample", "text", "a\n"))
    with pytest.raises(HandbookError, match="has no labels"):
        crossval(spec(data="macbeth"), path, tmp_path / "cv.json", say=lambda line: None)
    assert not (tmp_path / "cv.json").exists()


def test_a_searched_setting_is_chosen_anew_in_each_fold(rows: Path, tmp_path: Path) -> None:
    settings = spec(search={"space": {"C": [0.001, 1.0]}, "draws": None, "splits": 3, "rows": None})
    crossval(settings, rows, tmp_path / "cv.json", say=lambda line: None)
    ours = json.loads((tmp_path / "cv.json").read_text())
    data = dataset.read(rows)
    search = GridSearchCV(
        LogisticRegression(),
        {"C": [0.001, 1.0]},
        scoring="roc_auc",
        cv=StratifiedKFold(3, shuffle=True, random_state=7),
    )
    outer = StratifiedKFold(4, shuffle=True, random_state=7)
    nested = cross_validate(
        search, data.X, data.y, cv=outer, scoring="roc_auc", return_estimator=True
    )
    assert [fold["roc_auc"] for fold in ours["scores"]] == pytest.approx(list(nested["test_score"]))
    assert ours["chosen"] == [search.best_params_ for search in nested["estimator"]]


def test_small_sets_are_folded_repeatedly(rows: Path, tmp_path: Path) -> None:
    crossval(spec(repeats=3, small=120), rows, tmp_path / "cv.json", say=lambda line: None)
    ours = json.loads((tmp_path / "cv.json").read_text())
    data = dataset.read(rows)
    theirs = [
        cross_val_score(
            LogisticRegression(),
            data.X,
            data.y,
            cv=StratifiedKFold(4, shuffle=True, random_state=7 + repeat),
            scoring="roc_auc",
        )
        for repeat in range(3)
    ]
    assert ours["repeated"]["mean"]["roc_auc"] == pytest.approx(np.mean(theirs))
    # Twelve scores of overlapping sets: s sqrt(1/12 + 1/3).
    assert ours["repeated"]["standard_error"]["roc_auc"] == pytest.approx(
        np.std(theirs, ddof=1) * math.sqrt(1 / 12 + 1 / 3)
    )
    # The plain folds are the first repeat.
    assert [fold["roc_auc"] for fold in ours["scores"]] == pytest.approx(list(theirs[0]))
    crossval(spec(repeats=3, small=119), rows, tmp_path / "cv.json", say=lambda line: None)
    assert json.loads((tmp_path / "cv.json").read_text())["repeated"] is None


def test_each_row_is_left_out_once(rows: Path, tmp_path: Path) -> None:
    crossval(spec(leave_one_out=True, small=120), rows, tmp_path / "cv.json", say=lambda line: None)
    ours = json.loads((tmp_path / "cv.json").read_text())["leave_one_out"]
    data = dataset.read(rows)
    p = cross_val_predict(
        LogisticRegression(), data.X, data.y, cv=LeaveOneOut(), method="predict_proba"
    )
    right = (p[:, 1] > 0.5) == data.y
    assert ours["rows"] == 120
    assert ours["metrics"]["accuracy"] == pytest.approx(right.mean())
    assert ours["metrics"]["roc_auc"] == pytest.approx(roc_auc_score(data.y, p[:, 1]))
    assert ours["standard_error"]["accuracy"] == pytest.approx(right.std(ddof=1) / math.sqrt(120))


def test_leave_one_out_of_a_regression_is_the_press_statistic(tmp_path: Path) -> None:
    """Allen (1974): for least squares the left-out residual is e_i / (1 - h_ii)."""
    rng = np.random.default_rng(3)
    X = pd.DataFrame(rng.normal(size=(40, 2)), columns=["a", "b"])
    y = (X["a"] + rng.normal(size=40)).to_numpy()
    dataset.write(tmp_path / "t.arrow", dataset.Dataset("made", "sample", "table", X, y, "y"))
    settings = spec(
        task="regression",
        estimator="sklearn.linear_model.LinearRegression",
        leave_one_out=True,
        small=40,
    )
    crossval(settings, tmp_path / "t.arrow", tmp_path / "cv.json", say=lambda line: None)
    ours = json.loads((tmp_path / "cv.json").read_text())["leave_one_out"]
    A = np.column_stack([np.ones(40), X])
    hat = A @ np.linalg.solve(A.T @ A, A.T)
    left = (y - hat @ y) / (1 - np.diag(hat))
    assert ours["metrics"]["mse"] == pytest.approx(np.mean(left**2))
    # The error of a square root, by simulation of the rows instead of the delta method.
    drawn = rng.choice(left**2, (20_000, 40)).mean(axis=1) ** 0.5
    assert ours["standard_error"]["rmse"] == pytest.approx(drawn.std(), rel=0.05)
    assert ours["standard_error"]["mae"] == pytest.approx(
        np.std(np.abs(left), ddof=1) / math.sqrt(40)
    )


def test_leaving_each_of_many_rows_out_is_refused(rows: Path, tmp_path: Path) -> None:
    with pytest.raises(HandbookError, match="would fit 120 times, and a small set has at most 99"):
        crossval(
            spec(leave_one_out=True, small=99), rows, tmp_path / "cv.json", say=lambda line: None
        )


def test_the_split_is_named_by_its_rows(rows: Path, tmp_path: Path) -> None:
    def split(**changes: Any) -> str:
        crossval(spec(**changes), rows, tmp_path / "cv.json", say=lambda line: None)
        return str(json.loads((tmp_path / "cv.json").read_text())["split"])

    assert split() == split(params={"C": 0.1})
    assert split() != split(seed=8)
