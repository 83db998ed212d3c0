"""Saved estimators as MLflow loads them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from tests.training.test_saving import pipeline, table

from handbook.core.errors import HandbookError
from handbook.training.pyfunc import SavedModel


def test_the_saved_model_predicts_through_the_method_asked_for() -> None:
    X, _ = table()
    fitted = pipeline(LogisticRegression())
    model = SavedModel(fitted)
    np.testing.assert_array_equal(model.predict(X), fitted.predict(X))
    np.testing.assert_array_equal(
        model.predict(X, {"method": "predict_proba"}), fitted.predict_proba(X)
    )
    with pytest.raises(HandbookError, match="'fit' is not one of Pipeline's"):
        model.predict(X, {"method": "fit"})


def test_a_method_that_the_estimator_lacks_is_named() -> None:
    X, _ = table()
    with pytest.raises(HandbookError, match=r"use one of predict$"):
        SavedModel(pipeline(Ridge())).predict(X, {"method": "predict_proba"})


class Draws(BaseEstimator):
    def sample(self, n):
        return np.arange(n)


class Writes(BaseEstimator):
    def generate(self, n, seed_text):
        return seed_text + "." * n


def test_what_generates_does_so_through_predict() -> None:
    assert SavedModel(Draws()).predict(np.zeros((3, 2, 2))).tolist() == [0, 1, 2]
    (continuation,) = SavedModel(Writes()).predict(pd.DataFrame({"text": ["enter"]}))
    assert continuation == "enter" + "." * 200
