"""Models of two numbers and a word, deployed without a training, and estimators that misbehave."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

from handbook.core.files import sha256, write_json
from handbook.data.intake import Column
from handbook.deployment.chosen import ABOUT, MODEL
from handbook.deployment.history import Change, History
from handbook.training.pyfunc import About, SavedModel
from handbook.training.saving import save

DATA = "bank"
COLUMNS = [
    Column("age", None, False),
    Column("balance", None, True),
    Column("job", ("clerk", "smith"), False),
]
TRUSTED = ("tests.serving.made_models",)
ABOUT_THEM = About("classification", ("no", "yes"), COLUMNS, TRUSTED)
ROWS = pd.DataFrame(
    {"age": [30, 50, 70], "balance": [100.0, -20.0, 0.0], "job": ["clerk", "smith", "clerk"]}
)


class Logistic(ClassifierMixin, BaseEstimator):
    """P(yes) is the logistic function of a number times the age."""

    def __init__(
        self, slope: float = 0.1, seconds: float = 0.0, fails: bool = False, stuck_at: float = -1.0
    ) -> None:
        self.slope = slope
        self.seconds = seconds
        self.fails = fails
        self.stuck_at = stuck_at

    def fit(self, X: Any = None, y: Any = None) -> Logistic:
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        if self.fails:
            raise ValueError("this estimator fails")
        time.sleep(1000 if (X["age"] == self.stuck_at).any() else self.seconds)
        p = expit(self.slope * X["age"].to_numpy())
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)


def p_yes(age: float, slope: float) -> float:
    return float(1 / (1 + np.exp(-slope * age)))


def saved(**params: Any) -> SavedModel:
    return SavedModel(Logistic(**params).fit(), ABOUT_THEM)


class Deployments:
    """The deployments of a project that has nothing else.

    Parameters
    ----------
    folder : Path
        The top of the project.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history = History(DATA, folder)

    def deploy(self, variant: str, action: Any = "deploy", **params: Any) -> str:
        """Deploy a model; return its run."""
        run, job_key = f"logistic/{DATA}/{variant}", variant.ljust(64, "0")
        own = self.history.copy_of(job_key)
        if not own.exists():
            save(Logistic(**params).fit(), own / MODEL, TRUSTED)
            write_json(own / ABOUT, ABOUT_THEM.plain())
        time = datetime.now(UTC).isoformat()
        digest = sha256(own / MODEL)
        self.history.append(Change(time, "somebody", action, run, job_key, digest, "", {}))
        return run
