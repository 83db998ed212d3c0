"""Saved estimators as MLflow loads them: answers with names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.svm import SVC
from tests.training.test_saving import pipeline, table
from xgboost import XGBClassifier

from handbook.core.errors import HandbookError
from handbook.data.intake import columns_of
from handbook.training import saving
from handbook.training.pyfunc import About, SavedModel, _load_pyfunc

NAMES = ("no", "yes")


def about(task: str = "classification", classes: tuple[str, ...] = NAMES) -> About:
    return About(task, classes, columns_of(table()[0]))


def test_a_classifier_answers_with_names_and_probabilities() -> None:
    X, _ = table()
    fitted = pipeline(LogisticRegression())
    answers = SavedModel(fitted, about()).predict(X)
    assert list(answers.columns) == ["predicted", "p:no", "p:yes"]
    assert answers["predicted"].tolist() == [NAMES[code] for code in fitted.predict(X)]
    np.testing.assert_array_equal(answers[["p:no", "p:yes"]], fitted.predict_proba(X))


def test_a_model_of_another_library_is_read_where_its_folder_says_what_it_trusts(
    tmp_path: Path,
) -> None:
    X, _ = table()
    fitted, path = pipeline(XGBClassifier(n_estimators=3)), tmp_path / "model.skops"
    saving.save(fitted, path, ["xgboost"])
    content = replace(about(), trusted=("xgboost",)).plain()
    answers = _load_pyfunc(str(path), content).predict(X)
    assert answers["predicted"].tolist() == [NAMES[code] for code in fitted.predict(X)]
    with pytest.raises(saving.UntrustedTypesError):
        _load_pyfunc(str(path), about().plain())


def test_answers_keep_the_index_of_the_rows() -> None:
    X = table()[0].iloc[[3, 1]]
    model = SavedModel(pipeline(LogisticRegression()), about())
    assert model.predict(X, {"policy": "flag"}).index.tolist() == [3, 1]


def test_the_class_is_by_the_models_own_threshold() -> None:
    X, y = table()
    strict = FixedThresholdClassifier(pipeline(LogisticRegression()), threshold=0.999).fit(X, y)
    answers = SavedModel(strict, about()).predict(X)
    assert answers["predicted"].tolist() == [NAMES[p >= 0.999] for p in answers["p:yes"]]
    assert "no" in answers["predicted"][answers["p:yes"] > 0.5].tolist()


def test_a_classifier_without_probabilities_scores() -> None:
    X, _ = table()
    fitted = pipeline(SVC())
    answers = SavedModel(fitted, about()).predict(X)
    assert list(answers.columns) == ["predicted", "score"]
    np.testing.assert_array_equal(answers["score"], fitted.decision_function(X))


def test_a_detector_names_outliers_and_scores() -> None:
    X, _ = table()
    fitted = pipeline(IsolationForest(random_state=0))
    answers = SavedModel(fitted, about("outliers", ("normal", "strange"))).predict(X)
    names = ["strange" if answer == -1 else "normal" for answer in fitted.predict(X)]
    assert answers["predicted"].tolist() == names
    np.testing.assert_array_equal(answers["score"], -fitted.score_samples(X))


def test_a_regression_answers_with_numbers() -> None:
    X, _ = table()
    fitted = pipeline(Ridge())
    answers = SavedModel(fitted, about("regression", ())).predict(X)
    np.testing.assert_array_equal(answers["predicted"], fitted.predict(X))
    assert list(answers.columns) == ["predicted"]


def test_a_method_of_the_estimator_answers_as_it_is() -> None:
    X, _ = table()
    fitted = pipeline(LogisticRegression())
    model = SavedModel(fitted, about())
    np.testing.assert_array_equal(
        model.predict(X, {"method": "predict_proba"}), fitted.predict_proba(X)
    )
    with pytest.raises(HandbookError, match="'fit' is not one of Pipeline's; use one of predict, "):
        model.predict(X, {"method": "fit"})


class Draws(BaseEstimator):
    def sample(self, n):
        return np.arange(n)


class Writes(BaseEstimator):
    def generate(self, n, seed_text):
        return seed_text + "." * n


def test_what_generates_does_so_through_predict() -> None:
    pictures = SavedModel(Draws(), About("generation", (), None))
    assert pictures.predict(np.zeros((3, 2, 2))).tolist() == [0, 1, 2]
    text = SavedModel(Writes(), About("language", (), None))
    (continuation,) = text.predict(pd.DataFrame({"text": ["enter"]}))
    assert continuation == "enter" + "." * 200


def test_what_it_knows_survives_as_plain_data() -> None:
    assert About.parse(about().plain()) == about()
